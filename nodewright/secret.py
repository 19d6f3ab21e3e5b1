"""Hides secret values in every repr, log, plan, argv and event."""

from __future__ import annotations

import base64
import json
import shlex
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from urllib.parse import quote, quote_plus

MASK = "••••••"

#: A text that shares this many characters with a secret's base64 does not do so by chance.
_TELLING = 8
#: A word of a secret text is secret by itself if it is at least this long: key material, not `kind: Config`.
_KEY_MATERIAL = 32


@dataclass(frozen=True)
class Secret:
    """Hides a value; `reveal()` is the only way to read it."""

    _value: str

    def reveal(self) -> str:
        """Returns the value itself, to be sent to a host."""
        return self._value

    def __repr__(self) -> str:
        return f"Secret({MASK})"

    def __str__(self) -> str:
        return MASK


def mask(text: str, secrets: Iterable[Secret]) -> str:
    """Returns `text` with each secret's value replaced, also where it is quoted or encoded (see `guises`).

    Replaces the longest first, so that no part of a longer one stays readable.
    """
    found = {guise for secret in secrets for guise in guises(secret) if guise in text}
    for guise in sorted(found, key=len, reverse=True):
        text = text.replace(guise, MASK)
    return text


@lru_cache(maxsize=1024)
def guises(secret: Secret) -> frozenset[str]:
    """Returns the value's forms in a text: plain, in words, quoted for shell or JSON, in a URL, in base64."""
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
    """Yields the value encoded alone, and the parts that stay the same whatever bytes surround it.

    Source: RFC 4648, sections 4 and 5.
    """
    for encode in (base64.b64encode, base64.urlsafe_b64encode):
        yield encode(value).decode()
        for before in range(3):
            encoded = encode(bytes(before) + value).decode()
            amid = encoded[-(-before * 8 // 6) : (before + len(value)) * 8 // 6]
            if len(amid) >= _TELLING:
                yield amid
