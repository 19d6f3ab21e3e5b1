"""Merges what a host inherits: `ssh:`, `defaults:`, its group's `defaults:`, its range, and its own entry.

A later layer is stronger. Maps merge key by key; anything else replaces the value of a weaker layer.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from nodewright.inventory.compose import Node
from nodewright.inventory.document import Place, locate
from nodewright.inventory.problems import Path
from nodewright.inventory.ranges import in_step


@dataclass(frozen=True)
class Layer:
    """Holds one part of the inventory that sets something for a host.

    Args:
        level: its name in `explain`, for example `workers defaults`.
        node: the settings there.
        under: the host's setting whose value the node is; empty if the node holds settings by name.
        index: for a range, the index of this host in it, counted from 0.
    """

    level: str
    node: Node
    under: Path = ()
    index: int | None = None

    def data(self) -> dict[str, Any]:
        """Returns its settings, nested under `under`, with ranges replaced by this host's number."""
        data = self.node.data if self.node.data is not None else {}
        data = data if self.index is None else in_step(data, self.index)
        for key in reversed(self.under):
            data = {key: data}
        return dict(data)

    def locate(self, path: Path) -> Place:
        """Returns how far this layer knows a path of the host's settings."""
        if not self.under:
            return locate(self.node, path)
        if path[: len(self.under)] != self.under:
            return Place(0, None, self.node)
        place = locate(self.node, path[len(self.under) :])
        return replace(place, depth=place.depth + len(self.under))


def merge(weaker: Any, stronger: Any) -> Any:
    """Returns the stronger value over the weaker one: maps merge, anything else replaces."""
    if not (isinstance(weaker, dict) and isinstance(stronger, dict)):
        return stronger
    if _is_reference(weaker) and _is_reference(stronger):
        return stronger
    merged = dict(weaker)
    for key, value in stronger.items():
        merged[key] = merge(weaker[key], value) if key in weaker else value
    return merged


def _is_reference(value: dict[str, Any]) -> bool:
    """Returns whether a map is a secret's `{env: NAME}` or `{file: PATH}`, which are one value and never
    merge.
    """
    return len(value) == 1 and not value.keys().isdisjoint({"env", "file"})
