"""Users and groups of the host itself, as getent knows them."""

from __future__ import annotations

import re

from nodewright.errors import ConfigurationError
from nodewright.script import shell
from nodewright.script.step import Step

_NAME = re.compile(r"[a-z_][a-z0-9_.-]{0,31}")


def group(group_name: str, *, gid: int | None = None, name: str = "", after: tuple[str, ...] = ()) -> Step:
    """A group; with that number where one is given.

    Args:
        group_name: small letters, digits, `_`, `.` and `-`.
        gid: another number of a group that is there is changed to this one.
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


def user(
    user_name: str,
    *,
    group: str,
    uid: int | None = None,
    home: str = "/",
    login_shell: str = "/sbin/nologin",
    name: str = "",
    after: tuple[str, ...] = (),
) -> Step:
    """A system user with that primary group, home and login shell; the home itself is not made.

    Args:
        user_name: small letters, digits, `_`, `.` and `-`.
        group: a name; the group has to be there.
        uid: another number of a user that is there is changed to this one.
        home: absolute.
        login_shell: absolute.
    """
    word = _name(user_name)
    settings = " ".join(
        [
            f"--gid {_name(group)}",
            *([] if uid is None else [f"--uid {uid}"]),
            f"--home-dir {_home(home)}",
            f"--shell {shell.path_word(login_shell)}",
        ]
    )
    number = "*" if uid is None else str(uid)
    return Step(
        name=name or f"user {user_name}",
        check=shell.script(
            f"entry=$(getent passwd {word})",
            'case "$entry" in',
            f"{word}:*:{number}:*:{_home(home)}:{shell.path_word(login_shell)}) ;;",
            "*) exit 1 ;;",
            "esac",
            f'[ "$(id -gn {word})" = {_name(group)} ]',
        ),
        apply=shell.script(
            f"if getent passwd {word}; then",
            f"  usermod {settings.replace('--home-dir', '--home')} {word}",
            "else",
            f"  useradd --system --no-create-home {settings} {word}",
            "fi",
        ),
        show=f"getent passwd {word}",
        after=after,
    )


def member(user_name: str, group_name: str, *, name: str = "", after: tuple[str, ...] = ()) -> Step:
    """A user who is, beside all other groups of theirs, in this one."""
    user_word, group_word = _name(user_name), _name(group_name)
    return Step(
        name=name or f"{user_name} in the group {group_name}",
        check=shell.script(
            f"groups=$(id -Gn {user_word})",
            'case " $groups " in',
            f"*' {group_word} '*) ;;",
            "*) exit 1 ;;",
            "esac",
        ),
        apply=f"usermod --append --groups {group_word} {user_word}",
        show=f"id -Gn {user_word}",
        after=after,
    )


def _name(text: str) -> str:
    if not _NAME.fullmatch(text):
        raise ConfigurationError(f"{text!r} is no name of a user or group")
    return text


def _home(path: str) -> str:
    if ":" in path:
        raise ConfigurationError(f"the home {path!r} holds a colon, which ends a field of /etc/passwd")
    return "/" if path == "/" else shell.path_word(shell.one_line(path, "the home"))
