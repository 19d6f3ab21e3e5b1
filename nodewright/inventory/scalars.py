"""Keeps plain scalars as the written text until the type of a setting says what they are.

YAML 1.1 reads `off` as false, `1.30` as 1.3, `0644` as 420 and `1:30` as 90. Here a setting of type `str` or
`Literal` gets the text as it stands in the file, a `bool` or `int` is converted by pydantic, and a setting
without a type of its own (`Free`) is read by YAML 1.2's core schema: https://yaml.org/spec/1.2.2/#103-core-schema
"""

from __future__ import annotations

import re
from typing import Annotated, Any

from pydantic import BeforeValidator

_NULL = frozenset({"", "~", "null", "Null", "NULL"})
_BOOL = {"true": True, "True": True, "TRUE": True, "false": False, "False": False, "FALSE": False}
_INT = re.compile(r"[-+]?[0-9]{1,4000}|0o[0-7]+|0x[0-9a-fA-F]+")
_FLOAT = re.compile(
    r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?|[-+]?\.(inf|Inf|INF)|\.(nan|NaN|NAN)"
)
_MAY_BE_TYPED = frozenset("0123456789+-.tTfF")


class Plain(str):
    """Holds a scalar written without quotes that YAML 1.2 would not read as text."""

    __slots__ = ()


def plain(text: str) -> str | None:
    """Returns what an unquoted scalar is before its type is known: None, `Plain`, or ordinary text."""
    if text in _NULL:
        return None
    if text[0] in _MAY_BE_TYPED and not isinstance(typed(text), str):
        return Plain(text)
    return text


def typed(text: str) -> bool | int | float | str:
    """Returns an unquoted, non-null scalar by YAML 1.2's core schema."""
    if text in _BOOL:
        return _BOOL[text]
    if _INT.fullmatch(text):
        return int(text, 0 if text[1:2] in {"o", "x"} else 10)
    if _FLOAT.fullmatch(text):
        return float(re.sub(r"\.(?=inf|nan)", "", text.lower()))
    return text


def untyped(value: Any) -> Any:
    """Returns a value with all its plain scalars typed by YAML 1.2, maps and lists all the way down."""
    match value:
        case Plain():
            return typed(value)
        case dict():
            return {key: untyped(item) for key, item in value.items()}
        case list():
            return [untyped(item) for item in value]
        case _:
            return value


#: Types a setting without a type of its own, such as a value passed to another program's configuration file.
Free = Annotated[Any, BeforeValidator(untyped)]
