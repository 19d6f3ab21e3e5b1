"""Reads the keys that hosts show, so that a person can compare them before they are trusted."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import paramiko

from nodewright.errors import Unreachable
from nodewright.transport.host_keys import changed_key, host_key
from nodewright.transport.known_hosts import Entry, HostKey, add, load
from nodewright.transport.link import Link, explain_handshake
from nodewright.transport.tuned import HOST_KEY, NothingInCommon, TunedTransport

#: Each kind takes a connection, as in ssh-keyscan: a host shows one key, of the first kind that we name.
_KINDS = (("ssh-ed25519",), ("ecdsa-sha2-nistp256",), ("rsa-sha2-512", "rsa-sha2-256"))


@dataclass(frozen=True)
class Scan:
    """Holds the keys that a host shows, and those that we know of it.

    Args:
        name: the host's name in the inventory.
        known_as: its name in known_hosts.
        file: the file for new keys.
        shown: the keys it shows now.
        known: the lines of known_hosts about it.
    """

    name: str
    known_as: str
    file: Path
    shown: tuple[HostKey, ...]
    known: tuple[Entry, ...]

    @property
    def new(self) -> tuple[HostKey, ...]:
        """Returns the keys that the host shows and that we do not know yet."""
        return tuple(key for key in self.shown if all(entry.key != key for entry in self.known))

    @property
    def changed(self) -> tuple[Entry, ...]:
        """Returns the known keys that the host replaced with another of the same kind: it changed, or is another."""
        kinds = {key.kind for key in self.new}
        return tuple(entry for entry in self.known if entry.key.kind in kinds)


def scan(link: Link) -> Scan:
    """Returns the keys that a host shows. Logs in nowhere but at its bastion.

    Raises:
        ConnectError: the host or its bastion cannot be reached.
    """
    route = link.route
    shown = [key for kinds in _KINDS if (key := _shown(link, kinds))]
    if not shown:
        raise Unreachable(
            f"{route.endpoint} shows no host key of a kind that we can check",
            host=link.target.name,
            advice="Give it an ed25519 key: `ssh-keygen -A` on the host, then restart sshd.",
        )
    return Scan(
        name=link.target.name,
        known_as=route.known_as,
        file=route.known_hosts[0],
        shown=tuple(shown),
        known=load(route.known_hosts).of(route.known_as),
    )


def trust(seen: Scan) -> None:
    """Writes the new keys of a scan.

    Raises:
        HostKeyRefused: the host shows another key than the one we know; a person has to clear this up.
        ConfigurationError: the file cannot be written.
    """
    if seen.changed:
        raise changed_key(seen.name, seen.known_as, seen.new[0], seen.known)
    add(seen.file, [key.line(seen.known_as) for key in seen.new])


def _shown(link: Link, kinds: tuple[str, ...]) -> HostKey | None:
    """Returns the host's key of the first of these kinds, or None if it has none."""
    try:
        transport = link.patiently(lambda: _greet(link, kinds))
    except NothingInCommon as error:
        if error.what == HOST_KEY:
            return None
        raise explain_handshake(link.target, link.route, error) from None
    try:
        return host_key(transport.get_remote_server_key())
    finally:
        transport.close()


def _greet(link: Link, kinds: tuple[str, ...]) -> paramiko.Transport:
    """Connects until the host has shown its key, and returns the connection."""
    stream = link.dial()
    transport = TunedTransport(stream)
    transport.get_security_options().key_types = kinds
    transport.banner_timeout = link.target.connect_timeout
    try:
        transport.start_client(timeout=link.target.connect_timeout)
        transport.get_remote_server_key()
    except NothingInCommon:
        transport.close()
        raise
    except (paramiko.SSHException, EOFError, OSError) as error:
        transport.close()
        stream.close()
        raise explain_handshake(link.target, link.route, error) from None
    return transport
