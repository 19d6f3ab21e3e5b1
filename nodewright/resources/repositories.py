"""Where packages come from, and the keys that vouch for them."""

from __future__ import annotations

import re
from collections.abc import Sequence

from nodewright.errors import ConfigurationError
from nodewright.paths import REPOSITORIES
from nodewright.resources.downloads import fetch
from nodewright.resources.files import file
from nodewright.script import shell
from nodewright.script.step import Step

_ID = re.compile(r"[A-Za-z0-9_.:-]+")
_FINGERPRINT = re.compile(r"[0-9A-F]{40}|[0-9A-F]{64}")

#: Of gpg's colon listing: the fingerprint of each primary key, none of its subkeys.
_PRIMARY = """\
$1 == "pub" { primary = 1 }
$1 == "fpr" { if (primary) print $10; primary = 0 }"""


def repository(
    repository_id: str,
    *,
    title: str,
    base_urls: Sequence[str],
    keys: Sequence[str],
    exclude: Sequence[str] = (),
    enabled: bool = True,
    name: str = "",
    after: tuple[str, ...] = (),
) -> Step:
    """The file of one yum repository; signatures of packages are always checked.

    Args:
        repository_id: the section, and the name of the file in /etc/yum.repos.d.
        title: for people.
        base_urls: one or more, tried in this order.
        keys: URLs of the keys that its packages are signed with.
        exclude: packages (patterns) that only a step of ours moves: see `packages`.
        enabled: whether yum and dnf look here without being told to.

    Raises:
        ConfigurationError: an id that is none, no URL, no key, or a value with a line break.
    """
    if not _ID.fullmatch(repository_id):
        raise ConfigurationError(f"{repository_id!r} is no id of a repository")
    if not base_urls or not keys:
        raise ConfigurationError(
            f"the repository {repository_id} needs a URL, and a key to check its packages by"
        )
    entries = {
        "name": title,
        "baseurl": " ".join(base_urls),
        "enabled": str(int(enabled)),
        "gpgcheck": "1",
        "gpgkey": " ".join(keys),
        **({"exclude": " ".join(exclude)} if exclude else {}),
    }
    lines = [f"{key}={shell.one_line(value, f'{key} of the repository')}" for key, value in entries.items()]
    content = "\n".join([f"[{repository_id}]", *lines, ""])
    path = f"{REPOSITORIES}/{repository_id}.repo"
    return file(path, content, name=name or f"repository {repository_id}", after=after)


def rpm_key(url: str, fingerprint: str, *, name: str = "", after: tuple[str, ...] = ()) -> Step:
    """A key that rpm trusts; imported only if the file at the URL holds that one primary key and no other.

    Whether rpm has it is told by the version of its pseudo-package `gpg-pubkey`: the last eight digits of the
    fingerprint in rpm 4, all of them in rpm 6.

    Args:
        url: http, https or file.
        fingerprint: of the primary key, 40 (or 64) hexadecimal digits; blanks are allowed.

    Raises:
        ConfigurationError: the fingerprint is none.
    """
    wanted = fingerprint.replace(" ", "").upper()
    if not _FINGERPRINT.fullmatch(wanted):
        raise ConfigurationError(f"{fingerprint!r} is no fingerprint of a key: 40 or 64 hexadecimal digits")
    mismatch = f"the file at {url} does not hold the key {wanted} and no other; it holds:"
    return Step(
        name=name or f"rpm trusts the key {wanted[-16:]}",
        check=shell.script(
            "keys=$(rpm -q --qf '%{VERSION}\\n' gpg-pubkey)",
            'case "$keys" in',
            f"*{wanted[-8:].lower()}) ;;",
            f"*{wanted[-8:].lower()}'\n'*) ;;",
            "*) exit 1 ;;",
            "esac",
        ),
        apply=shell.script(
            "folder=$(mktemp -d)",
            "trap 'rm -rf \"$folder\"' EXIT",
            fetch(url, '"$folder/key"'),
            'export GNUPGHOME="$folder"',
            'gpg --batch --with-colons --with-fingerprint "$folder/key" >"$folder/listing"',
            f"found=$(awk -F: '{_PRIMARY}' \"$folder/listing\")",
            f'if [ "$found" != {wanted} ]; then',
            f'  echo {shell.quote(mismatch)} "$found" >&2',
            "  exit 1",
            "fi",
            'rpm --import "$folder/key"',
        ),
        show="rpm -q --qf '%{VERSION} %{SUMMARY}\\n' gpg-pubkey",
        after=after,
    )
