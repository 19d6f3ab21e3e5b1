"""Keeps one SSH connection: opens it at its first use, keeps it between execs, shares it among threads."""

from __future__ import annotations

import logging
import random
import threading
from collections.abc import Callable
from concurrent.futures import Future

import paramiko
from fabric import Config, Connection

from nodewright.errors import Unreachable
from nodewright.transport import Target
from nodewright.transport.auth import Credentials, KeyRing
from nodewright.transport.dial import Stream, dial
from nodewright.transport.host_keys import HostKeyCheck
from nodewright.transport.known_hosts import KnownHosts
from nodewright.transport.ssh_config import Route, connection_to
from nodewright.transport.tuned import NothingInCommon

# Paramiko logs tracebacks of errors that it also raises; without a handler Python would print them.
logging.getLogger("paramiko").addHandler(logging.NullHandler())

#: Once MaxStartups connections are not logged in yet, sshd refuses others at random (sshd_config(5)).
_TRIES = 7
_FIRST_DELAY = 0.2

_BROKEN = (paramiko.SSHException, EOFError, OSError)


class TurnedAway(Exception):
    """The host closed the connection before it sent anything of SSH; it may accept the next one."""


class Link:
    """Connects to one target, through its bastion's link if it has one.

    Several threads may use it: the first one opens the connection, the others wait for the result.

    Args:
        target: the host to connect to.
        route: the target with the user's SSH configuration applied.
        bastion: the link to go through.
        config: Fabric's configuration for the target.
        keys: shared by all links.
        known_hosts: the route's known_hosts files, as they are now.
    """

    def __init__(
        self,
        target: Target,
        route: Route,
        bastion: Link | None,
        *,
        config: Config,
        keys: KeyRing,
        known_hosts: Callable[[], KnownHosts],
    ) -> None:
        self.target = target
        self.route = route
        self._bastion = bastion
        self._config = config
        self._keys = keys
        self._known_hosts = known_hosts
        self._lock = threading.Lock()
        self._transport: paramiko.Transport | None = None
        self._opening: Future[paramiko.Transport] | None = None
        self._connecting: Connection | None = None
        self._closed = threading.Event()

    def session(self) -> paramiko.Channel:
        """Returns a new channel for a command. Connects first if there is no connection, or a dead one.

        Raises:
            ConnectError: the host cannot be reached or used; the subclass says why.
        """
        while True:
            transport, fresh = self._opened()
            try:
                return transport.open_session(timeout=self.target.connect_timeout)
            except paramiko.ChannelException:
                raise self._unreachable(
                    "allows no further session", "Look at MaxSessions in its sshd_config."
                ) from None
            except _BROKEN as error:
                # A kept connection may have died unseen, say in a reboot. A new one is not tried again.
                self._drop(transport)
                if fresh:
                    raise self._unreachable(
                        f"let us in but opened no session ({error})", _OVERLOADED
                    ) from None

    def tunnel(self, host: str, port: int) -> paramiko.Channel:
        """Returns a new channel to a port that this link's host can reach.

        Raises:
            ConnectError: this link cannot be opened.
            SSHException, EOFError, OSError: the link is open, but does not reach the port.
        """
        while True:
            transport, fresh = self._opened()
            try:
                return transport.open_channel(
                    "direct-tcpip", (host, port), ("", 0), timeout=self.target.connect_timeout
                )
            except _BROKEN:
                if fresh or transport.is_active():
                    raise
                self._drop(transport)

    def dial(self) -> Stream:
        """Returns a byte stream to the host's SSH port; nothing has been sent on it yet.

        Raises:
            ConnectError: as for `dial.dial`.
        """
        return dial(self.target, self.route, self._bastion)

    def close(self) -> None:
        """Ends the connection at once; threads that wait for it are woken with an error."""
        self._closed.set()
        with self._lock:
            transport, connecting = self._transport, self._connecting
        if connecting is not None:
            connecting.client.close()
        if transport is not None:
            transport.close()

    def patiently(self, attempt: Callable[[], paramiko.Transport]) -> paramiko.Transport:
        """Returns the result of `attempt`, tried again after growing pauses while the host turns us away.

        Raises:
            Unreachable: the host still turns us away after some ten seconds.
        """
        for number in range(_TRIES):
            try:
                return attempt()
            except TurnedAway:
                # Jitter keeps connections that were refused together from coming back together.
                delay = _FIRST_DELAY * 2**number * random.uniform(0.5, 1.5)
                if number == _TRIES - 1 or self._closed.wait(delay):
                    break
        advice = "Its sshd has too many logins under way (MaxStartups), or does not take our address."
        if self.route.proxy_command:
            advice = f"Run its ProxyCommand by hand: {self.route.proxy_command}"
        raise self._unreachable("closes connections before SSH begins", advice)

    def _opened(self) -> tuple[paramiko.Transport, bool]:
        """Returns the open connection, and whether it is a new one."""
        with self._lock:
            if self._closed.is_set():
                raise Unreachable("the connections are closed", host=self.target.name)
            if self._transport is not None and self._transport.is_active():
                return self._transport, False
            opening, mine = self._opening, self._opening is None
            if opening is None:
                opening = self._opening = Future()
        if mine:
            self._open(opening)
        return opening.result(), True

    def _open(self, opening: Future[paramiko.Transport]) -> None:
        """Connects, and gives the result to the threads that wait."""
        try:
            transport = self.patiently(self._connect)
        except BaseException as error:
            with self._lock:
                self._opening = None
            opening.set_exception(error)
            return
        with self._lock:
            self._transport, self._opening = transport, None
        opening.set_result(transport)
        if self._closed.is_set():
            transport.close()

    def _connect(self) -> paramiko.Transport:
        stream = self.dial()
        check = HostKeyCheck(self.target, self._known_hosts(), self.route.known_as)
        timeout = self.target.connect_timeout
        connection = connection_to(self.target, self._config)
        connection.connect_timeout = timeout  # set here, because Fabric's constructor turns it into an int
        connection.connect_kwargs = {
            "sock": stream,
            "banner_timeout": timeout,
            "auth_timeout": timeout,
            "channel_timeout": timeout,
            "auth_strategy": Credentials(self.target, self.route, self._keys),
            "transport_factory": check.transport,
        }
        connection.client.set_missing_host_key_policy(check)
        try:
            with self._lock:
                self._connecting = connection
            connection.open()
        except BaseException as error:
            connection.client.close()  # Connection.close would leave the thread of a failed opening behind
            stream.close()
            if isinstance(error, _BROKEN):
                raise explain_handshake(self.target, self.route, error) from None
            raise
        finally:
            with self._lock:
                self._connecting = None
        transport: paramiko.Transport = connection.transport
        transport.set_keepalive(round(self.target.keepalive))
        return transport

    def _drop(self, transport: paramiko.Transport) -> None:
        with self._lock:
            if self._transport is transport:
                self._transport = None
        transport.close()

    def _unreachable(self, what: str, advice: str) -> Unreachable:
        return Unreachable(f"{self.route.endpoint} {what}", host=self.target.name, advice=advice)


