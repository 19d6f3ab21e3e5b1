"""Finds the place of a setting in the inventory: leads from a typed value back to its line and column."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path as FilePath

from nodewright.inventory.document import Document, Place, locate
from nodewright.inventory.hosts import HostEntry
from nodewright.inventory.layers import Layer
from nodewright.inventory.problems import Finding, InventoryProblem, Path, foreign_letters


@dataclass(frozen=True)
class Source:
    """Holds the text of an inventory.

    Args:
        path: the file, absolute.
        document: its text and YAML.
        hosts: its hosts as the text has them.
    """

    path: FilePath
    document: Document
    hosts: dict[str, HostEntry]

    def origin(self, host: str, path: Path) -> tuple[Layer | None, Place]:
        """Returns the layer that a host's setting comes from, and the place in it.

        Of the layers that know most of the path it is the strongest. The layer is None for a setting that
        stands nowhere; the place is then as near as the text comes to it.
        """
        entry = self.hosts[host]
        places = [(layer, layer.locate(path)) for layer in reversed(entry.layers)]
        layer, place = max(places, key=lambda found: found[1].depth)
        if place.depth == 0:
            return None, Place(0, entry.position, place.node)
        return (layer if place.depth == len(path) else None), place

    def place(self, path: Path) -> Place:
        """Returns the nearest place to a path from the top; a host's settings are looked for in its layers."""
        match path:
            case (group, str() as host, *rest) if host in self.hosts and self.hosts[host].group == group:
                place = self.origin(host, tuple(rest))[1]
                return replace(place, depth=place.depth + 2)
        return locate(self.document.root, path)

    def problem(self, path: Path, what: str, *, advice: str = "", of_key: bool = False) -> InventoryProblem:
        """Returns a problem at the value of a path, at its key, or at the map that should hold it."""
        place = self.place(path)
        if place.depth == 0:
            return InventoryProblem(where=self.document.file, what=what, advice=advice)
        absent = place.depth < len(path) or place.node.data is None
        position = place.key if place.key is not None and (of_key or absent) else place.node.position
        written = path[-1] if of_key else None if absent else place.node.data
        told = "; ".join(filter(None, (advice, foreign_letters(written))))
        return self.document.problem(position, what, advice=told)

    def problem_of(self, finding: Finding) -> InventoryProblem:
        """Returns a finding as a problem at the place where the setting is used, which may be an alias."""
        used = self.place(finding.path).used
        if used is None:
            return self.problem(finding.path, finding.what, advice=finding.advice, of_key=finding.of_key)
        return self.document.problem(used, finding.what, advice=finding.advice)
