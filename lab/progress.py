"""What a long build says: which component of how many, for how long, and where its log is."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Lock
from typing import Self

from rich.console import Console
from rich.live import Live
from rich.text import Text

from lab.command import Stopped


class Progress:
    """Lines when a component starts and ends; on a terminal also one live line with what is running.

    Components may overlap and may be started from several threads.
    """

    def __init__(self, console: Console | None = None) -> None:
        self._console = console or Console(stderr=True, highlight=False, soft_wrap=True)
        self._total = 0
        self._started = 0
        self._running: dict[str, float] = {}
        self._lock = Lock()
        self._live = Live(
            console=self._console, get_renderable=self._line, refresh_per_second=2, transient=True
        )

    def __enter__(self) -> Self:
        if self._console.is_terminal:
            self._live.start()
        return self

    def __exit__(self, *error: object) -> None:
        self._live.stop()

    def expect(self, components: int) -> None:
        """That many more components are to come."""
        self._total += components

    def say(self, message: str) -> None:
        """Prints a line by itself."""
        self._console.print(message, markup=False)

    @contextmanager
    def component(self, name: str, log: Path) -> Iterator[None]:
        """Wrap the making of one component, whose output goes to `log`."""
        begin = time.monotonic()
        with self._lock:
            self._started += 1
            position = f"[{self._started}/{self._total}]"
            self._running[name] = begin
        self.say(f"{position} {name}: log in {log}")
        if self._live.is_started:
            self._live.refresh()
        outcome = "failed"
        try:
            yield
            outcome = "done"
        except Stopped:
            outcome = "stopped"
            raise
        finally:
            with self._lock:
                del self._running[name]
            self.say(f"{position} {name}: {outcome} after {duration(time.monotonic() - begin)}")

    def _line(self) -> Text:
        now = time.monotonic()
        with self._lock:
            running = [f"{name} {duration(now - begin)}" for name, begin in self._running.items()]
            return Text(f"{self._started}/{self._total}: {', '.join(running)}", overflow="ellipsis")


def duration(seconds: float) -> str:
    """Returns seconds as a person reads them: `7 s`, `2 min 05 s`."""
    minutes, rest = divmod(round(seconds), 60)
    return f"{minutes} min {rest:02} s" if minutes else f"{rest} s"
