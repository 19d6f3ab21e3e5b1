"""What one host says of itself: named shell fragments with a parser each, gathered in one exec."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Generic, TypeVar, cast

T = TypeVar("T")


@dataclass(frozen=True)
class Fragment(Generic[T]):
    """One question to a host.

    Args:
        name: unique among all fragments of a run.
        script: POSIX sh that prints the answer; a failing command yields what was printed so far.
        parse: makes a typed, frozen value of the printed text; must accept an empty text.
    """

    name: str
    script: str
    parse: Callable[[str], T]


class Facts:
    """The answers of one host, typed by their fragments: `facts[SWAP]` is what SWAP's parser returns.

    Args:
        answers: parsed, by the fragments' names.
        at: when the host answered, by the operator's clock, in seconds since 1970.
    """

    def __init__(self, answers: Mapping[str, Any], *, at: float = 0.0) -> None:
        self._answers = dict(answers)
        self.at = at

    def __getitem__(self, fragment: Fragment[T]) -> T:
        return cast(T, self._answers[fragment.name])

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Facts) and self._answers == other._answers

    def __hash__(self) -> int:
        return hash(tuple(self._answers))

    def __repr__(self) -> str:
        return f"Facts({self._answers!r})"
