"""Text that came from elsewhere, made harmless for a terminal."""

from __future__ import annotations

#: Control characters by their pictures (U+2400 …); those of the second set and of writing direction have none.
_HARMLESS = {
    **{code: 0x2400 + code for code in range(32) if chr(code) not in "\t\n"},
    0x7F: 0x2421,
    **dict.fromkeys([*range(0x80, 0xA0), *range(0x202A, 0x202F), *range(0x2066, 0x206A)], 0xFFFD),
}


def printable(text: str) -> str:
    """The text with what would move the cursor, change colours, or turn its direction made visible instead.

    Line ends and tabs stay.
    """
    return text.translate(_HARMLESS)
