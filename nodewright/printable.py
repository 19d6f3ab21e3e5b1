"""Makes text from elsewhere harmless for a terminal."""

#: Control characters have pictures (U+2400 …); other characters that do not print have none.
_PICTURES = {**{code: 0x2400 + code for code in range(32) if chr(code) not in "\t\n"}, 0x7F: 0x2421}
_NO_PICTURE = "\N{REPLACEMENT CHARACTER}"


def printable(text: str) -> str:
    """Returns the text with a visible sign for each character that moves the cursor, sets colours, or hides.

    Line ends and tabs stay.
    """
    if text.replace("\n", "").replace("\t", "").isprintable():
        return text
    pictured = text.translate(_PICTURES)
    return "".join(char if char.isprintable() or char in "\t\n" else _NO_PICTURE for char in pictured)


def printable_line(text: str) -> str:
    """Returns the text as `printable` does, but on one line."""
    return printable(text).replace("\n", "\N{SYMBOL FOR NEWLINE}")
