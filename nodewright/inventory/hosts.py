"""The hosts that an inventory's text names, with their layers; ranges expanded."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

from nodewright.inventory.compose import Node
from nodewright.inventory.document import Document, locate
from nodewright.inventory.layers import Layer, merge
from nodewright.inventory.problems import InventoryProblem, Position
from nodewright.inventory.ranges import BadRange, expand, has_range, ranges_in

#: The reserved key, at the top and within a group, whose settings hold for all hosts there.
DEFAULTS = "defaults"
_SSH = "ssh"
_HOST_NAME = re.compile(r"[A-Za-z0-9]([A-Za-z0-9._-]*[A-Za-z0-9])?")


@dataclass(frozen=True)
class HostEntry:
    """A host as the inventory's text has it.

    Args:
        group: the group it is in.
        position: where its name stands.
        inherited: what holds for all hosts of its group, weakest first.
        ranged: the range that it is one of.
        own: the entry under its own name.
    """

    group: str
    position: Position
    inherited: tuple[Layer, ...]
    ranged: Layer | None = None
    own: Layer | None = None

    @property
    def layers(self) -> tuple[Layer, ...]:
        """All that is said of it, weakest first."""
        return (*self.inherited, *(layer for layer in (self.ranged, self.own) if layer is not None))

    def settings(self) -> dict[str, Any]:
        """Its effective settings, not validated yet."""
        merged: dict[str, Any] = {}
        for layer in self.layers:
            merged = merge(merged, layer.data())
        return merged


def collect_hosts(
    document: Document, groups: Sequence[str]
) -> tuple[dict[str, HostEntry], list[InventoryProblem]]:
    """All hosts of some groups by name, in the order of the text, and what is wrong with names and ranges."""
    collector = _Collector(document)
    collector.collect(groups)
    return collector.entries, collector.problems


class _Collector:
    """Goes through the groups once; what is wrong is noted, and the rest still collected."""

    def __init__(self, document: Document) -> None:
        self.document = document
        self.entries: dict[str, HostEntry] = {}
        self.problems: list[InventoryProblem] = []

    def collect(self, groups: Sequence[str]) -> None:
        """Adds the hosts of all groups."""
        root = self.document.root
        everywhere = [*self._ssh(root), *self._defaults(root, DEFAULTS)]
        for group in groups:
            node = root.child(group)
            if node is None or node.data is None:
                continue
            if not isinstance(node.data, dict):
                self._problem(node.position, f"`{group}` should map host names to their settings")
                continue
            inherited = (*everywhere, *self._defaults(node, f"{group} {DEFAULTS}"))
            for name, (position, settings) in node.entries.items():
                if name != DEFAULTS:
                    self._add(HostEntry(group, position, inherited), name, settings)

    def _ssh(self, root: Node) -> Iterator[Layer]:
        """The top's `ssh`; what is wrong with it is found when it is validated as the top's own setting."""
        node = root.child(_SSH)
        if node is not None and isinstance(node.data, dict):
            yield Layer(_SSH, node, under=(_SSH,))

    def _defaults(self, node: Node, level: str) -> Iterator[Layer]:
        defaults = node.child(DEFAULTS)
        if defaults is None or defaults.data is None:
            return
        if isinstance(defaults.data, dict):
            yield Layer(level, defaults)
        else:
            self._problem(defaults.position, f"`{DEFAULTS}` should be a map of a host's settings")

    def _add(self, entry: HostEntry, name: str, settings: Node) -> None:
        """Adds a host, or the hosts of a range."""
        level = f"{entry.group} {name}"
        try:
            hosts = _names(name)
        except BadRange as error:
            self._problem(entry.position, str(error))
            return
        if settings.data is not None and not isinstance(settings.data, dict):
            self._problem(settings.position, f"`{name}` should be a map of the host's settings")
        elif not has_range(name):
            self._join(name, replace(entry, own=Layer(level, settings)))
        elif self._goes_along(name, len(hosts), settings):
            for index, host in enumerate(hosts):
                if not self._join(host, replace(entry, ranged=Layer(level, settings, index=index))):
                    break

    def _goes_along(self, name: str, hosts: int, settings: Node) -> bool:
        """Whether each range in the settings has a value for each host of the range."""
        before = len(self.problems)
        for path, text in ranges_in(settings.data):
            position = locate(settings, path).node.position
            try:
                values = len(expand(text))
            except BadRange as error:
                self._problem(position, str(error))
                continue
            if values != hosts:
                self._problem(
                    position, f"`{text}` stands for {values} values, but `{name}` for {hosts} hosts"
                )
        return len(self.problems) == before

    def _join(self, name: str, entry: HostEntry) -> bool:
        """Adds one host, or to a host of a range what its own entry says; False where neither can be."""
        known = self.entries.setdefault(name, entry)
        if known is entry:
            return True
        line = f"line {known.position.line}"
        if known.group != entry.group:
            what = f"host {name} is in two groups: in {known.group} too ({line})"
            self._problem(entry.position, what, "a host belongs to one group")
        elif known.ranged is not None and entry.ranged is not None:
            self._problem(entry.position, f"host {name} is in another range too ({line})")
        else:
            own, ranged = (entry, known) if entry.own is not None else (known, entry)
            self.entries[name] = replace(own, ranged=ranged.ranged)
            return True
        return False

    def _problem(self, position: Position, what: str, advice: str = "") -> None:
        self.problems.append(self.document.problem(position, what, advice=advice))


def _names(text: str) -> list[str]:
    """The one host of a name, or the hosts of a range.

    Raises:
        BadRange: the range cannot be expanded, or no host can be called so.
    """
    names = expand(text) if has_range(text) else [text]
    if not _HOST_NAME.fullmatch(names[0]):
        raise BadRange(f"`{names[0]}` is not a host name: letters, digits, `.`, `-` and `_`")
    return names
