"""Takes pieces from the output of commands; nothing here fails, whatever the text is."""

from __future__ import annotations

import re
from collections.abc import Iterator


def lines_of(text: str, count: int) -> list[str]:
    """Returns the first lines of a text, stripped, padded with empty lines if it has fewer."""
    lines = [line.strip() for line in text.splitlines()[:count]]
    return lines + [""] * (count - len(lines))


def words_of(text: str, *, at_least: int) -> Iterator[list[str]]:
    """Yields the words of each line that has at least so many; only blanks and tabs separate words."""
    for line in text.split("\n"):
        words = re.findall(r"[^ \t]+", line)
        if len(words) >= at_least:
            yield words


def number(text: str) -> int:
    """Returns the number that the digits at a text's start form, or 0 for no digits."""
    match = re.match(r"\s*(\d{1,18})", text, re.ASCII)
    return int(match[1]) if match else 0
