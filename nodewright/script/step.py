"""Defines the step: one convergent change on a host, written as small shell texts."""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from types import GeneratorType
from typing import ParamSpec

from nodewright.errors import NodewrightError

P = ParamSpec("P")


@dataclass(frozen=True, kw_only=True)
class Step:
    """Describes one convergent change: `check` succeeds when nothing is left to do; `apply` makes it so.

    The three texts are POSIX sh. Each runs as root under `set -e`, in a subshell of its own, with standard
    input closed. Write one command per line: `a && b` and `a | b` hide failures from `set -e`.

    Args:
        name: says what the step is for; unique within its job, and shown to the user.
        check: has exit status 0 when the host is as wanted. Changes nothing.
        apply: makes the host as wanted; afterwards `check` runs again and must succeed.
        show: prints the present state, for a plan. Changes nothing, prints no secret.
        want: the state as `show` will print it once the step is applied; plans print the unified diff.
        after: names of earlier steps of the host; if one of them changes, this step is due even if its check holds.
        timeout: seconds that check and apply may take, each; then the step's processes are killed.
        reboots: the apply asks for a reboot (see resources.reboot); the script ends there and is sent again.
        waits: the apply changes nothing, and waits until the check holds (see resources.wait_until). If the check
            fails again in the script's last look, the step waits once more.
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
    waits: bool = False
    where: str = ""


def role(generate: Callable[P, Iterator[Step]]) -> Callable[P, Iterator[Step]]:
    """Returns a role made of a generator function that yields steps.

    Each step's `where` becomes `file:line` of the role's `yield`. A step that comes from another role keeps
    the `where` of that role.

    Raises:
        NodewrightError: when the role yields a second step of the same name.
    """
    file = f"{generate.__module__.replace('.', '/')}.py"

    @functools.wraps(generate)
    def run(*args: P.args, **kwargs: P.kwargs) -> Iterator[Step]:
        steps = generate(*args, **kwargs)
        where_by_name: dict[str, str] = {}
        for step in steps:
            where = step.where or f"{file}:{_line(steps)}"
            if step.name in where_by_name:
                raise NodewrightError(
                    f"two steps of a role have this name; the other one is at {where_by_name[step.name]}",
                    step=step.name,
                    where=where,
                )
            where_by_name[step.name] = where
            yield replace(step, where=where)

    return run


def _line(steps: Iterator[Step]) -> int:
    """Returns the line of the `yield` at which the generator stands."""
    if not isinstance(steps, GeneratorType) or steps.gi_frame is None:
        raise TypeError("a role is a generator function: it yields its steps")
    return steps.gi_frame.f_lineno
