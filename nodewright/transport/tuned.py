"""Paramiko's Transport, made to have hundreds of: idle it costs next to nothing, and a packet costs less."""

from __future__ import annotations

import contextlib
import socket
from typing import Any

import paramiko
from paramiko.ssh_exception import IncompatiblePeer

#: What both sides have to agree on (RFC 4253, section 7.1), and where Paramiko keeps theirs and ours.
_AGREED_ON = (
    ("key exchange", "kex_algo_list", "preferred_kex"),
    ("kind of host key", "server_key_algo_list", "preferred_keys"),
    ("cipher", "server_encrypt_algo_list", "preferred_ciphers"),
    ("MAC", "server_mac_algo_list", "preferred_macs"),
)
HOST_KEY = _AGREED_ON[1][0]


class NothingInCommon(IncompatiblePeer):
    """The host offers only algorithms that we do not speak.

    Args:
        what: what the two sides do not agree on, one of those above.
        offered: what the host offers.
        spoken: what we speak.
    """

    def __init__(self, what: str, offered: tuple[str, ...], spoken: tuple[str, ...]) -> None:
        super().__init__(f"no {what} in common")
        self.what = what
        self.offered = offered
        self.spoken = spoken


class TunedTransport(paramiko.Transport):
    """A Transport whose thread is woken when it is to end, instead of looking ten times a second.

    It prefers ciphers that authenticate by themselves (AES-GCM): Paramiko compares the MACs of the others byte by
    byte, in Python.
    """

    #: Seconds between two looks: whether a keepalive is due, and for what ends without waking the thread.
    _active_check_timeout = 1.0

    def __init__(self, stream: Any, **options: Any) -> None:
        super().__init__(stream, **options)
        security = self.get_security_options()
        security.ciphers = sorted(security.ciphers, key=lambda cipher: "-gcm" not in cipher)

    def _really_parse_kex_init(self, m: Any, ignore_first_byte: bool = False) -> dict[str, Any]:
        """Returns the host's offers. Raises NothingInCommon where Paramiko would say only that there was nothing."""
        offers: dict[str, Any] = super()._really_parse_kex_init(m, ignore_first_byte)  # type: ignore[misc]
        for what, theirs, ours in _AGREED_ON:
            spoken = tuple(getattr(self, ours))
            if not set(spoken) & set(offers[theirs]):
                raise NothingInCommon(what, tuple(offers[theirs]), spoken)
        return offers

    def stop_thread(self) -> None:
        """Ends the thread at once; Paramiko's close calls this."""
        if isinstance(self.sock, socket.socket):
            # To close a socket wakes nobody who waits for it.
            with contextlib.suppress(OSError):
                self.sock.shutdown(socket.SHUT_RDWR)
        super().stop_thread()
