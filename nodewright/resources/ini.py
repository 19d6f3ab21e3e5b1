"""Sets single keys in files of KEY=value lines, with sections or without; all other keys belong to others."""

from __future__ import annotations

import re

from nodewright.errors import ConfigurationError
from nodewright.resources.edits import edit
from nodewright.script import shell
from nodewright.script.step import Step

_COMMON = """\
function trimmed(text) {
  sub(/^[ \\t]+/, "", text)
  sub(/[ \\t]+$/, "", text)
  return text
}
function is_ours() {
  if (!inside) return 0
  return trimmed(substr($0, 1, index($0, "=") - 1)) "" == ENVIRON["KEY"] ""
}
BEGIN { inside = (ENVIRON["SECTION"] == "") }
"""

_GET = (
    _COMMON
    + """\
/^[ \\t]*\\[/ { inside = (trimmed($0) "" == "[" ENVIRON["SECTION"] "]"); next }
is_ours() { print trimmed(substr($0, index($0, "=") + 1)) }"""
)

_SET = (
    _COMMON
    + """\
function put() {
  if (!done) print ENVIRON["ENTRY"]
  done = 1
}
/^[ \\t]*\\[/ {
  if (inside) put()
  inside = (trimmed($0) "" == "[" ENVIRON["SECTION"] "]")
  print
  next
}
is_ours() { put(); next }
{ print }
END {
  if (done) exit
  if (!inside) print "[" ENVIRON["SECTION"] "]"
  put()
}"""
)


def ini_key(
    path: str,
    key: str,
    value: str,
    *,
    section: str = "",
    name: str = "",
    after: tuple[str, ...] = (),
) -> Step:
    """Returns the step that sets one key, once, in its section; comments and all other keys stay.

    The key is replaced where it stands, else added at the end of its section. A missing section is added at the
    end of the file. A commented key counts as a comment. A link is followed. A missing file is made with mode 0644.

    Args:
        path: absolute, for example `/etc/selinux/config`.
        key: the text before the `=`.
        value: the text after it, with quotation marks if the file's readers want some.
        section: without its brackets; none for the lines before the first section.

    Raises:
        ConfigurationError: such a file cannot hold this key, value or section.
    """
    word = shell.path_word(path)
    if not re.fullmatch(r"[^\s=\[#;](?:[^=\n]*[^\s=])?", key):
        raise ConfigurationError(f"{key!r} cannot be a key of {path}")
    if value != value.strip():
        raise ConfigurationError(
            f"the value {value!r} of {key} begins or ends with a blank, which {path} cannot keep"
        )
    if section and (section != section.strip() or "]" in section):
        raise ConfigurationError(f"{section!r} cannot be a section of {path}")
    entry = shell.quote(shell.one_line(f"{key}={value}", "the line"))
    place = f"SECTION={shell.quote(shell.one_line(section, 'the section'))} KEY={shell.quote(key)}"
    get = f"{place} awk '{_GET}' {word}"
    in_section = f" of [{section}]" if section else ""
    return Step(
        name=name or f"{key}{in_section} in {path}",
        check=shell.script(f"found=$({get})", f'[ "$found" = {shell.quote(value)} ]'),
        apply=edit(path, f'{place} ENTRY={entry} awk \'{_SET}\' "$original" >"$temporary"'),
        show=get,
        want=f"{value}\n",
        after=after,
    )
