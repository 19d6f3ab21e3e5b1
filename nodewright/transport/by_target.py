"""Chooses the transport for each target."""

from __future__ import annotations

from collections.abc import Iterator

from nodewright.script.records import Record
from nodewright.transport import Message, Target, Transport


class ByTarget:
    """Sends scripts for `local` targets by one transport, and all others by another.

    Args:
        local: runs on this machine.
        remote: runs on other machines.
    """

    def __init__(self, *, local: Transport, remote: Transport) -> None:
        self._local = local
        self._remote = remote

    def run(self, target: Target, message: Message) -> Iterator[Record]:
        """See Transport.run."""
        return (self._local if target.local else self._remote).run(target, message)

    def close(self) -> None:
        """See Transport.close."""
        self._local.close()
        self._remote.close()
