"""Names the look at all hosts together, after their facts and before any change."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from nodewright.errors import NodewrightError, Problem
from nodewright.workflow.context import Context

#: Is given the context of each host that answered, by name. An error that it returns stops the run before
#: anything is changed; a problem that is no error is a warning.
Preflight = Callable[[Mapping[str, Context[Any]]], Sequence[NodewrightError | Problem]]
