"""Turns SELinux to the mode that the inventory says, in the running kernel and after a reboot."""

from __future__ import annotations

from collections.abc import Iterator

from kube import paths
from kube.facts.host import SELINUX
from nodewright.resources import command, ini_key, reboot
from nodewright.script.shell import sh
from nodewright.script.step import Step, role
from roles import NodeContext


@role
def selinux(ctx: NodeContext) -> Iterator[Step]:
    """Yields the steps that set the mode.

    A running kernel can be switched between permissive and enforcing. Only a boot switches to and from disabled.
    """
    mode = ctx.settings.cluster.selinux
    if mode == "disabled":
        yield _configured(mode, name="SELinux disabled at boot")
        yield _kernel_argument(wanted=True)
        yield reboot("SELinux disabled now", unless=_running_mode("disabled"), show="getenforce")
        return
    if mode == "enforcing" and ctx.mine[SELINUX].now == "disabled":
        yield from _started()
    yield _configured(mode, name=f"SELinux {mode} at boot")
    yield _switched(mode)


def _started() -> Iterator[Step]:
    """Yields the steps that boot a kernel with SELinux where it was disabled.

    Files that were written meanwhile have no label, so the first boot labels all files and enforces nothing yet.
    Source: Red Hat Enterprise Linux 9, Using SELinux, "Enabling SELinux on systems that previously had it disabled".
    """
    yield _configured("permissive", name="SELinux permissive for one boot")
    yield _kernel_argument(wanted=False)
    yield command("all files labelled by that boot", f": >{paths.RELABEL}", check=f"[ -e {paths.RELABEL} ]")
    running = _running_mode("permissive", "enforcing")
    yield reboot("the kernel runs SELinux", unless=running, show="getenforce")


def _configured(mode: str, *, name: str) -> Step:
    return ini_key(paths.SELINUX, "SELINUX", mode, name=name)


def _switched(mode: str) -> Step:
    # A kernel without SELinux, or one that was booted with it disabled, cannot be switched. It enforces nothing,
    # and takes the configured mode at its next boot.
    accepted = (mode, "disabled") if mode == "permissive" else (mode,)
    return Step(
        name=f"SELinux {mode} now",
        check=_running_mode(*accepted),
        apply=f"setenforce {int(mode == 'enforcing')}",
        show="getenforce",
        want=f"{mode.capitalize()}\n",
    )


def _kernel_argument(*, wanted: bool) -> Step:
    """Returns the step that puts selinux=0 on the command line of every kernel, or takes it away.

    Since EL 9 only selinux=0 disables SELinux: the configuration alone leaves its hooks in the kernel, without a
    policy. Source: Red Hat Enterprise Linux 9, Considerations in adopting, "Support for disabling SELinux through
    /etc/selinux/config has been removed". A host without grubby starts its kernel in another way, and is left alone.
    """
    argument = '[" ]selinux=0[" ]'
    lacking = f"/^args=/ {{ if (!/{argument}/) wrong = 1 }} END {{ exit wrong }}"
    present = f"/^args=.*{argument}/ {{ wrong = 1 }} END {{ exit wrong }}"
    return command(
        "selinux=0 for every kernel" if wanted else "selinux=0 for no kernel",
        f"grubby --update-kernel=ALL --{'args' if wanted else 'remove-args'}=selinux=0",
        check=sh(
            """
            if command -v grubby >/dev/null; then
              grubby --info=ALL >"$nw_tmp/kernels"
              awk '@wrong' "$nw_tmp/kernels"
            fi
            """,
            wrong=lacking if wanted else present,
        ),
        show="grubby --info=ALL",
    )


def _running_mode(*modes: str) -> str:
    """Returns the condition that SELinux runs in one of these modes; a host without getenforce counts as disabled."""
    return sh(
        """
        mode=Disabled
        if command -v getenforce >/dev/null; then
          mode=$(getenforce)
        fi
        case "$mode" in
        @modes
        *) exit 1 ;;
        esac
        """,
        modes="\n".join(f"{mode.capitalize()}) ;;" for mode in modes),
    )
