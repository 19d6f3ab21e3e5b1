"""Defines how the engine reaches hosts: a transport takes a target and a script, and yields records."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Protocol

from nodewright.script.records import Record
from nodewright.secret import Secret


@dataclass(frozen=True, kw_only=True)
class Target:
    """Says how to reach one host. It is plain data, so that another process can carry a call.

    Args:
        name: the host's name in the inventory.
        host: address or name to connect to; may be an alias of the user's SSH configuration.
        port: TCP port; None takes the SSH configuration's, else 22.
        user: login name; None takes the SSH configuration's, else the operator's own.
        key: path of a private key; None takes the SSH configuration's and the agent's.
        passphrase: decrypts the private key.
        password: for login by password.
        sudo_password: for sudo, where it asks for one.
        jump: the bastion; targets that name an equal one share it.
        known_hosts: path of the known_hosts file; None takes the user's own.
        host_keys: `strict` refuses unknown keys; `accept-new` learns them. A changed key is always refused.
        ssh_config: path of the SSH configuration; None takes the user's own.
        connect_timeout: seconds for TCP, banner and authentication, each.
        keepalive: seconds between keepalives; three missed ones lose the connection.
        local: run on this machine instead of connecting.
    """

    name: str
    host: str
    port: int | None = None
    user: str | None = None
    key: str | None = None
    passphrase: Secret | None = None
    password: Secret | None = None
    sudo_password: Secret | None = None
    jump: Target | None = None
    known_hosts: str | None = None
    host_keys: str = "strict"
    ssh_config: str | None = None
    connect_timeout: float = 10.0
    keepalive: float = 15.0
    local: bool = False


@dataclass
class Traffic:
    """Counts the bytes that one exec sends and receives, while records arrive."""

    sent: int = 0
    received: int = 0


@dataclass(frozen=True, kw_only=True)
class Message:
    """Holds one script for one host.

    Args:
        run_id: first field of each of its records.
        text: the whole script, end marker included.
        timeout: seconds without any record (ticks count) after which the link counts as lost.
    """

    run_id: str
    text: str
    timeout: float = 60.0
    traffic: Traffic = field(default_factory=Traffic, compare=False)


class Transport(Protocol):
    """Carries scripts to hosts, one exec per call. Calls for different targets may run at the same time."""

    def run(self, target: Target, message: Message) -> Iterator[Record]:
        """Sends the script and yields its records as they arrive. The last one is an End, Reboot or Held.

        Raises:
            ConnectError: the script was not started (its four subclasses say why).
            ConnectionLost: the records broke off before the End.
        """
        ...

    def close(self) -> None:
        """Closes all connections. Running scripts stop at their next step boundary."""
        ...
