"""What Ctrl-C means to a run: once, finish the running steps and stop; twice, give up at once."""

from __future__ import annotations

import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType


class Interruption:
    """Counts the presses of Ctrl-C and tells who listens; presses may come from a signal handler."""

    def __init__(self) -> None:
        self._pressed = threading.Event()
        self._listeners: list[Callable[[int], None]] = []
        self.presses = 0

    def press(self) -> None:
        """Ctrl-C: the first one stops the run at step boundaries, the second gives it up."""
        self.presses += 1
        self._pressed.set()
        for listener in self._listeners:
            listener(self.presses)

    def stop(self) -> None:
        """Presses once, however often it is called: what SIGTERM means."""
        if self.presses == 0:
            self.press()

    def listen(self, listener: Callable[[int], None]) -> None:
        """Calls `listener` with the press's number, in the thread that presses; it must not take a lock."""
        self._listeners.append(listener)

    def wait(self, seconds: float) -> bool:
        """Waits that long, or until the first press; whether there was one."""
        return self._pressed.wait(seconds)

    @contextmanager
    def signals(self) -> Iterator[None]:
        """SIGINT is a press and SIGTERM a stop while this lasts; for the main thread only."""

        def on_interrupt(number: int, frame: FrameType | None) -> None:
            self.press()

        def on_terminate(number: int, frame: FrameType | None) -> None:
            self.stop()

        before = signal.signal(signal.SIGINT, on_interrupt), signal.signal(signal.SIGTERM, on_terminate)
        try:
            yield
        finally:
            signal.signal(signal.SIGINT, before[0])
            signal.signal(signal.SIGTERM, before[1])
