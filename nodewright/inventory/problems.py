"""Defines the problems of an inventory: one per place, all of them in one error."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import NamedTuple
from unicodedata import name

from nodewright.errors import ConfigurationError, Problem
from nodewright.printable import printable_line
from nodewright.secret import MASK

#: Holds keys and list indexes from the top of the inventory down to a value.
Path = tuple[str | int, ...]

#: Matches the end of a key that sounds like a secret, also when it is misspelt, and its value, which may end
#: within { }. Does not match where the secret itself is elsewhere. The value must never be printed.
_SECRET_LOOKING = re.compile(
    r"""(?:pas+w|pas+phr|secret|token)[\w-]*["']?\s*:\s*(?!\{\s*(?:env|file)\s*:|\*)"""
    r"""(?P<value>"[^"]*"?|'[^']*'?|[^\s"'][^,}]*)""",
    re.IGNORECASE,
)
_WIDEST_LINE = 160


class Position(NamedTuple):
    """Holds a place in a text file: line and column, counted from 1 as editors do. Columns are characters."""

    line: int
    column: int


class Finding(ValueError):
    """Says what is wrong with a value of the right type; models of an inventory report it.

    A validator raises it (its path then starts at the validated model), or `InventoryModel.findings` yields it (its
    path then starts at the top of the inventory).

    Args:
        what: what is wrong, one sentence without a full stop.
        path: keys down to the value that is wrong, for example `("workers", "node2", "address")`.
        advice: what to write instead, one sentence.
        of_key: the key is wrong, not its value.
    """

    def __init__(self, what: str, *, path: Path = (), advice: str = "", of_key: bool = False) -> None:
        super().__init__(what)
        self.what = what
        self.path = path
        self.advice = advice
        self.of_key = of_key


class Unread(AttributeError):
    """A check has asked for a setting that is wrong itself, so the check has no answer yet."""


@dataclass(frozen=True, kw_only=True)
class InventoryProblem(Problem):
    """Describes one thing to correct in an inventory; `where` names its place, `output` shows its line.

    Args:
        position: where the wrong text starts; None if the file as a whole is the problem.
    """

    position: Position | None = None

    def __str__(self) -> str:
        """Returns `file:line:column: what`, the line with a caret under the place, and the advice."""
        lines = [f"{self.where}: {self.what}", *(f"    {line}" for line in self.output.splitlines())]
        if self.advice:
            lines.append(f"  → {self.advice}")
        return "\n".join(lines)


class InventoryError(ConfigurationError):
    """The inventory cannot be used; `problems` holds everything that is wrong with it, in file order."""

    def __init__(self, problems: Iterable[InventoryProblem]) -> None:
        self.problems = tuple(sorted(dict.fromkeys(problems), key=lambda problem: problem.position or (0, 0)))
        count = len(self.problems)
        super().__init__(
            f"{'one problem' if count == 1 else f'{count} problems'} in the inventory",
            output="\n\n".join(str(problem) for problem in self.problems),
        )


def problem_at(
    file: str, lines: Sequence[str], position: Position, what: str, *, advice: str = ""
) -> InventoryProblem:
    """Returns a problem that shows its line: masked if a key sounds like a secret, cropped if it is long."""
    line = lines[position.line - 1] if position.line <= len(lines) else ""
    text, caret = _crop(*_mask(line.rstrip(), position.column))
    text = printable_line(text)
    indent = re.sub(r"[^\t]", " ", text[: caret - 1])
    return InventoryProblem(
        where=f"{file}:{position.line}:{position.column}",
        position=position,
        what=printable_line(what),
        output=f"{text}\n{indent}^" if text else "",
        advice=advice,
    )


def foreign_letters(written: object) -> str:
    """Returns an advice that names the look-alike characters of a text, or an empty text.

    Settings are written in ASCII, with few exceptions. If such a text is wrong, the likely cause is a letter of
    another alphabet, a typographic quote or a no-break space, and nobody can see it.
    """
    letters = dict.fromkeys(letter for letter in str(written) if not letter.isascii())
    told = [f"`{letter}` is {name(letter, 'a character')} (U+{ord(letter):04X})" for letter in letters]
    return " and ".join(told[:2]) if isinstance(written, str) else ""


def _mask(line: str, column: int) -> tuple[str, int]:
    """Returns the line with secret-looking values masked, and the column moved along with its text."""
    parts, end, moved = [], 0, column
    for match in _SECRET_LOOKING.finditer(line):
        start, stop = match.span("value")
        if start < end:
            continue
        stop = stop if "{" in line[:start] else len(line)
        if column > stop:
            moved += len(MASK) - (stop - start)
        elif column > start + 1:
            moved += start + 1 - column
        parts += [line[end:start], MASK]
        end = stop
    return "".join([*parts, line[end:]]), moved


def _crop(line: str, column: int) -> tuple[str, int]:
    """Returns at most `_WIDEST_LINE` characters of the line, with the column in sight."""
    start = max(0, column - _WIDEST_LINE // 2) if len(line) > _WIDEST_LINE else 0
    return line[start : start + _WIDEST_LINE], column - start
