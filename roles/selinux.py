"""SELinux has the mode that the inventory says, in the running kernel and after a reboot."""

from __future__ import annotations

from collections.abc import Iterator

from nodewright.resources import ini_key, keeping_before, reboot
from nodewright.role import role
from nodewright.step import Step
from roles import NodeContext

CONFIG = "/etc/selinux/config"


@role
def selinux(ctx: NodeContext) -> Iterator[Step]:
    """Between permissive and enforcing the running kernel can be switched; to and from disabled only a boot does."""
    mode = ctx.settings.cluster.selinux
    yield keeping_before(ini_key(CONFIG, "SELINUX", mode, name=f"SELinux {mode} at boot"), CONFIG)
    if mode == "disabled":
        yield reboot("SELinux disabled", unless=_running_mode("disabled"), show="getenforce")
    else:
        yield _switched(mode)


def _switched(mode: str) -> Step:
    # A kernel without SELinux, or one that was booted with it disabled, cannot be switched: it enforces nothing,
    # and becomes what the configuration says with its next boot.
    accepted = (mode, "disabled") if mode == "permissive" else (mode,)
    return Step(
        name=f"SELinux {mode} now",
        check=_running_mode(*accepted),
        apply=f"setenforce {int(mode == 'enforcing')}",
        show="getenforce",
        want=f"{mode.capitalize()}\n",
    )


def _running_mode(*modes: str) -> str:
    """A host without getenforce has no SELinux, which is as good as disabled."""
    return "\n".join(
        [
            "mode=Disabled",
            "if command -v getenforce >/dev/null; then",
            "  mode=$(getenforce)",
            "fi",
            'case "$mode" in',
            f"{'|'.join(mode.capitalize() for mode in modes)}) ;;",
            "*) exit 1 ;;",
            "esac",
        ]
    )
