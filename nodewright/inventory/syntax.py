"""Explains what libyaml cannot read, and what to do about it; libyaml stops at the first such place."""

from __future__ import annotations

import re
from collections.abc import Sequence

import yaml

from nodewright.inventory.problems import InventoryProblem, Position, problem_at

_QUOTE = "put quotes around the value"
_A_KEY_AT_MOST = re.compile(r"\s*[^\s:{}\[\],]*\s*")

#: Part of libyaml's words, how the line goes on at the place → what to say, what to do. The first match counts;
#: without one, libyaml's own words stay.
_WORDINGS = (
    ("", "\t", "a tab where YAML wants spaces", "indent by spaces"),
    ("", "@", "a value cannot start with @", _QUOTE),
    ("", "%", "a value cannot start with %", _QUOTE),
    ("", "`", "a value cannot start with `", _QUOTE),
    ("mapping values are not allowed", "", "a second `: ` in one line", f"{_QUOTE}, or indent evenly"),
    ("quoted scalar", "", "a quote that is never closed", "close it"),
    ("flow mapping", ":", "a second `: ` in one value", _QUOTE),
    ("flow mapping", "[", "a [ within { }", 'a range within { } needs quotes: "10.0.0.[11:50]"'),
    ("flow", "", "a { or [ is not closed before this", "check commas and closing brackets"),
    ("undefined alias", "", "an alias without its &anchor before it", "write the anchor further up"),
    ("too many values", "", "aliases that multiply to millions of values", "use fewer aliases of aliases"),
    ("nested more than", "", "nested more than 100 levels deep", "no setting is as deep as this"),
    ("control characters", "", "a control character", "remove it"),
    ("", "", "", "check the indentation of this line and the one before it"),
)


def syntax_problem(file: str, text: str, error: yaml.YAMLError) -> InventoryProblem:
    """Returns libyaml's complaint as a problem at its place."""
    lines = text.splitlines()
    position = _position(text, error)
    rest = lines[position.line - 1][position.column - 1 :] if position.line <= len(lines) else ""
    words = " ".join(str(error).split())
    what, advice = next(row[2:] for row in _WORDINGS if row[0] in words and rest.startswith(row[1]))
    what = what or f"not YAML: {getattr(error, 'problem', None) or words}"
    begun = getattr(error, "context_mark", None)
    if begun is None or begun.line + 1 == position.line:
        return problem_at(file, lines, position, what, advice=advice)
    opened = Position(begun.line + 1, begun.column + 1)
    return _unclosed(file, lines, opened, position) or problem_at(
        file, lines, position, f"{what}, in what begins in line {opened.line}", advice=advice
    )


def _unclosed(
    file: str, lines: Sequence[str], opened: Position, position: Position
) -> InventoryProblem | None:
    """Returns the problem of a bracket left open until a line with a new key, or the end of the file; or None.

    Args:
        file: as the user named it.
        lines: its text.
        opened: the start of what libyaml could not read.
        position: the place where libyaml gave up.
    """
    closing = {"{": "}", "[": "]"}.get("".join(lines[opened.line - 1 : opened.line])[opened.column - 1 :][:1])
    ends = position.line > len(lines)
    if closing is None or not (
        ends or _A_KEY_AT_MOST.fullmatch(lines[position.line - 1][: position.column - 1])
    ):
        return None
    advice = f"write {closing} where it ends"
    if ends:
        return problem_at(file, lines, opened, f"a bracket that needs {closing} and has none", advice=advice)
    return problem_at(
        file,
        lines,
        opened,
        f"a bracket that is not closed before line {position.line}",
        advice=f"{advice}, or a comma at the end of line {position.line - 1} where it goes on",
    )


def _position(text: str, error: yaml.YAMLError) -> Position:
    """Returns where the error is, or what never ends; a character that cannot be in YAML is known by its byte
    offset.
    """
    if isinstance(error, yaml.MarkedYAMLError):
        endless = error.problem == "found unexpected end of stream"
        mark = error.context_mark if endless and error.context_mark else error.problem_mark
        if mark is not None:
            return Position(mark.line + 1, mark.column + 1)
    offset = int(getattr(error, "position", 0))
    before = text.encode()[:offset].decode(errors="ignore")
    return Position(before.count("\n") + 1, len(before) - before.rfind("\n"))
