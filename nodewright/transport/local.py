"""Runs scripts on this machine as if over a link."""

from __future__ import annotations

import getpass
import os
import selectors
import subprocess
import threading
from collections.abc import Iterator

from nodewright.script.records import Record
from nodewright.transport import Message, Target
from nodewright.transport.exchange import argv, exchange


class LocalTransport:
    """Runs the script for this machine as a subprocess in a session of its own.

    Thus Ctrl-C on the operator's terminal does not reach the script. It stops at a step boundary when it is asked
    to, as on any host.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._wires: set[_Process] = set()
        self._closed = False

    def run(self, target: Target, message: Message) -> Iterator[Record]:
        """See Transport.run."""
        wire = _Process(argv(message.run_id, asks_password=target.sudo_password is not None))
        with self._lock:
            self._wires.add(wire)
            if self._closed:
                wire.hang_up()
        try:
            yield from exchange(wire, target, message, user=getpass.getuser())
        finally:
            with self._lock:
                self._wires.discard(wire)

    def close(self) -> None:
        """See Transport.close."""
        with self._lock:
            self._closed = True
            for wire in self._wires:
                wire.hang_up()


class _Process:
    """Connects to a process of this machine; see Wire."""

    def __init__(self, words: list[str]) -> None:
        self._process = subprocess.Popen(
            words, bufsize=0, stdin=subprocess.PIPE, stdout=subprocess.PIPE, start_new_session=True
        )
        assert self._process.stdin
        assert self._process.stdout
        self._in = self._process.stdin
        self._out = self._process.stdout
        self._woken, self._wake = os.pipe()
        self._lock = threading.Lock()
        self._hung_up = False
        self._let_go = False

    def send(self, data: memoryview, timeout: float) -> None:
        while data and not self._hung_up:
            data = data[os.write(self._in.fileno(), data) :]

    def finish(self) -> None:
        self._in.close()

    def receive(self, timeout: float) -> bytes:
        with selectors.DefaultSelector() as selector:
            selector.register(self._out, selectors.EVENT_READ)
            selector.register(self._woken, selectors.EVENT_READ)
            if not selector.select(timeout):
                raise TimeoutError
        return b"" if self._hung_up else os.read(self._out.fileno(), 65536)

    def status(self) -> int | None:
        return None if self._hung_up else self._process.wait()

    def hang_up(self) -> None:
        """Ends a `receive` that waits in another thread, as a lost link would."""
        with self._lock:
            self._hung_up = True
            if not self._let_go:
                os.write(self._wake, b"x")

    def close(self) -> None:
        with self._lock:
            self._let_go = True
        self._in.close()
        self._out.close()
        os.close(self._woken)
        os.close(self._wake)
        # An abandoned script stops by itself. One that has ended is waited for, so that no zombie remains.
        threading.Thread(target=self._process.wait, daemon=True).start()
