"""Writes a marked block of lines into a file whose rest belongs to others."""

from __future__ import annotations

import re

from nodewright.errors import ConfigurationError
from nodewright.resources.edits import edit
from nodewright.script import shell
from nodewright.script.step import Step

_MARKER = re.compile(r"[A-Za-z0-9][A-Za-z0-9 ._-]*")


_BLOCK = """\
function put() {
  if (!done) printf "%s", block
  done = 1
}
NR == FNR { block = block $0 "\\n"; next }
$0 == "BEGIN_LINE" { inside = 1; put(); next }
$0 == "END_LINE" { inside = 0; next }
!inside { print }
END {
  if (inside) {
    print "the line BEGIN_LINE has no END_LINE after it" >"/dev/stderr"
    exit 1
  }
  put()
}"""


def block(
    path: str,
    content: str,
    *,
    marker: str,
    comment: str = "#",
    name: str = "",
    after: tuple[str, ...] = (),
) -> Step:
    """Returns the step that writes our lines between two marker lines; the file's other lines stay as they are.

    An existing block is replaced where it stands, and further ones are removed. Without one, the block is added at
    the end. A link is followed. A dangling link and a folder are refused. A missing file is made with mode 0644.
    A begin marker without its end is refused, since the lines after it may belong to somebody.

    Args:
        path: absolute.
        content: the lines between the markers, each with its line's end.
        marker: names the block; letters, digits, blanks, `.`, `_` and `-`.
        comment: the text that begins a comment in that file.

        Raises:
            ConfigurationError: the content is no readable text, or holds a marker itself.
    """
    word = shell.path_word(path)
    begin, end = markers(marker, comment)
    text = f"{begin}\n{content}{end}\n"
    if not shell.readable(text) or (content and not content.endswith("\n")):
        raise ConfigurationError(f"a block of {path} has to be text whose every line has its end")
    if {begin, end} & set(content.split("\n")):
        raise ConfigurationError(f"a block of {path} holds its own marker")
    program = _BLOCK.replace("BEGIN_LINE", begin).replace("END_LINE", end)
    present = (
        f'awk \'$0 == "{begin}" {{ inside = 1 }} inside {{ print }} $0 == "{end}" {{ inside = 0 }}\' {word}'
    )
    return Step(
        name=name or f"block {marker} in {path}",
        check=shell.script(
            f"present=$({present})",
            "found=$(sha256sum <<END\n$present\nEND\n)",
            f'[ "$found" = {shell.quote(shell.digest(text))} ]',
        ),
        apply=edit(path, shell.literally(f'awk \'{program}\' - "$original" >"$temporary"', text)),
        show=present,
        want=text,
        after=after,
    )


def markers(marker: str, comment: str) -> tuple[str, str]:
    """Returns the first and the last line of a marked block."""
    if not _MARKER.fullmatch(marker):
        raise ConfigurationError(
            f"{marker!r} cannot mark a block: letters, digits, blanks, '.', '_' and '-' only"
        )
    if not re.fullmatch(r"[#;!%/-]+", comment):
        raise ConfigurationError(f"{comment!r} is no beginning of a comment")
    return f"{comment} BEGIN nodewright {marker}", f"{comment} END nodewright {marker}"
