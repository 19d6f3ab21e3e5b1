"""Which keys a host shows, so that a person can compare them before they are believed."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import paramiko

from nodewright.errors import Unreachable
from nodewright.transport.host_keys import changed_key, host_key
from nodewright.transport.known_hosts import Entry, HostKey, add, load
from nodewright.transport.link import Link, explain_handshake
from nodewright.transport.tuned import HOST_KEY, NothingInCommon, TunedTransport

#: One connection each, as ssh-keyscan does: a host shows one key a connection, the first kind that we name.
_KINDS = (("ssh-ed25519",), ("ecdsa-sha2-nistp256",), ("rsa-sha2-512", "rsa-sha2-256"))


@dataclass(frozen=True)
class Scan:
    """What a host shows, beside what is known of it.

    Args:
        name: the host's name in the inventory.
        known_as: its name in known_hosts.
        file: where new keys are written.
        shown: the keys it shows now.
        known: the lines that speak of it.
    """

    name: str
    known_as: str
    file: Path
    shown: tuple[HostKey, ...]
    known: tuple[Entry, ...]

    @property
    def new(self) -> tuple[HostKey, ...]:
        """Shown, and not known yet."""
        return tuple(key for key in self.shown if all(entry.key != key for entry in self.known))

    @property
    def changed(self) -> tuple[Entry, ...]:
        """Known, of a kind that the host shows, but with another key: a changed host, or another one."""
        kinds = {key.kind for key in self.new}
        return tuple(entry for entry in self.known if entry.key.kind in kinds)


def scan(link: Link) -> Scan:
    """Asks a host for its keys; logs in nowhere but at its bastion.

    Raises:
        ConnectError: the host, or its bastion, cannot be talked to.
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
        HostKeyRefused: the host shows another key than the one we know; that is for a person to clear up.
        ConfigurationError: the file cannot be written.
    """
    if seen.changed:
        raise changed_key(seen.name, seen.known_as, seen.new[0], seen.known)
    add(seen.file, [key.line(seen.known_as) for key in seen.new])


def _shown(link: Link, kinds: tuple[str, ...]) -> HostKey | None:
    """Returns the key of the first of these kinds, or None where the host has none."""
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
    """Returns a connection up to the point where the host has shown its key."""
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
