"""Edits files of which only a part is ours: the rest, the mode and the owner stay as they are."""

from __future__ import annotations

from nodewright.resources.before import keep
from nodewright.resources.files import move
from nodewright.script import shell

#: Mode and owner of a file that did not exist before.
NEW_MODE = "0644"


def edit(path: str, command: str) -> str:
    """Returns commands that keep the original of `path`, and replace its text by the output of `command`.

    A link is followed, since our part belongs in the file that other programs read. A link that leads nowhere and
    a folder are refused. A missing file counts as empty, and is made.

    Args:
        path: absolute.
        command: reads `"$original"`, writes standard output, and ends before any here-document of its own.
    """
    word = shell.path_word(path)
    message = f"{path} is a link that leads nowhere: look at it and take it away"
    return shell.script(
        keep(path),
        shell.refuse_folder(path),
        f"mkdir -p {shell.quote(shell.parent(path))}",
        f"target={word}",
        f"if [ -L {word} ]; then",
        f"  if [ ! -e {word} ]; then",
        f"    echo {shell.quote(message)} >&2",
        "    exit 1",
        "  fi",
        f"  target=$(readlink -e {word})",
        "fi",
        f'temporary=$(mktemp "${{target%/*}}/{shell.TEMPORARY}")',
        "trap 'rm -f \"$temporary\"' EXIT",
        "original=/dev/null",
        f'chmod {NEW_MODE} "$temporary"',
        'if [ -e "$target" ]; then',
        "  original=$target",
        '  cp --attributes-only --preserve=all "$target" "$temporary"',
        "fi",
        command,
        move('"$target"'),
    )
