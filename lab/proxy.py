"""A TCP proxy that is as bad as a line can be: it delays, stalls, or resets.

    python -m lab.proxy LISTEN:PORT TARGET:PORT delay MILLISECONDS
    python -m lab.proxy LISTEN:PORT TARGET:PORT stall BYTES
    python -m lab.proxy LISTEN:PORT TARGET:PORT reset BYTES

`delay` holds back every piece in either direction; `stall` passes on nothing more, and `reset` sends RST to
both ends, once that many bytes came from the target on a connection.
"""

import asyncio
import socket
import struct
import sys
from dataclasses import dataclass
from functools import partial

PIECE = 1 << 14


@dataclass(frozen=True)
class Fault:
    """How bad: `amount` is milliseconds for delay, bytes for stall and reset."""

    kind: str
    amount: int


async def serve(listen: tuple[str, int], target: tuple[str, int], fault: Fault) -> None:
    """Proxy until cancelled."""
    server = await asyncio.start_server(partial(_connection, target, fault), *listen)
    async with server:
        await server.serve_forever()


async def _connection(
    target: tuple[str, int], fault: Fault, client: asyncio.StreamReader, to_client: asyncio.StreamWriter
) -> None:
    try:
        upstream, to_upstream = await asyncio.open_connection(*target)
    except OSError:
        to_client.transport.abort()
        return
    seconds = fault.amount / 1000 if fault.kind == "delay" else 0
    limit = None if fault.kind == "delay" else fault.amount
    try:
        await asyncio.gather(
            _pass(client, to_upstream, seconds, None), _pass(upstream, to_client, seconds, limit)
        )
    except _LimitReachedError:
        if fault.kind == "stall":
            await asyncio.Event().wait()
        for writer in (to_client, to_upstream):
            _reset(writer)
    except ConnectionError:
        pass
    finally:
        to_client.close()
        to_upstream.close()


class _LimitReachedError(Exception):
    pass


async def _pass(
    reader: asyncio.StreamReader, writer: asyncio.StreamWriter, seconds: float, limit: int | None
) -> None:
    passed = 0
    while piece := await reader.read(PIECE):
        await asyncio.sleep(seconds)
        if limit is not None:
            piece = piece[: limit - passed]
        writer.write(piece)
        await writer.drain()
        passed += len(piece)
        if passed == limit:
            raise _LimitReachedError
    writer.write_eof()


def _reset(writer: asyncio.StreamWriter) -> None:
    """Close so that the other end gets RST: linger on, for no time."""
    raw: socket.socket = writer.get_extra_info("socket")
    raw.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    writer.transport.abort()


def _endpoint(text: str) -> tuple[str, int]:
    host, _, port = text.rpartition(":")
    return host, int(port)


if __name__ == "__main__":
    asyncio.run(serve(_endpoint(sys.argv[1]), _endpoint(sys.argv[2]), Fault(sys.argv[3], int(sys.argv[4]))))
