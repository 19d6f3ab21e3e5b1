"""Writes a run's folder: `events.jsonl` as it goes on, `report.json` at its end, the link `latest` beside it."""

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
    """Makes a folder that only its owner can read, and keeps the run's events there.

    Args:
        runs: the folder of all runs; made if it is missing.
        name: the name of the run's folder; a number is added if the name is taken.

    Attributes:
        path: the run's folder.

    Raises:
        ConfigurationError: the folder cannot be made.
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
        """Writes the event to the file; the last event of a run also becomes its report."""
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
    """Points the link to `name`; a reader finds the old target or the new one."""
    fresh = link.with_name(f".{link.name}-{name}")
    fresh.symlink_to(name)
    fresh.replace(link)
