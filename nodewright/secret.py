"""Values that never show: not in a repr, a log, a plan, an argv, or an event."""

from __future__ import annotations

import base64
import json
import shlex
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from urllib.parse import quote, quote_plus

MASK = "••••••"

#: So many characters of a secret's base64 are no coincidence.
_TELLING = 8
#: So long are the words of a secret text that are secret by themselves: key material, and not `kind: Config`.
_KEY_MATERIAL = 32


@dataclass(frozen=True)
class Secret:
    """A value that hides itself; `reveal()` is the one way to read it."""

    _value: str

    def reveal(self) -> str:
        """Returns the value itself, for the wire."""
        return self._value

    def __repr__(self) -> str:
        return f"Secret({MASK})"

    def __str__(self) -> str:
        return MASK


def mask(text: str, secrets: Iterable[Secret]) -> str:
    """`text` with each secret's value replaced, also where it is quoted or encoded (see `guises`).

    Longest first, so that none shines through another.
    """
    found = {guise for secret in secrets for guise in guises(secret) if guise in text}
    for guise in sorted(found, key=len, reverse=True):
        text = text.replace(guise, MASK)
    return text


@lru_cache(maxsize=1024)
def guises(secret: Secret) -> frozenset[str]:
    """Returns how the value may look in a text: as it is, in pieces, quoted for a shell or JSON, in a URL, in
    base64.
    """
    value = secret.reveal()
    if not value:
        return frozenset()
    return frozenset(
        [
            value,
            shlex.quote(value),
            json.dumps(value)[1:-1],
            json.dumps(value, ensure_ascii=False)[1:-1],
            quote(value, safe="", errors="replace"),
            quote_plus(value, errors="replace"),
            *(word for word in value.split() if len(word) >= _KEY_MATERIAL),
            *_in_base64(value.encode(errors="replace")),
        ]
    )


def _in_base64(value: bytes) -> Iterator[str]:
    """Yields the value alone, and what of it does not depend on the bytes before and after it (RFC 4648
    section 4, 5).
    """
    for encode in (base64.b64encode, base64.urlsafe_b64encode):
        yield encode(value).decode()
        for before in range(3):
            encoded = encode(bytes(before) + value).decode()
            amid = encoded[-(-before * 8 // 6) : (before + len(value)) * 8 // 6]
            if len(amid) >= _TELLING:
                yield amid
