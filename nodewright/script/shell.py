"""Turns any text into a piece of shell that means exactly that text."""

from __future__ import annotations

import hashlib
import re
import shlex
import stat
import textwrap
from base64 import encodebytes
from collections.abc import Iterable
from functools import cache

from nodewright.errors import ConfigurationError

#: A temporary file lies beside its target, so that the rename stays within one file system. The leading dot
#: hides it from programs that read whole folders: sudo, yum, systemd, and agents with folders of manifests.
TEMPORARY = ".nodewright.XXXXXX"

_MODE = re.compile(r"[0-7]{3,4}")
_UNIT = re.compile(r"[A-Za-z0-9:_.@\\-]+\.[a-z]+")
_PLACE = re.compile(r"@([a-z_]+)")
_ALONE = re.compile(r"( *)@([a-z_]+)")
_QUOTED = re.compile(r"\\[^\n]|'[^']*'|\"(?:\\.|[^\"\\])*\"", re.DOTALL)
_SHELL_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")


def script(*parts: str) -> str:
    """Returns the parts as lines, one under the other; empty parts leave no line."""
    return "\n".join(part for part in parts if part)


def sh(text: str, /, **inserted: str) -> str:
    """Returns a block of shell without its indentation in Python, with texts put into it.

    Each `@name` is replaced by the text of that name, unquoted: the caller quotes words. A text alone on its line
    is indented like its place, unless that would change a string or a here-document in it. An empty text
    leaves no line.

    Raises:
        TypeError: the block has no place for a text, or a place has no text.
    """
    lines, places = _block(text)
    if places != inserted.keys():
        raise TypeError(f"texts for {sorted(inserted)} do not fit the places {sorted(places)} of:\n{text}")
    filled = []
    for line in lines:
        alone = _ALONE.fullmatch(line)
        if alone is None:
            filled.append(_PLACE.sub(lambda place: inserted[place[1]], line))
        elif inserted[alone[2]]:
            filled.append(_indented(inserted[alone[2]], alone[1]))
    return "\n".join(filled)


@cache
def _block(text: str) -> tuple[tuple[str, ...], frozenset[str]]:
    """Returns the lines of a block, and the names of its places."""
    dedented = textwrap.dedent(text).strip("\n").rstrip()
    return tuple(dedented.split("\n")), frozenset(_PLACE.findall(dedented))


def _indented(text: str, blanks: str) -> str:
    """Returns `text` with every line indented, or only its first where indentation would change its meaning."""
    if "\n" not in text or not blanks:
        return blanks + text
    if "<<" in text or _QUOTED.sub("", text).count("\n") != text.count("\n"):
        return blanks + text
    return textwrap.indent(text, blanks)


def quote(text: str) -> str:
    """Returns `text` as one word of a shell command.

    Raises:
        ConfigurationError: the text holds a NUL, which neither a path nor an argument can carry.
    """
    if "\0" in text:
        raise ConfigurationError(f"{text!r} holds a NUL character, which no path or argument can carry")
    return shlex.quote(text)


def quote_all(texts: Iterable[str]) -> str:
    """Returns `texts` as words of a shell command, separated by blanks."""
    return " ".join(quote(text) for text in texts)


def one_line(text: str, what: str) -> str:
    """Returns `text` unchanged, once it is known to fit on one line of a file.

    Raises:
        ConfigurationError: the text holds a line break or another control character (a tab is fine).
    """
    if not text.replace("\t", "").isprintable():
        raise ConfigurationError(
            f"{what} {text!r} holds a line break or another character that does not print"
        )
    return text


def path_word(path: str) -> str:
    """Returns `path` as one word. It is absolute, so that no command takes it for an option.

    Raises:
        ConfigurationError: the path is not absolute, or ends in a slash.
    """
    if not path.startswith("/") or path.endswith("/"):
        raise ConfigurationError(f"{path!r} is not an absolute path without a slash at its end")
    return quote(path)


def unit_name(unit: str) -> str:
    """Returns the full name of a systemd unit; a name without a suffix is a service.

    Raises:
        ConfigurationError: the name holds a character that no unit's name has.
    """
    whole = unit if "." in unit else f"{unit}.service"
    if not _UNIT.fullmatch(whole) or whole.startswith("-"):
        raise ConfigurationError(f"{unit!r} is no name of a unit")
    return whole


