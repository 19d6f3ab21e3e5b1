"""What the decorator of roles adds to the steps."""

from __future__ import annotations

import inspect
from collections.abc import Iterator

import pytest

from nodewright.errors import NodewrightError
from nodewright.script.step import Step, role


def step(name: str, where: str = "") -> Step:
    """A step by its name."""
    return Step(name=name, check="true", apply="true", where=where)


@role
def inner() -> Iterator[Step]:
    yield step("inner")


@role
def outer() -> Iterator[Step]:
    yield step("first")
    yield from inner()
    yield step("given", where="elsewhere.py:3")


@role
def twice() -> Iterator[Step]:
    yield step("same")
    yield step("same")


def line_of(text: str) -> str:
    """Where in this file a line stands."""
    lines = inspect.getsource(inspect.getmodule(line_of)).splitlines()  # type: ignore[arg-type]
    return f"tests/unit/test_role.py:{lines.index(text) + 1}"


def test_a_step_knows_the_line_that_yielded_it() -> None:
    assert {step.name: step.where for step in outer()} == {
        "first": line_of('    yield step("first")'),
        "inner": line_of('    yield step("inner")'),
        "given": "elsewhere.py:3",
    }


def test_two_steps_of_one_name_are_told_with_both_lines() -> None:
    first = line_of('    yield step("same")')
    with pytest.raises(NodewrightError, match="two steps of a role have this name") as error:
        list(twice())
    assert first in error.value.what
    assert error.value.where not in (None, first)


def test_a_role_that_yields_nothing_of_its_own_is_refused() -> None:
    @role
    def returns() -> Iterator[Step]:
        return iter([step("one")])

    with pytest.raises(TypeError, match="a role is a generator function"):
        list(returns())
