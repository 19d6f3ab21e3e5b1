"""Values that never show: not in a repr, a log, a plan, an argv, or an event."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

MASK = "••••••"


@dataclass(frozen=True)
class Secret:
    """A value that hides itself; `reveal()` is the one way to read it."""

    _value: str

    def reveal(self) -> str:
        """The value itself, for the wire."""
        return self._value

    def __repr__(self) -> str:
        return f"Secret({MASK})"

    def __str__(self) -> str:
        return MASK


def mask(text: str, secrets: Iterable[Secret]) -> str:
    """`text` with each secret's value replaced; longest first, so that none shines through another."""
    for value in sorted({secret.reveal() for secret in secrets if secret.reveal()}, key=len, reverse=True):
        text = text.replace(value, MASK)
    return text
