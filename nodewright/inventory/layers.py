"""What a host inherits: `ssh:`, then `defaults:`, then its group's `defaults:`, its range, and its own entry.

A later layer is stronger. Maps merge key by key; anything else replaces what a weaker layer says.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from nodewright.inventory.compose import Node
from nodewright.inventory.document import Document, Place, locate
from nodewright.inventory.problems import Path, Position, Problem
from nodewright.inventory.ranges import BadRange, expand, has_range, in_step, ranges_in

#: The reserved key, at the top and within a group, whose settings hold for all hosts there.
DEFAULTS = "defaults"
_SSH = "ssh"
_HOST_NAME = re.compile(r"[A-Za-z0-9]([A-Za-z0-9._-]*[A-Za-z0-9])?")


@dataclass(frozen=True)
class Layer:
    """One place of the inventory that says something about a host.

    Args:
        level: how `explain` calls it, for example `workers defaults`.
        node: the settings there.
        under: the host's setting that the node as a whole is; empty where the node holds settings by name.
        index: for a range: which of its hosts this is, counted from 0.
    """

    level: str
    node: Node
    under: Path = ()
    index: int | None = None

    def data(self) -> dict[str, Any]:
        """Its settings, nested under `under`, ranges replaced by this host's number."""
        data = self.node.data if self.node.data is not None else {}
        data = data if self.index is None else in_step(data, self.index)
        for key in reversed(self.under):
            data = {key: data}
        return dict(data)

    def locate(self, path: Path) -> Place:
        """How far this layer knows a path of the host's settings."""
        if not self.under:
            return locate(self.node, path)
        if path[: len(self.under)] != self.under:
            return Place(0, None, self.node)
        place = locate(self.node, path[len(self.under) :])
        return Place(place.depth + len(self.under), place.key, place.node)


@dataclass
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


@dataclass
class Hosts:
    """All hosts of an inventory in its order, and what is wrong with their names and ranges."""

    entries: dict[str, HostEntry] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)


def merge(weaker: Any, stronger: Any) -> Any:
    """The stronger value over the weaker one: maps merge, anything else replaces."""
    if not (isinstance(weaker, dict) and isinstance(stronger, dict)):
        return stronger
    if _is_reference(weaker) and _is_reference(stronger):
        return stronger
    merged = dict(weaker)
    for key, value in stronger.items():
        merged[key] = merge(weaker[key], value) if key in weaker else value
    return merged


def _is_reference(value: dict[str, Any]) -> bool:
    """Whether a map is a secret's `{env: NAME}` or `{file: PATH}`, which are one value and never merge."""
    return len(value) == 1 and not value.keys().isdisjoint({"env", "file"})


def collect_hosts(document: Document, groups: Sequence[str]) -> Hosts:
    """Finds the hosts of all groups, with their layers and ranges expanded."""
    hosts = Hosts()
    root = document.root
    everywhere = tuple(_inherited(document, hosts, root, ssh=_SSH in root.entries))
    for group in groups:
        node = root.child(group)
        if node is None or node.data is None:
            continue
        if not isinstance(node.data, dict):
            hosts.problems.append(
                document.problem(node.position, f"`{group}` should map host names to their settings")
            )
            continue
        inherited = (*everywhere, *_inherited(document, hosts, node, prefix=f"{group} "))
        for name, (position, settings) in node.entries.items():
            if name != DEFAULTS:
                _add(document, hosts, HostEntry(group, position, inherited), name, settings)
    return hosts


def _inherited(
    document: Document, hosts: Hosts, node: Node, *, prefix: str = "", ssh: bool = False
) -> Iterator[Layer]:
    if ssh and isinstance((node.child(_SSH) or node).data, dict):
        yield Layer(_SSH, node.entries[_SSH][1], under=(_SSH,))
    defaults = node.child(DEFAULTS)
    if defaults is None or defaults.data is None:
        return
    if isinstance(defaults.data, dict):
        yield Layer(f"{prefix}{DEFAULTS}", defaults)
    else:
        hosts.problems.append(
            document.problem(defaults.position, f"`{DEFAULTS}` should be a map of a host's settings")
        )


def _add(document: Document, hosts: Hosts, entry: HostEntry, name: str, settings: Node) -> None:
    """Adds one entry of a group: a host, or the hosts of a range."""
    problem = _entry_problem(document, entry.position, name, settings)
    if problem is not None:
        hosts.problems.append(problem)
        return
    level = f"{entry.group} {name}"
    if not has_range(name):
        own = HostEntry(entry.group, entry.position, entry.inherited, own=Layer(level, settings))
        _add_host(document, hosts, name, own)
        return
    for index, host in enumerate(expand(name)):
        layer = Layer(level, settings, index=index)
        ranged = HostEntry(entry.group, entry.position, entry.inherited, ranged=layer)
        if not _add_host(document, hosts, host, ranged):
            return


def _entry_problem(document: Document, position: Position, name: str, settings: Node) -> Problem | None:
    """What is wrong with one entry of a group, before it is compared with the others."""
    if settings.data is not None and not isinstance(settings.data, dict):
        return document.problem(settings.position, f"`{name}` should be a map of the host's settings")
    if not has_range(name):
        advice = "a host name is letters, digits, `.`, `-` and `_`"
        return (
            None
            if _HOST_NAME.fullmatch(name)
            else document.problem(position, f"`{name}` is not a host name", advice=advice)
        )
    try:
        names = expand(name)
        if not _HOST_NAME.fullmatch(names[0]):
            raise BadRange(f"`{names[0]}` is not a host name")
    except BadRange as error:
        return document.problem(position, str(error))
    for path, text in ranges_in(settings.data):
        place = locate(settings, path)
        try:
            count = len(expand(text))
        except BadRange as error:
            return document.problem(place.node.position, str(error))
        if count != len(names):
            what = f"`{text}` stands for {count} values, but `{name}` for {len(names)} hosts"
            return document.problem(place.node.position, what)
    return None


def _add_host(document: Document, hosts: Hosts, name: str, entry: HostEntry) -> bool:
    """Adds one host, or a range's or its own settings to it; False where it cannot be both."""
    known = hosts.entries.setdefault(name, entry)
    if known is entry:
        return True
    line = f"line {known.position.line}"
    if known.group != entry.group:
        what = f"host {name} is in two groups: in {known.group} too ({line})"
        hosts.problems.append(document.problem(entry.position, what, advice="a host belongs to one group"))
        return False
    if entry.ranged is not None and known.ranged is not None:
        what = f"host {name} is in another range too ({line})"
        hosts.problems.append(document.problem(entry.position, what))
        return False
    known.ranged = known.ranged or entry.ranged
    known.own = known.own or entry.own
    known.position = entry.position if entry.own is not None else known.position
    return True
