"""The bad line: what comes through it, and when. All on loopback, with a server that says a known text."""

import socket
import socketserver
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing

import pytest

TEXT = b"0123456789" * 1000


class Speaker(socketserver.BaseRequestHandler):
    """Says the text once a byte came, and goes on listening."""

    def handle(self) -> None:
        self.request.recv(1)
        self.request.sendall(TEXT)
        self.request.recv(1)


@pytest.fixture
def server() -> Iterator[int]:
    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), Speaker) as listening:
        threading.Thread(target=listening.serve_forever, daemon=True).start()
        yield listening.server_address[1]
        listening.shutdown()


@pytest.fixture
def line(server: int) -> Iterator[Callable[[str, int], socket.socket]]:
    """Opens a connection to the server over a line with a fault."""
    proxies: list[subprocess.Popen[bytes]] = []

    def through(kind: str, amount: int) -> socket.socket:
        port = free_port()
        listen, target = f"127.0.0.1:{port}", f"127.0.0.1:{server}"
        proxies.append(
            subprocess.Popen([sys.executable, "-m", "lab.proxy", listen, target, kind, str(amount)])
        )
        return connected(port)

    yield through
    for proxy in proxies:
        proxy.kill()
        proxy.wait()


def test_a_delay_holds_back_what_is_said_in_either_direction(
    line: Callable[[str, int], socket.socket],
) -> None:
    with line("delay", 150) as connection:
        begin = time.monotonic()
        connection.sendall(b"?")
        assert connection.recv(10) == TEXT[:10]
        assert time.monotonic() - begin >= 0.3


def test_a_stall_passes_so_many_bytes_and_then_none_with_the_connection_open(
    line: Callable[[str, int], socket.socket],
) -> None:
    with line("stall", 25) as connection:
        connection.sendall(b"?")
        assert received(connection, 25) == TEXT[:25]
        connection.settimeout(0.3)
        with pytest.raises(TimeoutError):
            connection.recv(1)


def test_a_reset_passes_so_many_bytes_and_then_breaks_the_connection(
    line: Callable[[str, int], socket.socket],
) -> None:
    with line("reset", 25) as connection:
        connection.sendall(b"?")
        with pytest.raises(ConnectionResetError):
            received(connection, 26)


def free_port() -> int:
    with closing(socket.socket()) as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def connected(port: int) -> socket.socket:
    deadline = time.monotonic() + 10
    while True:
        try:
            return socket.create_connection(("127.0.0.1", port), timeout=5)
        except ConnectionRefusedError:
            assert time.monotonic() < deadline
            time.sleep(0.02)


def received(connection: socket.socket, count: int) -> bytes:
    got = b""
    while len(got) < count:
        got += connection.recv(count - len(got))
    return got
