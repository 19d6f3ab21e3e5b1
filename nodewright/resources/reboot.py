"""A reboot, where something on the host needs one."""

from __future__ import annotations

from nodewright.script import shell
from nodewright.script.step import Step

#: Seconds between the apply's end and the reboot: the record that tells of it has to leave the host first.
DELAY = 3


def reboot(
    name: str,
    *,
    unless: str,
    show: str = "",
    want: str | None = None,
    after: tuple[str, ...] = (),
) -> Step:
    """Reboots the host; the script ends there and is sent again once the host has come back.

    Args:
        name: what the reboot is for.
        unless: commands that succeed when no reboot is needed; they have to succeed after it.
        show: prints for a plan what is not yet as it will be.
        want: what `show` prints afterwards.
    """
    return Step(
        name=name,
        check=unless,
        apply=shell.script(
            f"systemd-run --on-active={DELAY} --timer-property=AccuracySec=1 systemctl reboot",
        ),
        show=show,
        want=want,
        after=after,
        timeout=60,
        reboots=True,
    )
