"""Writes events as JSON, one line each."""

from __future__ import annotations

import json
from typing import IO

from nodewright.reports.events import Event, as_json


class JsonLines:
    """Writes each event at once as a line. If the run dies, at most the last line is incomplete.

    Args:
        stream: a text stream open for writing.
    """

    def __init__(self, stream: IO[str]) -> None:
        self._stream = stream

    def __call__(self, event: Event) -> None:
        """Writes the event."""
        self._stream.write(json.dumps(as_json(event), ensure_ascii=False) + "\n")
        self._stream.flush()