def parent(path: str) -> str:
    """Returns the folder that holds `path`."""
    return path.rpartition("/")[0] or "/"


def beside(path: str) -> str:
    """Returns the word for `mktemp` that makes a temporary file next to `path`."""
    return quote(f"{parent(path).rstrip('/')}/{TEMPORARY}")


def variable(name: str) -> str:
    """Returns `name` unchanged, once it is known to be a valid name of a shell variable.

    Raises:
        ConfigurationError: the name is not valid.
    """
    if not _SHELL_NAME.fullmatch(name):
        raise ConfigurationError(f"{name!r} is no name for a shell variable")
    return name


def mode_bits(mode: str) -> int:
    """Returns the bits of an octal mode such as `0644`.

    Raises:
        ConfigurationError: the mode is not three or four octal digits.
    """
    if not _MODE.fullmatch(mode):
        raise ConfigurationError(f"{mode!r} is not a mode of three or four octal digits")
    return int(mode, 8)


def digest(content: str) -> str:
    """Returns what `sha256sum` prints for `content` on its standard input."""
    return f"{hashlib.sha256(content.encode()).hexdigest()}  -"


def ownership(owner: str, group: str, mode: str) -> tuple[str, str]:
    """Returns a format for `stat -c` and its output for these; digits are compared by number, others by name."""
    user_field = "%u" if owner.isdigit() else "%U"
    group_field = "%g" if group.isdigit() else "%G"
    return f"%a:{user_field}:{group_field}", f"{mode_bits(mode):o}:{owner}:{group}"


def listing(kind: int, owner: str, group: str, mode: str) -> tuple[str, str]:
    """Returns a format for `stat -c` and its output, in the form of `ls -l`: kind and mode, owner, group.

    Args:
        kind: a constant of the `stat` module, for example `stat.S_IFREG`.
    """
    fields, _ = ownership(owner, group, mode)
    return f"%A{fields.removeprefix('%a')}", f"{stat.filemode(kind | mode_bits(mode))}:{owner}:{group}"


def readable(content: str) -> bool:
    """Returns whether a here-document can hold the text: it is printable and ends with a newline."""
    return content.endswith("\n") and content.replace("\n", "").replace("\t", "").isprintable()


def delimiter(content: str) -> str:
    """Returns a word that can end a here-document of `content`, since no line of it is that word."""
    lines = set(content.split("\n"))
    word = "END"
    while word in lines:
        word += "_"
    return word


def literally(command: str, content: str) -> str:
    """Returns `command` with `content`, a readable text, on its standard input; the shell expands nothing in it."""
    end = delimiter(content)
    return f"{command} <<'{end}'\n{content}{end}"


def write(content: str, target: str) -> str:
    """Returns commands that write `content` to `target`, a word of the shell; readable content stays readable."""
    if not content:
        return f": >{target}"
    if readable(content):
        return literally(f"cat >{target}", content)
    return literally(f"base64 -d >{target}", encodebytes(content.encode()).decode())


def renamed(target: str, command: str) -> str:
    """Returns commands that write `target` whole: a reader finds the old text or the new one.

    Args:
        target: a word of the shell; its folder exists.
        command: writes the file; `@new` stands for its temporary name.
    """
    new = f"{target}.new"
    return f"{command.replace('@new', new)}\nmv -fT {new} {target}"


def refuse_folder(path: str) -> str:
    """Returns commands that fail if `path` is a folder; a link to a folder is accepted."""
    message = f"{path} is a folder: look at what it holds and move it away"
    return script(
        f"case $(stat -c %A {path_word(path)} 2>/dev/null) in",
        "d*)",
        f"  echo {quote(message)} >&2",
        "  exit 1",
        "  ;;",
        "esac",
    )


def relabel(word: str) -> str:
    """Returns commands that give a file (a word of the shell) the SELinux label that the policy has for its path."""
    return script("if selinuxenabled 2>/dev/null; then", f"  restorecon {word}", "fi")
