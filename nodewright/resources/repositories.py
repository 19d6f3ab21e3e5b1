"""Writes the files that name yum's repositories."""

from __future__ import annotations

import re
from collections.abc import Sequence

from nodewright.errors import ConfigurationError
from nodewright.paths import REPOSITORIES
from nodewright.resources.files import file
from nodewright.script import shell
from nodewright.script.step import Step

_ID = re.compile(r"[A-Za-z0-9_.:-]+")


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
    """Returns the step that writes the file of one yum repository; signatures of packages are always checked.

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
