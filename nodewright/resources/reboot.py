"""Reboots a host where something on it needs that."""

from __future__ import annotations

from nodewright.script import shell
from nodewright.script.step import Step

#: Seconds between the apply's end and the reboot: its record has to leave the host first.
DELAY = 3


def reboot(
    name: str,
    *,
    unless: str,
    show: str = "",
    want: str | None = None,
    after: tuple[str, ...] = (),
) -> Step:
    """Returns the step that reboots the host; the script ends there, and is sent again once the host is back.

    Args:
        name: what the reboot is for.
        unless: commands that succeed when no reboot is needed; they have to succeed after it.
        show: prints, for a plan, the state that the reboot will change.
        want: the output of `show` after the reboot.
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
