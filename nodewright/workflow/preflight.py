"""The seam for looking at all hosts together, after their facts and before any change."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from nodewright.errors import NodewrightError
from nodewright.workflow.context import Context


@dataclass(frozen=True, kw_only=True)
class Caution:
    """Something the user should know, that stops nothing; the parts are those of an error."""

    what: str
    host: str | None = None
    where: str | None = None
    advice: str = ""


#: Is given the context of each host that answered, by name; any error that it returns stops the run.
Preflight = Callable[[Mapping[str, Context[Any]]], Sequence[NodewrightError | Caution]]
