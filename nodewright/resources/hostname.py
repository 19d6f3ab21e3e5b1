"""The name that a host gives itself."""

from __future__ import annotations

import re

from nodewright.errors import ConfigurationError
from nodewright.paths import HOSTNAME
from nodewright.resources.before import keep
from nodewright.script import shell
from nodewright.script.step import Step

# RFC 1123: labels of letters, digits and dashes, 63 at most each; the kernel takes 64 characters in all.
_LABEL = r"[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?"
_HOSTNAME = re.compile(rf"{_LABEL}(\.{_LABEL})*")


def hostname(wanted: str, *, name: str = "", after: tuple[str, ...] = ()) -> Step:
    """Returns the step that names the host, in the running kernel and at every boot.

    Raises:
        ConfigurationError: it is no host name of 64 small letters, digits, dashes and full stops at most.
    """
    if len(wanted) > 64 or not _HOSTNAME.fullmatch(wanted):
        raise ConfigurationError(
            f"{wanted!r} is no host name: small letters, digits, dashes and full stops, 64 at most"
        )
    return Step(
        name=name or f"host name {wanted}",
        check=shell.script(f'[ "$(uname -n)" = {wanted} ]', f'[ "$(cat {HOSTNAME})" = {wanted} ]'),
        apply=shell.script(keep(HOSTNAME), f"hostnamectl set-hostname {wanted}"),
        show="uname -n",
        want=f"{wanted}\n",
        after=after,
    )
