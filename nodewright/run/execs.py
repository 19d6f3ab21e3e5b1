"""Starts the threads and execs of a run, and passes their results to the run's own thread as calls."""

from __future__ import annotations

import threading
import time
import traceback
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from queue import SimpleQueue
from typing import TypeVar

from nodewright.errors import Interrupted, NodewrightError
from nodewright.reports.events import Event, ExecEnded
from nodewright.script.records import Hello, Record
from nodewright.transport import Message, Target, Transport

T = TypeVar("T")

#: Holds the calls that other threads leave for the run's own thread. Signal handlers may put into SimpleQueue.
Inbox = SimpleQueue[Callable[[], None]]


class Execs:
    """Starts threads, and lends them the transport.

    Args:
        transport: carries the scripts.
        inbox: where the threads leave their calls.
        tell: takes an event, in the run's own thread.
        connects: number of execs that may be connecting at once.

    Attributes:
        gate: an exec holds it from its turn to connect until its first record.
        boot_ids: the last known boot id of each host, by name.
    """

    def __init__(
        self, transport: Transport, inbox: Inbox, tell: Callable[[Event], None], connects: int
    ) -> None:
        self.transport = transport
        self.tell = tell
        self.gate = threading.BoundedSemaphore(connects)
        self.boot_ids: dict[str, str] = {}
        self._inbox = inbox

    def lend(
        self, purpose: str, stages: tuple[str, ...] = (), *, stopped: Callable[[], bool] = lambda: False
    ) -> Transport:
        """Returns the transport for one purpose. Each of its execs ends in an event.

        Args:
            purpose: goes into ExecEnded.
            stages: go into ExecEnded.
            stopped: called when it is the exec's turn to connect; if it returns true, Interrupted is raised.
        """
        return _Lent(self, purpose, stages, stopped)

    def post(self, call: Callable[[], None]) -> None:
        """Leaves a call for the run's own thread."""
        self._inbox.put(call)

    def spawn(self, work: Callable[[], T], done: Callable[[T | None, NodewrightError | None], None]) -> None:
        """Does `work` in a thread of its own, then calls `done` in the run's thread with result or error."""

        def body() -> None:
            result: T | None = None
            error: NodewrightError | None = None
            try:
                result = work()
            except NodewrightError as known:
                error = known
            except Exception as unknown:  # a bug in a role or in the engine must not affect other hosts
                error = bug(unknown)
            self.post(lambda: done(result, error))

        # The threads are daemons, so that a second Ctrl-C need not wait for silent hosts.
        threading.Thread(target=body, daemon=True).start()


def bug(error: Exception) -> NodewrightError:
    """Returns an error for an unexpected exception; it says where that was raised."""
    frame = traceback.extract_tb(error.__traceback__)[-1]
    return NodewrightError(
        f"{type(error).__name__}: {error}",
        where=f"{Path(frame.filename).name}:{frame.lineno}",
        output="".join(traceback.format_tb(error.__traceback__)[-3:]),
        advice="this is a bug; please report it with this run's folder",
    )


class _Lent:
    """Lends a Transport: waits for the turn to connect, notes boot ids, and counts bytes."""

    def __init__(
        self, execs: Execs, purpose: str, stages: tuple[str, ...], stopped: Callable[[], bool]
    ) -> None:
        self._execs = execs
        self._purpose = purpose
        self._stages = stages
        self._stopped = stopped

    def run(self, target: Target, message: Message) -> Iterator[Record]:
        """See Transport.run."""
        with ExitStack() as turn:
            turn.enter_context(self._execs.gate)
            if self._stopped():
                raise Interrupted("stopped before the script was sent", host=target.name)
            started = time.time()
            try:
                for record in self._execs.transport.run(target, message):
                    turn.close()
                    if isinstance(record, Hello):
                        self._execs.boot_ids[target.name] = record.boot_id
                    yield record
            finally:
                event = ExecEnded(
                    at=time.time(),
                    host=target.name,
                    purpose=self._purpose,
                    stages=self._stages,
                    started=started,
                    sent=message.traffic.sent,
                    received=message.traffic.received,
                )
                self._execs.post(lambda: self._execs.tell(event))

    def close(self) -> None:
        """Does nothing: the caller of the run closes the transport."""
