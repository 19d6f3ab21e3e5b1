"""Expands ranges: `node[01:40]` is forty hosts, and `10.0.0.[11:50]` in their settings goes along in step."""

from __future__ import annotations

import re
from typing import Any

from nodewright.inventory.problems import Path

_RANGE = re.compile(r"\[([0-9]{1,9}):([0-9]{1,9})\]")
_MOST = 65_536


class BadRange(ValueError):
    """A range that cannot be expanded; the message says why."""


def has_range(text: str) -> bool:
    """Returns whether the text holds a range, good or bad."""
    return "[" in text or "]" in text


def expand(text: str) -> list[str]:
    """Returns the texts that a text with one range stands for; numbers keep the width that they are written
    with.

    Raises:
        BadRange: not one range, backwards, ends of unlike width, or more than 65,536 values.
    """
    ranges = _RANGE.findall(text)
    if len(ranges) != 1 or has_range(_RANGE.sub("", text)):
        raise BadRange(f"`{text}` is not a name with one range, such as node[01:40]")
    first, last = ranges[0]
    if len(first) != len(last) and (first.startswith("0") or last.startswith("0")):
        raise BadRange(f"the ends of [{first}:{last}] are written with unlike widths")
    if int(first) > int(last):
        raise BadRange(f"[{first}:{last}] runs backwards")
    if int(last) - int(first) >= _MOST:
        raise BadRange(f"[{first}:{last}] stands for more than {_MOST} hosts")
    before, after = _RANGE.split(text)[0], _RANGE.split(text)[-1]
    return [f"{before}{number:0{len(first)}}{after}" for number in range(int(first), int(last) + 1)]


def ranges_in(value: Any) -> list[tuple[Path, str]]:
    """Returns the texts with a well-formed range within a value, each with its path."""
    match value:
        case str():
            return [((), value)] if _RANGE.search(value) else []
        case dict():
            return [((key, *path), text) for key, item in value.items() for path, text in ranges_in(item)]
        case list():
            return [((key, *path), text) for key, item in enumerate(value) for path, text in ranges_in(item)]
        case _:
            return []


def in_step(value: Any, index: int) -> Any:
    """Returns a value with each range in it replaced by its number of this index, counted from 0."""
    match value:
        case str():
            return _RANGE.sub(lambda found: f"{int(found[1]) + index:0{len(found[1])}}", value)
        case dict():
            return {key: in_step(item, index) for key, item in value.items()}
        case list():
            return [in_step(item, index) for item in value]
        case _:
            return value
