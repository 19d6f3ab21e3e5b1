"""Kubernetes refuses to run with swap on: off now, and still off after a reboot."""

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
    """The entries of fstab, the units that systemd makes or was given, and zram's generator each bring it back."""
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
    """systemctl masks no unit whose file lies where its link would."""
    path = f"{UNITS}/{unit}"
    word = path_word(path)
    return command(
        f"no {path} in the way",
        f"rm -f {word}",
        # A mask is a link to /dev/null, which is no regular file.
        check=f"[ ! -f {word} ]",
        show=f"cat {word}",
        want="",
        changes=[path],
    )
