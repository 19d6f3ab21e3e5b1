"""Writes whole files: text, mode and owner are ours. What was in their place is kept (see `before`)."""

from __future__ import annotations

import re
import stat
from collections.abc import Mapping

from nodewright.errors import ConfigurationError
from nodewright.resources.before import keep
from nodewright.script import shell
from nodewright.script.step import Step


def file(
    path: str,
    content: str,
    *,
    owner: str = "root",
    group: str = "root",
    mode: str = "0644",
    secret: bool = False,
    validate: str = "",
    name: str = "",
    after: tuple[str, ...] = (),
) -> Step:
    """Returns the step that writes a regular file with exactly `content`, and makes missing folders above it.

    A link in the way is replaced, and its target left alone. A folder in the way is refused. The file is replaced
    by a rename, so that nobody reads half of it. Only a mount point, as files are in containers, is written
    in place.

    Args:
        path: absolute.
        content: the text; a template is rendered by the caller.
        owner: name or number; `group` likewise.
        mode: octal.
        secret: a plan shows digest and mode instead of the text.
        validate: a command that fails for a bad file; `"$temporary"` names the new one, for example
            `visudo -cf "$temporary"`.

    Raises:
        ConfigurationError: the path is not absolute, or the mode not octal.
    """
    fields, wanted = shell.listing(stat.S_IFREG, owner, group, mode)
    return Step(
        name=name or f"file {path}",
        check=is_file(path, shell.quote(shell.digest(content)), owner=owner, group=group, mode=mode),
        apply=shell.script(
            keep(path),
            open_temporary(path),
            shell.write(content, '"$temporary"'),
            validate,
            replace(path, owner=owner, group=group, mode=mode),
        ),
        show=_show(path, fields, secret=secret),
        want=f"{wanted}\n{shell.digest(content)}\n" if secret else f"{wanted}\n{content}",
        after=after,
    )


def is_file(path: str, digest: str, *, owner: str, group: str, mode: str) -> str:
    """Returns commands that fail unless `path` is a file with that content, owner and mode.

    Args:
        digest: a word of the shell; holds what `sha256sum` prints for the content on its standard input.
    """
    word = shell.path_word(path)
    return shell.script(
        is_owned_file(path, owner=owner, group=group, mode=mode), f'[ "$(sha256sum <{word})" = {digest} ]'
    )


def is_owned_file(path: str, *, owner: str, group: str, mode: str) -> str:
    """Returns commands that fail unless `path` is a file with that owner and mode, with any content."""
    word = shell.path_word(path)
    fields, wanted = shell.ownership(owner, group, mode)
    return shell.script(
        f"[ ! -L {word} ]",
        f"[ -f {word} ]",
        f'[ "$(stat -c {fields} {word})" = {shell.quote(wanted)} ]',
    )


def open_temporary(path: str) -> str:
    """Returns commands that make `$temporary`, for root only, in the folder of `path`; the step's end removes it."""
    return shell.script(
        shell.refuse_folder(path),
        f"mkdir -p {shell.quote(shell.parent(path))}",
        f"temporary=$(mktemp {shell.beside(path)})",
        "trap 'rm -f \"$temporary\"' EXIT",
    )


def replace(path: str, *, owner: str, group: str, mode: str) -> str:
    """Returns commands that put `$temporary` in the place of `path`, with that owner and mode."""
    word = shell.path_word(path)
    ownership = shell.quote(f"{owner}:{group}")
    shell.mode_bits(mode)
    return shell.script(
        f'chown {ownership} "$temporary"',
        f'chmod {mode} "$temporary"',
        move(word),
    )


def move(word: str) -> str:
    """Returns commands that rename `$temporary` to `word`; a mount point cannot be replaced, so it is written."""
    return shell.script(
        f'if ! mv -fT "$temporary" {word}; then',
        f'  chmod --reference="$temporary" {word}',
        f'  cp --preserve=mode,ownership "$temporary" {word}',
        "fi",
        shell.relabel(word),
    )


def _show(path: str, fields: str, *, secret: bool) -> str:
    word = shell.path_word(path)
    content = f"sha256sum <{word}" if secret else f"cat {word}"
    return shell.script(f"stat -c {fields} {word}", content)


def filled_text(template: str, values: Mapping[str, str]) -> str:
    """Returns a here-document of `template`; the host's shell fills its placeholders, say with a join token or key.

    The script's text is the same for all values: they come from variables in its preamble, and so never through an
    argv. An empty value makes the command fail; in a plan all values are empty.

    Args:
        template: readable text that ends with a line's end.
        values: placeholder in the template (`@TOKEN@`) → name of the shell variable that holds its value.

        Raises:
            ConfigurationError: a placeholder is not in the template, a name of a variable is not valid, or the
                template is no readable text.
    """
    if not shell.readable(template):
        raise ConfigurationError(
            "a template that the host fills in has to be text that ends with a line's end"
        )
    for placeholder, variable in values.items():
        shell.variable(variable)
        if not placeholder or placeholder not in template:
            raise ConfigurationError(f"the placeholder {placeholder!r} is not in the template")
    if values:
        # Only one pass over the template, so that no placeholder is replaced within the value of another.
        places = "|".join(re.escape(place) for place in sorted(values, key=len, reverse=True))
        pieces = re.split(f"({places})", template)
    else:
        pieces = [template]
    body = "".join(
        f"${{{values[piece]}:?}}" if odd else re.sub(r"[\\$`]", r"\\\g<0>", piece)
        for odd, piece in ((position % 2, piece) for position, piece in enumerate(pieces))
    )
    end = shell.delimiter(body)
    return f"<<{end}\n{body}{end}"
