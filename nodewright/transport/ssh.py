"""Runs scripts over SSH: Fabric's Connection connects, Paramiko's raw channel carries the bytes.

Fabric's own runner is not used: it takes three threads for each exec, which poll every 10 ms, and reads its
stdin one character at a time.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator

import paramiko
from fabric import Config
from paramiko.common import cMSG_CHANNEL_REQUEST

from nodewright.errors import ConfigurationError, Unreachable
from nodewright.script.records import Record
from nodewright.transport import Message, Target
from nodewright.transport.auth import KeyRing
from nodewright.transport.exchange import command_line, exchange
from nodewright.transport.known_hosts import KnownHostsFiles
from nodewright.transport.link import Link
from nodewright.transport.ssh_config import fabric_config, route_to

_LONGEST_CHAIN = 16
_STATUS_SECONDS = 5.0


class SshTransport:
    """Reaches machines over SSH. Keeps one connection for each target between execs.

    Bastions are targets too, so equal bastions share one connection.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._links: dict[Target, Link] = {}
        self._configs: dict[str | None, Config] = {}
        self._closed = False
        self._keys = KeyRing()
        self._known_hosts = KnownHostsFiles()

    def run(self, target: Target, message: Message) -> Iterator[Record]:
        """See Transport.run."""
        link = self.link(target)
        channel = link.session()
        _execute(channel, command_line(message.run_id, asks_password=target.sudo_password is not None))
        yield from exchange(_ChannelWire(channel), target, message, user=link.route.user)

    def close(self) -> None:
        """See Transport.close."""
        with self._lock:
            self._closed = True
            links = list(self._links.values())
        for link in reversed(links):  # a bastion comes before the hosts behind it
            link.close()

    def link(self, target: Target) -> Link:
        """Returns the target's link, open or not. Equal targets share one.

        Raises:
            ConfigurationError: the SSH configuration cannot be read, or its bastions lead in a circle.
            Unreachable: the transport is closed.
        """
        with self._lock:
            if self._closed:
                raise Unreachable("all connections are closed, the run is over", host=target.name)
            return self._link(target, depth=0)

    def _link(self, target: Target, depth: int) -> Link:
        if target in self._links:
            return self._links[target]
        if depth == _LONGEST_CHAIN:
            raise ConfigurationError(f"the way to {target.name} leads through more than {depth} bastions")
        if target.ssh_config not in self._configs:
            self._configs[target.ssh_config] = fabric_config(target.ssh_config)
        config = self._configs[target.ssh_config]
        route = route_to(target, config)
        bastion = self._link(route.jump, depth + 1) if route.jump else None
        link = Link(
            target,
            route,
            bastion,
            config=config,
            keys=self._keys,
            known_hosts=lambda: self._known_hosts.read(route.known_hosts),
        )
        self._links[target] = link
        return link


def _execute(channel: paramiko.Channel, command: str) -> None:
    """Starts a command without waiting for a reply, since the Ready record says that it runs.

    Channel.exec_command waits for that reply: a round trip, or for ever if none comes.
    """
    request = paramiko.Message()
    request.add_byte(cMSG_CHANNEL_REQUEST)  # RFC 4254 section 6.5
    request.add_int(channel.remote_chanid)
    request.add_string("exec")
    request.add_boolean(False)
    request.add_string(command)
    channel.get_transport()._send_user_message(request)  # type: ignore[attr-defined]


class _ChannelWire:
    """Connects to a command over a channel; see Wire."""

    def __init__(self, channel: paramiko.Channel) -> None:
        self._channel = channel

    def send(self, data: memoryview, timeout: float) -> None:
        self._channel.settimeout(timeout)
        self._channel.sendall(data)  # type: ignore[arg-type]  # bytes are cut with a copy, a view without

    def finish(self) -> None:
        self._channel.shutdown_write()

    def receive(self, timeout: float) -> bytes:
        self._channel.settimeout(timeout)
        data = self._channel.recv(65536)
        # Nobody needs the output of a profile there, but unread it would fill the window that records need.
        while self._channel.recv_stderr_ready() and self._channel.recv_stderr(65536):
            pass
        return data

    def status(self) -> int | None:
        self._channel.status_event.wait(_STATUS_SECONDS)
        if self._channel.exit_status != -1:
            return self._channel.exit_status
        return -1 if self._channel.eof_received else None

    def close(self) -> None:
        self._channel.close()
