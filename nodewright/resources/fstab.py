"""What /etc/fstab mounts and swaps, by its fields: fstab(5)."""

from __future__ import annotations

from nodewright.errors import ConfigurationError
from nodewright.paths import FSTAB
from nodewright.resources.edits import edit
from nodewright.script import shell
from nodewright.script.step import Step

#: A field ends at a blank, so fstab(5) writes these characters as octal escapes.
_ESCAPES = str.maketrans({"\\": "\\134", " ": "\\040", "\t": "\\011", "\n": "\\012", "#": "\\043"})

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

_SAME_PLACE = """\
function same_place() {
  if ($1 ~ /^#/) return 0
  if (ENVIRON["PLACE"] == "none") return $1 "" == ENVIRON["SOURCE"] ""
  return $2 "" == ENVIRON["PLACE"] ""
}
"""

_HAS_ENTRY = (
    _SAME_PLACE
    + """\
same_place() { $1 = $1; places++; if ($0 == ENVIRON["ENTRY"]) entries++ }
END { if (places != 1) exit 1; if (entries != 1) exit 1 }"""
)

_PUT_ENTRY = (
    _SAME_PLACE
    + """\
function put() {
  if (!done) print ENVIRON["ENTRY"]
  done = 1
}
same_place() { put(); next }
{ print }
END { put() }"""
)


def fstab_without(kind: str, *, path: str = FSTAB, name: str = "", after: tuple[str, ...] = ()) -> Step:
    """No entry of that kind; a comment, a label or a mount point with that word in it stays.

    What is mounted or swapped on now stays so. No fstab at all is fine.

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


def fstab_entry(
    source: str,
    place: str,
    kind: str,
    *,
    options: str = "defaults",
    dump: int = 0,
    check_order: int = 0,
    path: str = FSTAB,
    name: str = "",
    after: tuple[str, ...] = (),
) -> Step:
    """The one entry for a mount point (or, where that is `none`, for a source); nothing is mounted by it.

    Args:
        source: device, `UUID=…` or `LABEL=…`; blanks in it are escaped here.
        place: the mount point, or `none`.
        kind: of the file system.
        options: comma-separated.
        dump: the fifth field.
        check_order: the sixth: when fsck looks at it; 0 for never.
        path: the file, absolute.
    """
    word = shell.path_word(path)
    fields = [source, place, kind, options]
    if not all(fields):
        raise ConfigurationError(f"an entry of {path} has an empty field: {fields}")
    escaped = [field.translate(_ESCAPES) for field in fields]
    entry = shell.one_line(" ".join([*escaped, str(dump), str(check_order)]), "the entry")
    environment = (
        f"SOURCE={shell.quote(escaped[0])} PLACE={shell.quote(escaped[1])} ENTRY={shell.quote(entry)}"
    )
    return Step(
        name=name or f"{place if place != 'none' else source} in {path}",
        check=f"{environment} awk '{_HAS_ENTRY}' {word}",
        apply=edit(path, f'{environment} awk \'{_PUT_ENTRY}\' "$original" >"$temporary"'),
        show=f"{environment} awk '{_SAME_PLACE}same_place() {{ print }}' {word}",
        want=f"{entry}\n",
        after=after,
    )
