"""Composes YAML into plain data that keeps the place of each key and value.

It reads libyaml's events itself. PyYAML's composer recurses in C without bound (a file of 200,000 brackets crashes
the interpreter), takes the last of two equal keys, and does not tell quoted text from unquoted.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import Any, NamedTuple

import yaml
from yaml._yaml import CParser

from nodewright.inventory.problems import Position
from nodewright.inventory.scalars import plain

_DEEPEST = 100
_BIGGEST = 10_000_000
_TAG = "tag:yaml.org,2002:"
_PLAIN_TAGS = frozenset(_TAG + name for name in ("int", "float", "bool", "null"))
_ORDINARY_TAGS = frozenset({None, "!", _TAG + "str", _TAG + "map", _TAG + "seq", *_PLAIN_TAGS})


@dataclass(slots=True, eq=False)
class Node:
    """Holds a value of the document.

    Args:
        position: where it starts.
        data: the value as dict, list, text (see `scalars`) or None.
        entries: of a map: key → the key's place, and its value.
        items: of a list: its values.
        size: number of values in it, itself included; an alias counts as often as it is used.
        used: the place of the alias or `<<` that brings it here; None if it is written here.
    """

    position: Position
    data: Any
    entries: Mapping[str, tuple[Position, Node]] = field(default_factory=lambda: _NO_ENTRIES)
    items: Sequence[Node] = ()
    size: int = 1
    used: Position | None = None

    def child(self, key: str | int) -> Node | None:
        """Returns the value at a key of a map or an index of a list; None where there is none."""
        if isinstance(key, str):
            return self.entries[key][1] if key in self.entries else None
        return self.items[key] if 0 <= key < len(self.items) else None


#: All scalars share it, since most nodes are scalars.
_NO_ENTRIES: Mapping[str, tuple[Position, Node]] = MappingProxyType({})


class Mistake(NamedTuple):
    """Describes something that libyaml accepts, but that an inventory must not have."""

    position: Position
    what: str
    advice: str


def compose(text: str) -> tuple[Node | None, list[Mistake]]:
    """Returns the root of a text's one document, None where there is none, and what is wrong with it.

    Raises:
        yaml.YAMLError: the text is not YAML, nested too deep, or its aliases multiply beyond any use.
    """
    composer = _Composer(text)
    return composer.root(), composer.mistakes


class _Composer:
    """Builds nodes from libyaml's events. Goes on after a mistake if it can, so that all show at once."""

    def __init__(self, text: str) -> None:
        self.next_event: Callable[[], Any] = CParser(text).get_event
        self.mistakes: list[Mistake] = []
        self.anchors: dict[str, Node] = {}

    def root(self) -> Node | None:
        """Returns the node of the one document; called once."""
        self.next_event()
        if isinstance(self.next_event(), yaml.StreamEndEvent):
            return None
        root = self._node(self.next_event(), 0)
        self.next_event()
        following = self.next_event()
        if not isinstance(following, yaml.StreamEndEvent):
            self._mistake(following, "a second document starts here", "an inventory is one document")
        return root

    def _node(self, event: Any, depth: int) -> Node:
        if isinstance(event, yaml.AliasEvent):
            return self._alias(event)
        if event.tag not in _ORDINARY_TAGS:
            self._mistake(event, f"the tag {event.tag} means nothing here", "remove it")
        if depth > _DEEPEST:
            problem = f"nested more than {_DEEPEST} levels deep"
            raise yaml.MarkedYAMLError(problem=problem, problem_mark=event.start_mark)
        if isinstance(event, yaml.ScalarEvent):
            is_plain = event.implicit[0] or event.tag in _PLAIN_TAGS
            node = Node(_position(event), plain(event.value) if is_plain else event.value)
        elif isinstance(event, yaml.SequenceStartEvent):
            node = self._list(event, depth)
        else:
            node = self._map(event, depth)
        if node.size > _BIGGEST:
            raise yaml.MarkedYAMLError(problem="too many values", problem_mark=event.start_mark)
        if event.anchor:
            self.anchors[event.anchor] = node
        return node

    def _alias(self, event: Any) -> Node:
        if event.anchor in self.anchors:
            return replace(self.anchors[event.anchor], used=_position(event))
        raise yaml.MarkedYAMLError(problem="found undefined alias", problem_mark=event.start_mark)

    def _list(self, event: Any, depth: int) -> Node:
        items = []
        while not isinstance(following := self.next_event(), yaml.SequenceEndEvent):
            items.append(self._node(following, depth + 1))
        size = 1 + sum(item.size for item in items)
        return Node(_position(event), [item.data for item in items], items=items, size=size)

    def _map(self, event: Any, depth: int) -> Node:
        entries: dict[str, tuple[Position, Node]] = {}
        merged: list[tuple[Position, Node]] = []
        while not isinstance(key := self.next_event(), yaml.MappingEndEvent):
            name = self._key(key, depth)
            value = self._node(self.next_event(), depth + 1)
            if name == "<<" and key.implicit[0]:
                merged += [(_position(key), source) for source in self._merge_sources(key, value)]
            elif name in entries:
                first = "line {}, column {}".format(*entries[name][0])
                self._mistake(key, f"`{name}` is here twice, first in {first}", "remove one of them")
            elif name is not None:
                entries[name] = (_position(key), value)
        for used, source in merged:
            brought = {name: (at, replace(value, used=used)) for name, (at, value) in source.entries.items()}
            entries = {**brought, **entries}
        data = {name: value.data for name, (_, value) in entries.items()}
        size = 1 + sum(value.size for _, value in entries.values())
        return Node(_position(event), data, entries=entries, size=size)

    def _key(self, event: Any, depth: int) -> str | None:
        """Returns the key's text as written; a number or `n` or `yes` as a key is text too."""
        if isinstance(event, yaml.ScalarEvent) and event.value:
            return str(event.value)
        self._mistake(event, "a key must be a text")
        if not isinstance(event, yaml.ScalarEvent):
            self._node(event, depth + 1)
        return None

    def _merge_sources(self, key: Any, value: Node) -> Sequence[Node]:
        """Returns what `<<` brings in, strongest first."""
        sources = value.items or [value]
        if all(isinstance(source.data, dict) for source in sources):
            return sources
        self._mistake(key, "`<<` takes a map, or a list of maps")
        return []

    def _mistake(self, event: Any, what: str, advice: str = "") -> None:
        self.mistakes.append(Mistake(_position(event), what, advice))


def _position(event: Any) -> Position:
    mark = event.start_mark
    return Position(mark.line + 1, mark.column + 1)
