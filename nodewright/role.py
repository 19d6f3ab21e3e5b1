"""The decorator of roles: steps know the line that yielded them, and no two have the same name."""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterator
from dataclasses import replace
from types import GeneratorType
from typing import ParamSpec

from nodewright.errors import NodewrightError
from nodewright.step import Step

P = ParamSpec("P")


def role(generate: Callable[P, Iterator[Step]]) -> Callable[P, Iterator[Step]]:
    """Makes a role of a generator function that yields steps.

    Each step's `where` becomes `file:line` of the role's `yield`, unless it has one already: of a role that
    this one yields from.

    Raises:
        NodewrightError: while the role is run, at the second step of the same name.
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
    """The line of the `yield` at which the generator stands."""
    if not isinstance(steps, GeneratorType) or steps.gi_frame is None:
        raise TypeError("a role is a generator function: it yields its steps")
    return steps.gi_frame.f_lineno
