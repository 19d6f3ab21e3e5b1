"""Edits /etc/fstab by its fields: fstab(5)."""

from __future__ import annotations

from nodewright.paths import FSTAB
from nodewright.resources.edits import edit
from nodewright.script import shell
from nodewright.script.step import Step

_COUNT_KIND = """\
$1 !~ /^#/ { if ($3 == ENVIRON["KIND"]) found = 1 }
END { exit found }"""

_PRINT_KIND = """\
$1 !~ /^#/ { if ($3 == ENVIRON["KIND"]) print }"""

_DROP_KIND = """\
{
  if ($1 !~ /^#/) if ($3 == ENVIRON["KIND"]) next
  print
}"""


def fstab_without(kind: str, *, path: str = FSTAB, name: str = "", after: tuple[str, ...] = ()) -> Step:
    """Returns the step that removes entries of that kind; the word in a comment, label or mount point is ignored.

    It unmounts nothing, and turns no swap off. A missing fstab is fine.

    Args:
        kind: the third field, for example `swap`.
        path: the file, absolute.
    """
    word = shell.path_word(path)
    environment = f"KIND={shell.quote(shell.one_line(kind, 'the kind of file system'))}"
    return Step(
        name=name or f"no {kind} in {path}",
        check=shell.script(
            f"if [ -e {word} ]; then",
            f"  {environment} awk '{_COUNT_KIND}' {word}",
            "fi",
        ),
        apply=edit(path, f'{environment} awk \'{_DROP_KIND}\' "$original" >"$temporary"'),
        show=f"{environment} awk '{_PRINT_KIND}' {word}",
        want="",
        after=after,
    )
