"""Checks that we know the key that a host shows, before we send anything about ourselves."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import paramiko

from nodewright.errors import HostKeyRefused
from nodewright.transport import Target
from nodewright.transport.known_hosts import Entry, HostKey, KnownHosts, add
from nodewright.transport.tuned import TunedTransport

ACCEPT_NEW = "accept-new"


class HostKeyCheck(paramiko.MissingHostKeyPolicy):
    """Accepts a host that shows a known key, and learns an unknown key where the target allows it.

    Paramiko asks a policy about hosts for which its client has no key. We give the client none, so every host
    is checked here. Paramiko itself would take only one key of each kind, and ignores revoked ones.

    Args:
        target: for messages, and for `host_keys`.
        known: all known keys.
        name: the host's name in known_hosts.
    """

    def __init__(self, target: Target, known: KnownHosts, name: str) -> None:
        self._target = target
        self._name = name
        self._file = known.files[0]
        entries = known.of(name)
        self._revoked = tuple(entry for entry in entries if entry.revoked)
        self._known = tuple(entry for entry in entries if not entry.revoked)

    def transport(self, stream: Any, **options: Any) -> paramiko.Transport:
        """Returns a transport that asks the host for a kind of key that we know, if we know any."""
        transport = TunedTransport(stream, **options)
        kinds = {entry.key.kind for entry in self._known}
        security = transport.get_security_options()
        security.key_types = sorted(security.key_types, key=lambda kind: _kind_of_key(kind) not in kinds)
        return transport

    def missing_host_key(self, client: paramiko.SSHClient, hostname: str, key: paramiko.PKey) -> None:
        """Checks the key. Paramiko calls this once the host has proved that it holds the key.

        Raises:
            HostKeyRefused: the key is revoked, changed, or unknown.
        """
        shown = host_key(key)
        for entry in self._revoked:
            if entry.key == shown:
                raise _revoked_key(self._target.name, self._name, entry)
        if any(entry.key == shown for entry in self._known):
            return
        if self._known:
            raise changed_key(self._target.name, self._name, shown, self._known)
        if self._target.host_keys != ACCEPT_NEW:
            raise self._unknown_key(shown)
        add(self._file, [shown.line(self._name)])

    def _unknown_key(self, shown: HostKey) -> HostKeyRefused:
        return HostKeyRefused(
            f"{_shows(self._name, shown)}, and none is known in {self._file}",
            host=self._target.name,
            advice="Compare the fingerprint with the host's console "
            "(`ssh-keygen -lf /etc/ssh/ssh_host_ed25519_key.pub`), then `invoke hosts.trust`.",
        )


def changed_key(host: str, name: str, shown: HostKey, known: Sequence[Entry]) -> HostKeyRefused:
    """Returns the error for a key that is not the one we know.

    Args:
        host: the host's name in the inventory.
        name: the host's name in known_hosts.
        known: the keys that we know, at least one.
    """
    file = known[0].where.rpartition(":")[0]
    return HostKeyRefused(
        f"{_shows(name, shown)}, which is not the one we know",
        host=host,
        where=known[0].where,
        output="\n".join(f"known: {e.key.fingerprint} ({e.key.kind}, {e.where})" for e in known),
        advice="Somebody may sit in between. If the host was installed anew, compare the fingerprint with "
        f"its console, remove the old key (`ssh-keygen -R '{name}' -f '{file}'`), then `invoke hosts.trust`.",
    )


def host_key(key: paramiko.PKey) -> HostKey:
    """Returns Paramiko's key as a HostKey."""
    return HostKey(key.get_name(), key.asbytes())


def _revoked_key(host: str, name: str, entry: Entry) -> HostKeyRefused:
    return HostKeyRefused(
        f"{_shows(name, entry.key)}, which is revoked",
        host=host,
        where=entry.where,
        advice="Somebody else may hold that key: make new ones on the host, then `invoke hosts.trust`.",
    )


def _shows(name: str, shown: HostKey) -> str:
    return f"{name} shows the host key {shown.fingerprint} ({shown.kind})"


def _kind_of_key(algorithm: str) -> str:
    """Returns the kind of key that a signature algorithm uses: one RSA key makes three kinds of signatures."""
    return "ssh-rsa" if algorithm.startswith("rsa-sha2-") else algorithm