_OVERLOADED = "The host may be overloaded; look at its journal for sshd, and try again."


def explain_handshake(target: Target, route: Route, error: BaseException) -> Unreachable | TurnedAway:
    """Returns the error for a failure before the login."""
    text = str(error)
    if isinstance(error, NothingInCommon):
        return _nothing_in_common(target, route, error)
    if isinstance(error.__context__, TimeoutError) or "No existing session" in text:
        what, advice = (
            f"took the connection, but said nothing of SSH for {target.connect_timeout:g} s",
            _OVERLOADED,
        )
    elif "protocol banner" in text:
        return TurnedAway()
    elif "Indecipherable" in text or "Invalid SSH banner" in text:
        what, advice = "does not speak SSH", "Check the port."
    elif isinstance(error, ConnectionResetError | EOFError):
        return TurnedAway()
    else:
        what, advice = f"broke off while the connection was made: {text or type(error).__name__}", _OVERLOADED
    return Unreachable(f"{route.endpoint} {what}", host=target.name, advice=advice)


def _nothing_in_common(target: Target, route: Route, error: NothingInCommon) -> Unreachable:
    return Unreachable(
        f"{route.endpoint} offers no {error.what} that we speak",
        host=target.name,
        output=f"it offers: {', '.join(error.offered)}\nwe speak: {', '.join(error.spoken)}",
        advice="Allow one of ours in its sshd_config (Ciphers, MACs, KexAlgorithms, HostKeyAlgorithms; "
        "on EL 8 and newer see update-crypto-policies too), then restart sshd.",
    )
