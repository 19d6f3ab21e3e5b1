"""The rule for texts of steps finds what `set -e` would miss, and leaves the rest alone."""

from __future__ import annotations

import pytest

from nodewright.script.step import Step
from tests.lint import hidden_failures


def step(text: str) -> Step:
    """A step whose apply is this text."""
    return Step(name="one", check="[ -e /a ]", apply=text)


@pytest.mark.parametrize(
    "line",
    [
        "false && echo never",
        "false || true",
        "cat /no/such/file | sort",
        "export VALUE=$(false)",
        "readonly VALUE=$(false)",
        'echo "$(cat /a | sort)"',
    ],
)
def test_a_failure_that_set_e_would_miss_is_found(line: str) -> None:
    assert hidden_failures(step(f"true\n{line}\ntrue")) == [line]


@pytest.mark.parametrize(
    "text",
    [
        "value=$(cat /a)\nexport value",
        "pipe 'cat /a | sort' 'uniq && true'",
        "cat >/a <<'END'\na && b | c\nEND",
        "if [ -e /a ]; then\n  rm /a\nfi",
    ],
)
def test_what_set_e_sees_is_left_alone(text: str) -> None:
    assert hidden_failures(step(text)) == []


def test_checks_are_looked_at_too() -> None:
    assert hidden_failures(Step(name="one", check="a && b", apply="true")) == ["a && b"]
