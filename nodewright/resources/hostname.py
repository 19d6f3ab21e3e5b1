"""Sets the name that a host gives itself."""

from __future__ import annotations

import re

from nodewright.errors import ConfigurationError
from nodewright.paths import HOSTNAME
from nodewright.resources.before import keep
from nodewright.script import shell
from nodewright.script.step import Step

# RFC 1123: labels of at most 63 letters, digits and dashes; the kernel takes 64 characters in all.
_LABEL = r"[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?"
_HOSTNAME = re.compile(rf"{_LABEL}(\.{_LABEL})*")


def hostname(wanted: str, *, name: str = "", after: tuple[str, ...] = ()) -> Step:
    """Returns the step that sets the host's name, in the running kernel and for every boot.

    Raises:
        ConfigurationError: it is no host name of at most 64 small letters, digits, dashes and full stops.
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
