"""Reads and writes YAML as Kubernetes' own parser reads it: neither YAML 1.1 as PyYAML has it, nor YAML 1.2.

Kubernetes uses sigs.k8s.io/yaml, which makes JSON of what go.yaml.in/yaml/v2 reads: `y`, `1e3`, `08` and `0o17` are
not text there, and `1:30` is. The rules are those of its resolve.go; a test compares both.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from math import isinf
from typing import Any

import yaml

_TAG = "tag:yaml.org,2002:"
_BOOL = {
    "y": True,
    "yes": True,
    "true": True,
    "on": True,
    "n": False,
    "no": False,
    "false": False,
    "off": False,
}
_NULL = frozenset({"", "~", "null", "Null", "NULL"})
_NUMBER_BEGINS = frozenset("0123456789+-.")
#: Match numbers without their underscores: strconv.ParseInt with base 0, and yamlStyleFloat.
_INT = re.compile(r"[-+]?(0[xX][0-9a-fA-F]+|0[bB][01]+|0[oO]?[0-7]+|0|[1-9][0-9]*)", re.ASCII)
_FLOAT = re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?", re.ASCII)
_SPECIAL_FLOAT = re.compile(r"[-+]?\.(inf|Inf|INF)|\.(nan|NaN|NAN)")


def read_documents(text: str) -> list[Any]:
    """Returns the documents of a text, None for an empty one.

    Raises:
        yaml.YAMLError: it is not YAML.
    """
    return list(yaml.load_all(text, _Loader))


def write_documents(documents: Iterable[Any]) -> str:
    """Returns documents as one YAML text, in which strings stay strings for Go and for YAML 1.1 and 1.2."""
    return yaml.dump_all(documents, Dumper=_Dumper, sort_keys=False, width=1000)


def _scalar(text: str) -> object:
    """Returns what Go makes of a scalar that is written without quotes."""
    if text in _NULL:
        return None
    if text in (text.lower(), text.upper(), text.capitalize()) and text.lower() in _BOOL:
        return _BOOL[text.lower()]
    return _number(text) if text[0] in _NUMBER_BEGINS else text


def _number(text: str) -> int | float | str:
    if _SPECIAL_FLOAT.fullmatch(text):
        return float(text.replace(".", ""))
    digits = text if text[0] == "." else text.replace("_", "")
    if _INT.fullmatch(digits) and _fits(_whole(digits), signed=digits[0] in "+-"):
        return _whole(digits)
    if _FLOAT.fullmatch(digits) and not isinf(float(digits)):
        return float(digits)
    return text


def _whole(digits: str) -> int:
    sign = -1 if digits.startswith("-") else 1
    digits = digits.lstrip("+-").lower()
    if digits.startswith("0") and digits[1:].isdigit():
        return sign * int(digits, 8)
    return sign * int(digits, 0)


def _fits(number: int, *, signed: bool) -> bool:
    """Returns whether a number is an int64, or a uint64 where it is written without a sign."""
    return -(2**63) <= number < (2**63 if signed else 2**64)


def _tag(value: object) -> str:
    match value:
        case None:
            return f"{_TAG}null"
        case bool():
            return f"{_TAG}bool"
        case int():
            return f"{_TAG}int"
        case float():
            return f"{_TAG}float"
        case _:
            return f"{_TAG}str"


class _Loader(yaml.CSafeLoader):
    """Reads plain scalars as Go does."""

    def resolve(self, kind: type[yaml.Node], value: Any, implicit: Any) -> str:
        if kind is yaml.ScalarNode and implicit[0] and value != "<<":
            return _tag(_scalar(value))
        return str(super().resolve(kind, value, implicit))  # type: ignore[no-untyped-call]


def _construct(loader: yaml.CSafeLoader, node: yaml.ScalarNode) -> object:
    return _scalar(str(loader.construct_scalar(node)))


for _kind in ("bool", "int", "float"):
    _Loader.add_constructor(f"{_TAG}{_kind}", _construct)


class _Dumper(yaml.CSafeDumper):
    """Quotes every string that Go, or YAML 1.1 as PyYAML has it, would read as something else than text."""

    def resolve(self, kind: type[yaml.Node], value: Any, implicit: Any) -> str:
        own = str(super().resolve(kind, value, implicit))  # type: ignore[no-untyped-call]
        if kind is not yaml.ScalarNode or not implicit[0]:
            return own
        found = _tag(_scalar(value))
        return own if found == f"{_TAG}str" else found

    def ignore_aliases(self, data: Any) -> bool:
        return True


def _text(dumper: yaml.CSafeDumper, text: str) -> yaml.Node:
    style = "|" if "\n" in text else None
    return dumper.represent_scalar(f"{_TAG}str", text, style=style)


_Dumper.add_representer(str, _text)
