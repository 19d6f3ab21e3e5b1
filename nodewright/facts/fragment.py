"""Defines facts: named shell fragments, each with a parser, that one exec gathers."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Generic, TypeVar, cast

T = TypeVar("T")


@dataclass(frozen=True)
class Fragment(Generic[T]):
    """Holds one question to a host.

    Args:
        name: unique among all fragments of a run.
        script: POSIX sh that prints the answer; if a command fails, the output so far is the answer.
        parse: returns a typed, frozen value for the printed text; must accept an empty text.
    """

    name: str
    script: str
    parse: Callable[[str], T]


class Facts:
    """Holds the answers of one host, typed by their fragments: `facts[SWAP]` is the result of SWAP's parser.

    Args:
        answers: name of a fragment → parsed answer.
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
