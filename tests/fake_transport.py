"""A transport without machines: a function says what each host answers."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Iterator

from nodewright.script.records import Record
from nodewright.transport import Message, Target

#: What a host answers to a script. It may raise what a Transport raises, also between two records.
Answer = Callable[[Target, Message], Iterable[Record]]


class FakeTransport:
    """Yields what `answer` yields, and remembers what was sent.

    Args:
        answer: called once for each exec, in the thread that runs it.
    """

    def __init__(self, answer: Answer) -> None:
        self._answer = answer
        self._lock = threading.Lock()
        self.sent: list[tuple[Target, Message]] = []
        self.closed = False

    def run(self, target: Target, message: Message) -> Iterator[Record]:
        """See Transport.run."""
        with self._lock:
            self.sent.append((target, message))
        yield from self._answer(target, message)

    def close(self) -> None:
        """See Transport.close."""
        self.closed = True
