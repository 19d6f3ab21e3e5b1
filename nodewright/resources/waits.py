"""Waiting on the host itself, until something holds or a deadline has passed."""

from __future__ import annotations

from nodewright.errors import ConfigurationError
from nodewright.script import shell
from nodewright.script.step import Step

#: Seconds that a step may take beyond its deadline: the last look, and what it says of the failure.
_GRACE = 60.0


def wait_until(
    name: str,
    condition: str,
    *,
    deadline: float,
    every: float = 2.0,
    explain: str = "",
    after: tuple[str, ...] = (),
) -> Step:
    """Until `condition` holds; in a plan it is looked at once and nobody waits.

    The script's last look waits as well: what holds now may go while a host beside this one restarts.

    Args:
        name: what is waited for.
        condition: commands, one a line; all of them have to succeed.
        deadline: seconds until the step fails.
        every: seconds between two looks.
        explain: commands that tell why it does not hold, run once when the deadline has passed.
    """
    if not 0 < every <= deadline:
        raise ConfigurationError(f"{name}: looking every {every} s does not fit a deadline of {deadline} s")
    return Step(
        name=name,
        check=condition,
        apply=wait(condition, name, deadline=deadline, every=every, explain=explain),
        after=after,
        timeout=deadline + _GRACE,
        waits=True,
    )


def wait(condition: str, what: str, *, deadline: float, every: float, explain: str = "") -> str:
    """Commands that wait for `condition` and fail at the deadline, counted by the kernel's uptime.

    The clock on the wall jumps, often in the very minute in which chrony starts. And the condition is run by
    itself, not behind an `until`, where the shell would forget `set -e` in it.
    """
    message = f"still waiting after {deadline:g} s: {what}"
    return shell.script(
        "read -r uptime _ </proc/uptime",
        f"end=$((${{uptime%%.*}} + {round(deadline)}))",
        "while :; do",
        "  set +e",
        "  (",
        "set -e",
        condition,
        "  )",
        "  status=$?",
        "  set -e",
        '  if [ "$status" = 0 ]; then',
        "    break",
        "  fi",
        "  read -r uptime _ </proc/uptime",
        '  if [ "${uptime%%.*}" -ge "$end" ]; then',
        f"    echo {shell.quote(message)} >&2",
        explain,
        "    exit 1",
        "  fi",
        f"  sleep {every:g}",
        "done",
    )
