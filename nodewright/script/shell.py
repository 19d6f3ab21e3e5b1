"""How any text becomes a piece of shell that means that text and nothing else."""

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

#: Beside its target, so that the rename stays within one file system. The leading dot hides it from all who
#: read a whole folder meanwhile: sudoers.d, yum.repos.d, systemd, and agents with folders of manifests.
TEMPORARY = ".nodewright.XXXXXX"

_MODE = re.compile(r"[0-7]{3,4}")
_UNIT = re.compile(r"[A-Za-z0-9:_.@\\-]+\.[a-z]+")
_PLACE = re.compile(r"@([a-z_]+)")
_ALONE = re.compile(r"( *)@([a-z_]+)")
_QUOTED = re.compile(r"\\[^\n]|'[^']*'|\"(?:\\.|[^\"\\])*\"", re.DOTALL)
_SHELL_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")


def script(*parts: str) -> str:
    """Returns the parts, one under the other; empty ones leave no line."""
    return "\n".join(part for part in parts if part)


def sh(text: str, /, **inserted: str) -> str:
    """Returns a block of shell without the indentation that it has in Python, and with texts put into it.

    `@name` is where the text of that name goes, raw: quote what is a word. A text that has a line to itself is
    indented as its place is, unless the indentation would change a string or a here-document in it; an empty
    one leaves no line.

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
    """Returns `text` with every line indented; as it is, but for its first line, where that would change it."""
    if "\n" not in text or not blanks:
        return blanks + text
    if "<<" in text or _QUOTED.sub("", text).count("\n") != text.count("\n"):
        return blanks + text
    return textwrap.indent(text, blanks)


def quote(text: str) -> str:
    """`text` as one word of a shell command.

    Raises:
        ConfigurationError: it holds a NUL, which neither a path nor an argument can carry.
    """
    if "\0" in text:
        raise ConfigurationError(f"{text!r} holds a NUL character, which no path or argument can carry")
    return shlex.quote(text)


def quote_all(texts: Iterable[str]) -> str:
    """`texts` as words of a shell command, a blank between them."""
    return " ".join(quote(text) for text in texts)


def one_line(text: str, what: str) -> str:
    """`text` itself, known to stay within one line of a file.

    Raises:
        ConfigurationError: it holds a line break or another control character (a tab is fine).
    """
    if not text.replace("\t", "").isprintable():
        raise ConfigurationError(
            f"{what} {text!r} holds a line break or another character that does not print"
        )
    return text


def path_word(path: str) -> str:
    """`path` as one word; absolute, so that no command takes it for an option.

    Raises:
        ConfigurationError: the path is not absolute, or it ends in a slash.
    """
    if not path.startswith("/") or path.endswith("/"):
        raise ConfigurationError(f"{path!r} is not an absolute path without a slash at its end")
    return quote(path)


def unit_name(unit: str) -> str:
    """Returns the whole name of a unit of systemd; one without a suffix is a service.

    Raises:
        ConfigurationError: it holds a character that no unit's name has.
    """
    whole = unit if "." in unit else f"{unit}.service"
    if not _UNIT.fullmatch(whole) or whole.startswith("-"):
        raise ConfigurationError(f"{unit!r} is no name of a unit")
    return whole


def parent(path: str) -> str:
    """Returns the folder that `path` is in."""
    return path.rpartition("/")[0] or "/"


def beside(path: str) -> str:
    """Returns the word for `mktemp` that makes a temporary next to `path`."""
    return quote(f"{parent(path).rstrip('/')}/{TEMPORARY}")


def variable(name: str) -> str:
    """`name` itself, known to be a name of the shell.

    Raises:
        ConfigurationError: no shell would take it for one.
    """
    if not _SHELL_NAME.fullmatch(name):
        raise ConfigurationError(f"{name!r} is no name for a shell variable")
    return name


def mode_bits(mode: str) -> int:
    """Returns the bits of an octal mode such as `0644`.

    Raises:
        ConfigurationError: it is not three or four octal digits.
    """
    if not _MODE.fullmatch(mode):
        raise ConfigurationError(f"{mode!r} is not a mode of three or four octal digits")
    return int(mode, 8)


def digest(content: str) -> str:
    """Returns what `sha256sum` prints for `content` on its standard input."""
    return f"{hashlib.sha256(content.encode()).hexdigest()}  -"


def ownership(owner: str, group: str, mode: str) -> tuple[str, str]:
    """Returns a format for `stat -c` and what it prints for these: by name, or by number where digits are
    given.
    """
    user_field = "%u" if owner.isdigit() else "%U"
    group_field = "%g" if group.isdigit() else "%G"
    return f"%a:{user_field}:{group_field}", f"{mode_bits(mode):o}:{owner}:{group}"


def listing(kind: int, owner: str, group: str, mode: str) -> tuple[str, str]:
    """Returns a format for `stat -c` and what it prints, in the manner of `ls -l`: kind and mode, owner,
    group.

    Args:
        kind: of the `stat` module, for example `stat.S_IFREG`.
    """
    fields, _ = ownership(owner, group, mode)
    return f"%A{fields.removeprefix('%a')}", f"{stat.filemode(kind | mode_bits(mode))}:{owner}:{group}"


def readable(content: str) -> bool:
    """Returns whether a person can read the text in a script and it ends with a line's end, so that a
    here-document carries it whole.
    """
    return content.endswith("\n") and content.replace("\n", "").replace("\t", "").isprintable()


def delimiter(content: str) -> str:
    """Returns a word that ends a here-document of `content` and is no line of it."""
    lines = set(content.split("\n"))
    word = "END"
    while word in lines:
        word += "_"
    return word


def literally(command: str, content: str) -> str:
    """`command` with `content` on its standard input, not interpreted; the content is readable text."""
    end = delimiter(content)
    return f"{command} <<'{end}'\n{content}{end}"


def write(content: str, target: str) -> str:
    """Returns commands that put `content` into `target`, a word of the shell; as text where that can be read."""
    if not content:
        return f": >{target}"
    if readable(content):
        return literally(f"cat >{target}", content)
    return literally(f"base64 -d >{target}", encodebytes(content.encode()).decode())


def renamed(target: str, command: str) -> str:
    """Returns commands that write `target` whole: whoever reads it finds the old text or the new one.

    Args:
        target: a word of the shell; its folder is there.
        command: writes the file; `@new` is where its name goes meanwhile.
    """
    new = f"{target}.new"
    return f"{command.replace('@new', new)}\nmv -fT {new} {target}"


def refuse_folder(path: str) -> str:
    """Returns commands that end the apply where a folder is at `path`; a link to a folder is none."""
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
    """Returns commands that give a file, a word of the shell, the SELinux label of its path."""
    return script("if selinuxenabled 2>/dev/null; then", f"  restorecon {word}", "fi")
