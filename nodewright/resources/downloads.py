"""Files from elsewhere, known by their checksum before they are used."""

from __future__ import annotations

import re
import stat

from nodewright.errors import ConfigurationError
from nodewright.resources.before import keep
from nodewright.resources.files import is_file, open_temporary, replace
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
    """A file with that checksum at `path`, fetched only if it is not there; never half of it, never another.

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
    wanted = sha256.lower()
    if not _SHA256.fullmatch(wanted):
        raise ConfigurationError(f"{sha256!r} is no SHA-256: 64 hexadecimal digits")
    total = shell.quote(f"{wanted}  -")
    message = f"what {url} gave has not the checksum {wanted}, but:"
    word = shell.path_word(path)
    fields, listed = shell.listing(stat.S_IFREG, owner, group, mode)
    return Step(
        name=name or f"download {path}",
        check=is_file(path, total, owner=owner, group=group, mode=mode),
        apply=shell.script(
            keep(path),
            open_temporary(path),
            fetch(url, '"$temporary"'),
            'found=$(sha256sum <"$temporary")',
            f'if [ "$found" != {total} ]; then',
            f'  echo {shell.quote(message)} "$found" >&2',
            "  exit 1",
            "fi",
            replace(path, owner=owner, group=group, mode=mode),
        ),
        show=shell.script(f"stat -c {fields} {word}", f"sha256sum <{word}"),
        want=f"{listed}\n{wanted}  -\n",
        after=after,
        timeout=timeout,
    )


def fetch(url: str, target: str) -> str:
    """The command that fetches `url` into `target`, a word of the shell; an HTTP error is a failure.

    Raises:
        ConfigurationError: it is no http, https or file URL.
    """
    if not _URL.fullmatch(url):
        raise ConfigurationError(f"{url!r} is no http, https or file URL")
    options = "--fail --location --silent --show-error --globoff --retry 3 --connect-timeout 20"
    return f"curl {options} --output {target} {shell.quote(url)}"
