"""How an error reads, and what it ends with."""

from __future__ import annotations

import inspect
import re

import pytest

from nodewright import errors
from nodewright.errors import NodewrightError, StepFailed, exit_code
from nodewright.inventory import InventoryError


def tree() -> dict[str, type[NodewrightError]]:
    """All errors of the engine."""
    found = [entry for _, entry in inspect.getmembers(errors, inspect.isclass)]
    return {error.__name__: error for error in (*found, InventoryError) if issubclass(error, NodewrightError)}


def test_the_tree_that_is_drawn_is_the_one_that_is_there() -> None:
    drawn = re.findall(r"^ {4}([│├└─ ]*)(\w+)(?: +(\d+))? ", str(errors.__doc__), re.MULTILINE)
    assert {name for _, name, _ in drawn} == set(tree())
    parents: list[str] = []
    for depth, name, code in drawn:
        del parents[len(depth) // 4 :]
        assert [base.__name__ for base in tree()[name].__bases__][:1] == (parents[-1:] or ["Exception"])
        assert code in ("", str(tree()[name].exit_code))
        parents.append(name)


def test_an_error_says_what_happened_where_what_was_printed_and_what_to_do() -> None:
    error = StepFailed(
        "failed with status 4",
        host="node1",
        step="swap off",
        where="roles/host/swap.py:9",
        output="swapoff: Cannot allocate memory\n",
        advice="remove the cause and run again",
    )
    assert str(error) == (
        "node1: swap off: failed with status 4 (roles/host/swap.py:9)\n"
        "    swapoff: Cannot allocate memory\n"
        "  → remove the cause and run again"
    )


def test_what_a_host_printed_does_not_reach_into_the_terminal() -> None:
    assert (
        str(StepFailed("it rained", output="\x1b[2Jgone\r\n\tkept")) == "it rained\n    ␛[2Jgone\n    \tkept"
    )


def test_an_error_without_a_place_is_its_sentence() -> None:
    assert str(NodewrightError("it rained")) == "it rained"


@pytest.mark.parametrize(
    ("met", "code"),
    [
        ([], 0),
        ([7], 7),
        ([7, 5], 5),
        ([10, 8, 7, 6, 5, 9, 4, 3], 3),
        ([9, 4], 4),
        ([5, 9], 9),
        ([3, 130], 130),
        ([130, 1], 1),
        ([10, 8], 8),
    ],
)
def test_of_several_the_first_in_the_order_decides(met: list[int], code: int) -> None:
    assert exit_code(met) == code


def test_every_errors_exit_code_has_its_place_in_the_order() -> None:
    assert {error.exit_code for error in tree().values()} == set(errors.EXIT_CODE_ORDER)
