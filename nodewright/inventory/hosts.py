"""Collects the hosts that an inventory's text names, with their layers, and expands ranges."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

from nodewright.inventory.compose import Node
from nodewright.inventory.document import Document, locate
from nodewright.inventory.layers import Layer, merge
from nodewright.inventory.problems import InventoryProblem, Position, foreign_letters
from nodewright.inventory.ranges import BadRange, expand, has_range, ranges_in

#: This reserved key, at the top and within a group, holds the settings for all hosts there.
DEFAULTS = "defaults"
_SSH = "ssh"
_HOST_NAME = re.compile(r"[A-Za-z0-9]([A-Za-z0-9._-]*[A-Za-z0-9])?")


@dataclass(frozen=True)
class HostEntry:
    """Holds a host as the inventory's text has it.

    Args:
        group: the group it is in.
        position: the place of its name.
        inherited: the layers for all hosts of its group, weakest first.
        ranged: the range that it belongs to.
        own: the entry under its own name.
    """

    group: str
    position: Position
    inherited: tuple[Layer, ...]
    ranged: Layer | None = None
    own: Layer | None = None

    @property
    def layers(self) -> tuple[Layer, ...]:
        """Returns all that is said of it, weakest first."""
        return (*self.inherited, *(layer for layer in (self.ranged, self.own) if layer is not None))

    def settings(self) -> dict[str, Any]:
        """Returns its effective settings, not validated yet."""
        merged: dict[str, Any] = {}
        for layer in self.layers:
            merged = merge(merged, layer.data())
        return merged


@dataclass(frozen=True)
class Hosts:
    """Holds the hosts that the groups of a text name.

    Args:
        entries: by name, in the order of the text.
        problems: mistakes in names and ranges.
        incomplete: the groups with further hosts that could not be read.
    """

    entries: dict[str, HostEntry]
    problems: list[InventoryProblem]
    incomplete: set[str]


def collect_hosts(document: Document, groups: Sequence[str], one_group: str) -> Hosts:
    """Returns all hosts of some groups.

    Args:
        document: the inventory.
        groups: the keys of the groups.
        one_group: advice on what to write instead of a host in two groups.
    """
    collector = _Collector(document, one_group)
    collector.collect(groups)
    return Hosts(collector.entries, collector.problems, collector.incomplete)


class _Collector:
    """Goes through the groups once; notes what is wrong, and still collects the rest."""

    def __init__(self, document: Document, one_group: str) -> None:
        self.document = document
        self.one_group = one_group
        self.entries: dict[str, HostEntry] = {}
        self.problems: list[InventoryProblem] = []
        self.incomplete: set[str] = set()

    def collect(self, groups: Sequence[str]) -> None:
        """Adds the hosts of all groups."""
        root = self.document.root
        everywhere = [*self._ssh(root), *self._defaults(root, DEFAULTS)]
        for group in groups:
            node = root.child(group)
            if node is None or node.data is None:
                continue
            if not isinstance(node.data, dict):
                what = f"`{group}` should map host names to their settings"
                self._problem(node.position, what, f"write `{group}: {{NAME: {{address: ADDRESS}}}}`")
                self.incomplete.add(group)
                continue
            inherited = (*everywhere, *self._defaults(node, f"{group} {DEFAULTS}"))
            for name, (position, settings) in node.entries.items():
                if name != DEFAULTS:
                    self._add(HostEntry(group, position, inherited), name, settings)

    def _ssh(self, root: Node) -> Iterator[Layer]:
        """Yields the top's `ssh`; what is wrong with it is found when it is validated as the top's own
        setting.
        """
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
            self._problem(entry.position, str(error), foreign_letters(name))
            self.incomplete.add(entry.group)
            return
        if settings.data is not None and not isinstance(settings.data, dict):
            what = f"`{name}` should be a map of the host's settings"
            self._problem(settings.position, what, f"write `{name}: {{address: ADDRESS}}`")
            self.incomplete.add(entry.group)
        elif not has_range(name):
            self._join(name, replace(entry, own=Layer(level, settings)))
        elif not self._goes_along(name, len(hosts), settings):
            self.incomplete.add(entry.group)
        else:
            for index, host in enumerate(hosts):
                if not self._join(host, replace(entry, ranged=Layer(level, settings, index=index))):
                    break

    def _goes_along(self, name: str, hosts: int, settings: Node) -> bool:
        """Returns whether each range in the settings has a value for each host of the range."""
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
        """Adds a host, or adds its own entry to a host of a range; returns False if neither is possible."""
        known = self.entries.setdefault(name, entry)
        if known is entry:
            return True
        line = f"line {known.position.line}"
        if known.group != entry.group:
            what = f"host {name} is in two groups: in {known.group} too ({line})"
            advice = f"remove it from `{known.group}` or from `{entry.group}`"
            self._problem(entry.position, what, "; ".join(filter(None, (advice, self.one_group))))
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
    """Returns the one host of a name, or the hosts of a range.

    Raises:
        BadRange: the range cannot be expanded, or no host can be called so.
    """
    names = expand(text) if has_range(text) else [text]
    if not _HOST_NAME.fullmatch(names[0]):
        raise BadRange(f"`{names[0]}` is not a host name: letters, digits, `.`, `-` and `_`")
    return names
