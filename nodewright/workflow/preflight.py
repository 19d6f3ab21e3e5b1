"""Defines preflight: the check of all hosts together, after their facts and before any change."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from nodewright.errors import NodewrightError, Problem
from nodewright.workflow.context import Context

#: Gets the context of each host that answered, by name. If it returns an error, the run stops before anything
#: is changed. Any other problem is a warning.
Preflight = Callable[[Mapping[str, Context[Any]]], Sequence[NodewrightError | Problem]]
