"""Makes groups on the host."""

from __future__ import annotations

import re

from nodewright.errors import ConfigurationError
from nodewright.script import shell
from nodewright.script.step import Step

_NAME = re.compile(r"[a-z_][a-z0-9_.-]{0,31}")


def group(group_name: str, *, gid: int | None = None, name: str = "", after: tuple[str, ...] = ()) -> Step:
    """Returns the step that makes a group, with that number if one is given.

    Args:
        group_name: small letters, digits, `_`, `.` and `-`.
        gid: an existing group with another number gets this one.
    """
    word = _name(group_name)
    number = "" if gid is None else f" --gid {gid}"
    return Step(
        name=name or f"group {group_name}",
        check=f"getent group {word}"
        if gid is None
        else shell.script(
            f"entry=$(getent group {word})", f'case "$entry" in\n*:*:{gid}:*) ;;\n*) exit 1 ;;\nesac'
        ),
        apply=shell.script(
            f"if getent group {word}; then",
            f"  groupmod{number} {word}",
            "else",
            f"  groupadd --system{number} {word}",
            "fi",
        ),
        show=f"getent group {word}",
        after=after,
    )


def _name(text: str) -> str:
    if not _NAME.fullmatch(text):
        raise ConfigurationError(f"{text!r} is no name of a group")
    return text
