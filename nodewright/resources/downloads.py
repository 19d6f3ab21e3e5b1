"""Downloads files, and compares their checksums before they are used."""

from __future__ import annotations

import re
import stat

from nodewright.errors import ConfigurationError
from nodewright.resources.before import keep
from nodewright.resources.files import is_file, is_owned_file, open_temporary, replace
from nodewright.script import shell
from nodewright.script.step import Step

_SHA256 = re.compile(r"[0-9a-f]{64}")
_URL = re.compile(r"(?:https?|file)://\S+")


def download(
    url: str,
    path: str,
    *,
    sha256: str,
    owner: str = "root",
    group: str = "root",
    mode: str = "0644",
    name: str = "",
    after: tuple[str, ...] = (),
    timeout: float = 900,
) -> Step:
    """Returns the step that downloads a file to `path` unless it is there; only a whole file with that checksum.

    Args:
        url: http, https or file.
        path: absolute; a link in the way is replaced, a folder refused.
        sha256: 64 hexadecimal digits.
        owner: name or number; `group` likewise.
        mode: octal.
        timeout: seconds.

    Raises:
        ConfigurationError: URL or checksum is none.
    """
    wanted = _checksum(sha256)
    total = shell.quote(f"{wanted}  -")
    word = shell.path_word(path)
    fields, listed = shell.listing(stat.S_IFREG, owner, group, mode)
    return Step(
        name=name or f"download {path}",
        check=is_file(path, total, owner=owner, group=group, mode=mode),
        apply=shell.script(
            keep(path),
            open_temporary(path),
            _fetch_known(url, wanted),
            replace(path, owner=owner, group=group, mode=mode),
        ),
        show=shell.script(f"stat -c {fields} {word}", f"sha256sum <{word}"),
        want=f"{listed}\n{wanted}  -\n",
        after=after,
        timeout=timeout,
    )


def unpacked(
    url: str,
    member: str,
    path: str,
    *,
    sha256: str,
    owner: str = "root",
    group: str = "root",
    mode: str = "0644",
    validate: str = "",
    name: str = "",
    after: tuple[str, ...] = (),
    timeout: float = 900,
) -> Step:
    """Returns the step that puts one file of a gzipped tar archive at `path`; the archive itself is not kept.

    Beside the file lies `PATH.origin`: the archive's checksum and the file's own. So the check needs no archive,
    and sees another archive in the inventory as well as another file on the host.

    Args:
        url: of the archive; http, https or file.
        member: its name in the archive.
        path: absolute; a link in the way is replaced, a folder refused.
        sha256: of the archive, 64 hexadecimal digits.
        owner: name or number; `group` likewise.
        mode: octal.
        validate: a command that fails for a bad file; `"$temporary"` is the new one.
        timeout: seconds.

    Raises:
        ConfigurationError: URL or checksum is none.
    """
    wanted = _checksum(sha256)
    word, origin = shell.path_word(path), shell.path_word(f"{path}.origin")
    fields, _ = shell.listing(stat.S_IFREG, owner, group, mode)
    remembered = f'"{wanted} $total"'
    return Step(
        name=name or f"{path} from {url}",
        check=shell.script(
            is_owned_file(path, owner=owner, group=group, mode=mode),
            f"total=$(sha256sum <{word})",
            f'[ "$(cat {origin})" = {remembered} ]',
        ),
        apply=shell.script(
            keep(path),
            open_temporary(path),
            _fetch_known(url, wanted),
            f"file=$(mktemp {shell.beside(path)})",
            'trap \'rm -f "$temporary" "$file"\' EXIT',
            f'tar -xzOf "$temporary" {shell.quote(member)} >"$file"',
            'mv -fT "$file" "$temporary"',
            validate,
            'total=$(sha256sum <"$temporary")',
            replace(path, owner=owner, group=group, mode=mode),
            f"echo {remembered} >{origin}",
        ),
        show=shell.script(f"stat -c {fields} {word}", f"cat {origin}"),
        after=after,
        timeout=timeout,
    )


def _checksum(sha256: str) -> str:
    wanted = sha256.lower()
    if not _SHA256.fullmatch(wanted):
        raise ConfigurationError(f"{sha256!r} is no SHA-256: 64 hexadecimal digits")
    return wanted


def _fetch_known(url: str, wanted: str) -> str:
    """Returns the commands that fetch `url` into `$temporary` and fail unless it has that checksum."""
    message = f"what {url} gave has not the checksum {wanted}, but:"
    return shell.script(
        fetch(url, '"$temporary"'),
        'found=$(sha256sum <"$temporary")',
        f'if [ "$found" != {shell.quote(f"{wanted}  -")} ]; then',
        f'  echo {shell.quote(message)} "$found" >&2',
        "  exit 1",
        "fi",
    )


def fetch(url: str, target: str) -> str:
    """Returns the command that fetches `url` into `target`, a word of the shell; an HTTP error makes it fail.

    Raises:
        ConfigurationError: it is no http, https or file URL.
    """
    if not _URL.fullmatch(url):
        raise ConfigurationError(f"{url!r} is no http, https or file URL")
    options = "--fail --location --silent --show-error --globoff --retry 3 --connect-timeout 20"
    return f"curl {options} --output {target} {shell.quote(url)}"
