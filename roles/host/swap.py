"""Turns swap off, now and after a reboot, since Kubernetes refuses to run with swap on."""

from __future__ import annotations

from collections.abc import Iterator

from kube.facts.host import SWAP
from kube.paths import ZRAM
from nodewright.paths import UNITS
from nodewright.resources import command, file, fstab_without, masked
from nodewright.script.shell import path_word
from nodewright.script.step import Step, role
from roles import NodeContext


@role
def swap(ctx: NodeContext) -> Iterator[Step]:
    """Yields the steps that turn swap off and remove what brings it back.

    Entries of fstab, units that systemd makes or was given, and zram's generator each bring it back.
    """
    yield fstab_without("swap", name="no swap in fstab")
    # An empty file here overrides the distribution's own in /usr/lib: zram-generator.conf(5).
    yield file(ZRAM, "", name="no zram swap at boot")
    for unit in ctx.mine[SWAP].units:
        yield _no_unit_of_an_administrator(unit)
        yield masked(unit)
    yield Step(
        name="swap off",
        check='[ -z "$(tail -n +2 /proc/swaps)" ]',
        show="tail -n +2 /proc/swaps",
        want="",
        apply="swapoff --all",
    )


def _no_unit_of_an_administrator(unit: str) -> Step:
    """Returns the step that removes a unit's file where the link of its mask belongs; systemctl would not mask it."""
    path = f"{UNITS}/{unit}"
    word = path_word(path)
    return command(
        f"no {path} in the way",
        f"rm -f {word}",
        # A mask is a link to /dev/null, which is not a regular file.
        check=f"[ ! -f {word} ]",
        show=f"cat {word}",
        want="",
        changes=[path],
    )
