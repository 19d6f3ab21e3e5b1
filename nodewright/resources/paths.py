"""Makes folders and links, and removes what must not exist."""

from __future__ import annotations

import stat

from nodewright.errors import ConfigurationError
from nodewright.script import shell
from nodewright.script.step import Step


def directory(
    path: str,
    *,
    owner: str = "root",
    group: str = "root",
    mode: str = "0755",
    name: str = "",
    after: tuple[str, ...] = (),
) -> Step:
    """Returns the step that makes a folder with that owner and mode; what is in it stays as it is.

    A link to a folder is taken for one, since whoever made it wanted the folder elsewhere; owner and mode
    are those of the folder it leads to. A file or a dangling link in the way is refused.

    Args:
        path: absolute.
        owner: name or number; `group` likewise.
        mode: octal.
    """
    word = shell.path_word(path)
    fields, wanted = shell.ownership(owner, group, mode)
    listed, wanted_listing = shell.listing(stat.S_IFDIR, owner, group, mode)
    return Step(
        name=name or f"folder {path}",
        check=shell.script(
            f"[ -d {word} ]",
            f'[ "$(stat -L -c {fields} {word})" = {shell.quote(wanted)} ]',
        ),
        apply=shell.script(
            f"mkdir -p {word}",
            f"chown {shell.quote(f'{owner}:{group}')} {word}",
            f"chmod {mode} {word}",
            shell.relabel(word),
        ),
        show=f"stat -L -c {listed} {word}",
        want=f"{wanted_listing}\n",
        after=after,
    )


def link(path: str, target: str, *, name: str = "", after: tuple[str, ...] = ()) -> Step:
    """Returns the step that makes a symbolic link to `target`, by a rename.

    It replaces a file in the way, and refuses a folder.

    Args:
        path: absolute.
        target: what the link says, absolute or relative to the link's folder; it need not be there.
    """
    word = shell.path_word(path)
    if not target:
        raise ConfigurationError(f"the link {path} needs a target")
    return Step(
        name=name or f"link {path}",
        check=shell.script(
            f"[ -L {word} ]",
            # The full stop keeps $(…) from eating the line's end that a target may end with.
            f'[ "$(readlink -n {word}; echo .)" = {shell.quote(target + ".")} ]',
        ),
        apply=shell.script(
            shell.refuse_folder(path),
            f"mkdir -p {shell.quote(shell.parent(path))}",
            f"temporary=$(mktemp -d {shell.beside(path)})",
            "trap 'rm -rf \"$temporary\"' EXIT",
            f'ln -s -- {shell.quote(target)} "$temporary/link"',
            f'mv -fT "$temporary/link" {word}',
        ),
        show=f"stat -c %N {word}",
        after=after,
    )


def absent(path: str, *, tree: bool = False, name: str = "", after: tuple[str, ...] = ()) -> Step:
    """Returns the step that removes what is at `path`: a file, a link (its target stays), or a folder.

    Args:
        path: absolute.
        tree: removes a folder with all its contents; refuses one with other file systems mounted in it. Without
            it, only an empty folder is removed.

    Raises:
        ConfigurationError: the tree lies directly in the root folder, such as `/etc`.
    """
    word = shell.path_word(path)
    parts = [part for part in path.split("/") if part not in ("", ".")]
    if ".." in parts or (tree and len(parts) < 2):
        raise ConfigurationError(f"{path} is not a tree that nodewright would take away")
    remove = "rm -rf --one-file-system" if tree else "rm -df"
    return Step(
        name=name or f"no {path}",
        check=shell.script(f"[ ! -L {word} ]", f"[ ! -e {word} ]"),
        apply=f"{remove} {word}",
        show=f"stat -c '%A %n' {word}",
        want="",
        after=after,
    )
