"""The step: one convergent change on a host, as a pair of small shell texts."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Step:
    """One convergent change: `check` succeeds when nothing is left to do; `apply` makes it so.

    The three texts are POSIX sh, run as root under `set -e`, each in a subshell of its own, with
    standard input closed. One command per line: `a && b` and `a | b` hide failures from `set -e`.

    Args:
        name: what the step is for, unique within its job; shown to the user.
        check: exit status 0 when the host is as wanted. Changes nothing.
        apply: makes the host as wanted; afterwards `check` runs again and must succeed.
        show: prints the present state, for a plan. Changes nothing, prints no secret.
        want: the state as `show` will print it once the step is applied; plans print the unified diff.
        after: names of earlier steps of the host whose change makes this one due even if its check holds.
        timeout: seconds that check and apply may take, each; then the step's processes are killed.
        reboots: the apply asks for a reboot (see resources.reboot); the script ends there and is sent again.
        where: `file:line` of the role that yielded the step; filled in by the role decorator.
    """

    name: str
    check: str
    apply: str
    show: str = ""
    want: str | None = None
    after: tuple[str, ...] = ()
    timeout: float = 300.0
    reboots: bool = False
    where: str = ""
