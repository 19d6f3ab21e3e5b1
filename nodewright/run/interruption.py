"""Handles Ctrl-C: the first press stops the run after its running steps; the second gives up at once."""

from __future__ import annotations

import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType


class Interruption:
    """Counts the presses of Ctrl-C and tells listeners. A signal handler may press."""

    def __init__(self) -> None:
        self._pressed = threading.Event()
        self._listeners: list[Callable[[int], None]] = []
        self.presses = 0

    def press(self) -> None:
        """Counts a Ctrl-C: the first one stops the run at step boundaries, the second gives it up."""
        self.presses += 1
        self._pressed.set()
        for listener in self._listeners:
            listener(self.presses)

    def stop(self) -> None:
        """Stops the run as the first press does, however often it is called; SIGTERM calls it."""
        if self.presses == 0:
            self.press()

    def listen(self, listener: Callable[[int], None]) -> None:
        """Calls `listener` with the number of each press, in the thread that presses; it must not take a lock."""
        self._listeners.append(listener)

    def wait(self, seconds: float) -> bool:
        """Waits that long or until the first press, and returns whether there was one."""
        return self._pressed.wait(seconds)

    @contextmanager
    def signals(self) -> Iterator[None]:
        """Takes SIGINT as a press and SIGTERM as a stop while the context lasts. For the main thread only."""

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
