"""Defines the type of text that goes into a file or a command on a host."""

from __future__ import annotations

from typing import Annotated
from unicodedata import category

from pydantic import AfterValidator, Field

from nodewright.inventory.problems import Finding

#: Unicode's categories of controls, of marks that change a text's direction or have no width, and of line ends.
_UNSEEN = frozenset({"Cc", "Cf", "Zl", "Zp"})


def _one_line(text: str) -> str:
    for at, character in enumerate(text, 1):
        if category(character) in _UNSEEN:
            raise Finding(
                f"character {at} of this text is a control character (U+{ord(character):04X})",
                advice="remove it: the text goes into a file or a command",
            )
    if text != text.strip():
        raise Finding("this text has blanks at an end", advice=f"write `{text.strip()}`")
    return text


#: One line of text, not empty: it cannot break a file or a command.
Text = Annotated[str, Field(min_length=1), AfterValidator(_one_line)]
