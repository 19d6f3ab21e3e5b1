"""What came from elsewhere cannot play with a terminal, and can still be read."""

from __future__ import annotations

import pytest

from nodewright.printable import printable, printable_line


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("plain text\twith a tab\n", "plain text\twith a tab\n"),
        ("\x1b[31mred", "\u241b[31mred"),
        ("\x7f\x9b", "\u2421\ufffd"),
        ("right \u202e to left", "right \ufffd to left"),
        ("hidden\u200b", "hidden\ufffd"),
    ],
)
def test_what_moves_colours_or_hides_is_shown(text: str, shown: str) -> None:
    assert printable(text) == shown


def test_a_line_stays_one() -> None:
    assert printable_line("a\nb") == "a\u2424b"
