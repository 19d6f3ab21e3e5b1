"""Opens a stream to a host's SSH port: by TCP, through a bastion, or by a proxy command."""

from __future__ import annotations

import socket
import subprocess
import threading
from typing import Protocol

import paramiko

from nodewright.errors import ConnectError, Unreachable
from nodewright.transport import Target
from nodewright.transport.ssh_config import Route

Stream = socket.socket | paramiko.Channel

_MISSED_KEEPALIVES = 3


class Bastion(Protocol):
    """Connects to the hosts behind it."""

    target: Target

    def tunnel(self, host: str, port: int) -> paramiko.Channel:
        """Returns a channel to a port that the bastion reaches; see Link.tunnel."""
        ...


def dial(target: Target, route: Route, bastion: Bastion | None) -> Stream:
    """Returns a byte stream to the host's SSH port; nothing has been sent on it yet.

    Raises:
        Unreachable: the port cannot be reached.
        ConnectError: the bastion cannot be used; the subclass says why.
    """
    if bastion is not None:
        return _through(bastion, target, route)
    if route.proxy_command is not None:
        return _by_command(route.proxy_command)
    return _by_tcp(target, route)


def _by_tcp(target: Target, route: Route) -> socket.socket:
    try:
        stream = socket.create_connection((route.host, route.port), target.connect_timeout)
    except (socket.gaierror, UnicodeError) as error:
        # Python raises UnicodeError for an empty or too long label of a name, before it asks a resolver.
        why = error.strerror if isinstance(error, OSError) else "it is no name of a host"
        what = f"the name {route.host} is not known here ({why})"
        advice = "Check the host's address in the inventory, or the name service."
    except TimeoutError:
        what = f"{route.endpoint} did not answer within {target.connect_timeout:g} s"
        advice = "Check the address, that the host is up, and that no firewall drops the connection."
    except ConnectionRefusedError:
        what = f"{route.endpoint} refused the connection"
        advice = "Check that sshd runs there, and that it is the right port."
    except OSError as error:
        what = f"there is no way to {route.endpoint}: {error.strerror}"
        advice = "Check the address, and this machine's routes."
    else:
        _tune(stream, target.keepalive)
        return stream
    raise Unreachable(what, host=target.name, advice=advice)


def _tune(stream: socket.socket, keepalive: float) -> None:
    # Paramiko leaves Nagle's algorithm on. It holds small writes back until the other side's delayed ACK.
    stream.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    # Paramiko sends keepalives but waits for no answer, so the kernel has to notice the missing ACKs.
    milliseconds = round(keepalive * _MISSED_KEEPALIVES * 1000)
    stream.setsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, milliseconds)


def _by_command(command: str) -> socket.socket:
    """Runs ProxyCommand as ssh does. Paramiko's own class uses no shell, and spins when the command ends."""
    ours, its = socket.socketpair()
    with its:
        # It gets a session of its own, since Ctrl-C on our terminal must not end it.
        process = subprocess.Popen(
            ["sh", "-c", f"exec {command}"],
            stdin=its.fileno(),
            stdout=its.fileno(),
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
    threading.Thread(target=process.wait, daemon=True).start()
    return ours


def _through(bastion: Bastion, target: Target, route: Route) -> paramiko.Channel:
    hop = f"the bastion {bastion.target.name}"
    try:
        return bastion.tunnel(route.host, route.port)
    except ConnectError as error:
        raise type(error)(
            f"{hop} on the way: {error.what}",
            host=target.name,
            where=error.where,
            output=error.output,
            advice=error.advice,
        ) from None
    except paramiko.ChannelException as error:
        if error.code == 1:  # SSH_OPEN_ADMINISTRATIVELY_PROHIBITED, RFC 4254 section 5.1
            what = f"{hop} does not forward to {route.endpoint}"
            advice = "Look at AllowTcpForwarding and PermitOpen in its sshd_config."
        else:
            what = f"{hop} does not get through to {route.endpoint}"
            advice = "Check the address as the bastion sees it, and that sshd runs there."
    except (paramiko.SSHException, EOFError, OSError) as error:
        what = f"{hop} did not get through to {route.endpoint} within {target.connect_timeout:g} s ({error})"
        advice = "Check the address as the bastion sees it, and that no firewall drops the connection."
    raise Unreachable(what, host=target.name, advice=advice)
