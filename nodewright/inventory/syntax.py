"""What libyaml cannot read, in words that say what to do about it; it stops at the first such place."""

from __future__ import annotations

import yaml

from nodewright.inventory.problems import InventoryProblem, Position, problem_at

_QUOTE = "put quotes around the value"

#: Part of libyaml's words, how the line goes on at the place → what to say, what to do. The first fit counts;
#: where there is nothing to say, libyaml's own words stay.
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
    """libyaml's complaint as a problem at its place."""
    lines = text.splitlines()
    position = _position(text, error)
    rest = lines[position.line - 1][position.column - 1 :] if position.line <= len(lines) else ""
    words = " ".join(str(error).split())
    what, advice = next(row[2:] for row in _WORDINGS if row[0] in words and rest.startswith(row[1]))
    what = what or f"not YAML: {getattr(error, 'problem', None) or words}"
    begun = getattr(error, "context_mark", None)
    if begun is not None and begun.line + 1 != position.line:
        what = f"{what}, in what begins in line {begun.line + 1}"
    return problem_at(file, lines, position, what, advice=advice)


def _position(text: str, error: yaml.YAMLError) -> Position:
    """Where the error is, or what never ends; a character that cannot be in YAML is known by its byte offset."""
    if isinstance(error, yaml.MarkedYAMLError):
        endless = error.problem == "found unexpected end of stream"
        mark = error.context_mark if endless and error.context_mark else error.problem_mark
        if mark is not None:
            return Position(mark.line + 1, mark.column + 1)
    offset = int(getattr(error, "position", 0))
    before = text.encode()[:offset].decode(errors="ignore")
    return Position(before.count("\n") + 1, len(before) - before.rfind("\n"))
