"""The folder of a run: `events.jsonl` while it goes on, `report.json` when it is over, `latest` beside it."""

from __future__ import annotations

import json
import os
from itertools import count
from pathlib import Path

from nodewright.errors import ConfigurationError
from nodewright.reports.events import Event, RunEnded, as_json
from nodewright.reports.jsonl import JsonLines
from nodewright.whole import write_whole


class FolderReport:
    """Makes the folder, for its owner alone, and keeps the run's events there.

    Args:
        runs: the folder of all runs; made if need be.
        name: of the run's folder; a number is added if there is one of that name.

    Attributes:
        path: the run's folder.

    Raises:
        ConfigurationError: it cannot be made.
    """

    def __init__(self, runs: Path, name: str) -> None:
        try:
            self.path = _made(runs, name)
            _point(runs / "latest", self.path.name)
            descriptor = os.open(self.path / "events.jsonl", os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
        except OSError as error:
            raise ConfigurationError(
                f"the run's folder cannot be made in {runs}: {error.strerror}",
                advice="make room there, or run where you may write",
            ) from None
        self._stream = os.fdopen(descriptor, "w", encoding="utf-8")
        self._lines = JsonLines(self._stream)

    def __call__(self, event: Event) -> None:
        """Keeps the event; the last one of a run is its report too."""
        self._lines(event)
        if isinstance(event, RunEnded):
            self._stream.close()
            write_whole(
                self.path / "report.json", json.dumps(as_json(event), ensure_ascii=False, indent=2) + "\n"
            )


def _made(runs: Path, name: str) -> Path:
    runs.mkdir(parents=True, exist_ok=True)
    for number in count(1):
        path = runs / (name if number == 1 else f"{name}-{number}")
        try:
            path.mkdir(mode=0o700)
        except FileExistsError:
            continue
        return path
    raise AssertionError


def _point(link: Path, name: str) -> None:
    """Makes the link show to `name`; whoever follows it meanwhile finds the old one or the new one."""
    fresh = link.with_name(f".{link.name}-{name}")
    fresh.symlink_to(name)
    fresh.replace(link)
