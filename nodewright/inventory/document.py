"""A YAML file as plain data in which each key and value still knows its place.

Composed here from libyaml's events and not by PyYAML's composer, which recurses in C without bound (a file of
200,000 brackets crashes the interpreter), takes the last of two equal keys, and knows no unquoted text.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path as FilePath
from typing import Any

import yaml
from yaml._yaml import CParser

from nodewright.inventory.problems import InventoryError, Path, Position, Problem, problem_at
from nodewright.inventory.scalars import plain

_DEEPEST = 100
_TAG = "tag:yaml.org,2002:"
_PLAIN_TAGS = frozenset(_TAG + name for name in ("int", "float", "bool", "null"))
_ORDINARY_TAGS = frozenset({None, "!", _TAG + "str", _TAG + "map", _TAG + "seq", *_PLAIN_TAGS})


@dataclass(slots=True, eq=False)
class Node:
    """A value of the document.

    Args:
        position: where it starts.
        data: the value as dict, list, text (see `scalars`) or None.
        entries: of a map: key → where the key stands, and its value.
        items: of a list: its values.
    """

    position: Position
    data: Any
    entries: dict[str, tuple[Position, Node]] = field(default_factory=dict)
    items: list[Node] = field(default_factory=list)

    def child(self, key: str | int) -> Node | None:
        """The value at a key of a map or an index of a list; None where there is none."""
        if isinstance(key, str):
            return self.entries[key][1] if key in self.entries else None
        return self.items[key] if 0 <= key < len(self.items) else None


@dataclass(frozen=True)
class Document:
    """A file's text and its one YAML document.

    Args:
        file: the file as the user named it.
        lines: its text, for messages.
        root: its topmost value.
    """

    file: str
    lines: tuple[str, ...]
    root: Node

    def problem(self, position: Position, what: str, *, advice: str = "") -> Problem:
        """A problem that shows the line at this place."""
        return problem_at(self.file, self.lines, position, what, advice=advice)


@dataclass(frozen=True)
class Place:
    """How far a path leads into a node, and where that is.

    Args:
        depth: how many keys of the path were found.
        key: where the last found key stands; None for an item of a list or the node itself.
        node: the value found last.
    """

    depth: int
    key: Position | None
    node: Node


def locate(node: Node, path: Path) -> Place:
    """Follows a path down a node as far as it leads."""
    place = Place(0, None, node)
    for key in path:
        child = place.node.child(key)
        if child is None:
            break
        at = place.node.entries[key][0] if isinstance(key, str) else None
        place = Place(place.depth + 1, at, child)
    return place


def read_document(file: FilePath, name: str) -> Document:
    """Reads and composes a YAML file.

    Args:
        file: where it is.
        name: how messages call it.

    Raises:
        InventoryError: it cannot be read, is not UTF-8, is not YAML, is not one document, or has a key twice.
    """
    text = _read(file, name)
    lines = tuple(text.splitlines())
    composer = _Composer(name, lines)
    try:
        root = composer.compose(text)
    except yaml.YAMLError as error:
        raise InventoryError([*composer.problems, _syntax_problem(name, lines, error)]) from None
    if composer.problems or root is None:
        nothing = Problem(file=name, position=None, what="the file is empty")
        raise InventoryError(composer.problems or [nothing])
    return Document(name, lines, root)


def _read(file: FilePath, name: str) -> str:
    try:
        return file.read_bytes().decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = error.object.count(b"\n", 0, error.start) + 1
        start = error.object.rfind(b"\n", 0, error.start) + 1
        column = len(error.object[start : error.start].decode("utf-8-sig", "replace")) + 1
        what, advice = f"byte 0x{error.object[error.start]:02x} is not UTF-8", "save the file as UTF-8"
        problem = Problem(file=name, position=Position(line, column), what=what, advice=advice)
    except OSError as error:
        what = {
            "FileNotFoundError": "no such file",
            "IsADirectoryError": "is a directory, not a file",
            "PermissionError": "may not be read by this user",
        }.get(type(error).__name__, error.strerror or "cannot be read")
        problem = Problem(file=name, position=None, what=what)
    raise InventoryError([problem])


class _Composer:
    """Builds nodes from libyaml's events; goes on where it can, so that all problems show at once."""

    def __init__(self, file: str, lines: tuple[str, ...]) -> None:
        self.file = file
        self.lines = lines
        self.problems: list[Problem] = []
        self.anchors: dict[str, Node] = {}

    def compose(self, text: str) -> Node | None:
        """The root of the text's one document; None where it has none."""
        self.next_event: Callable[[], Any] = CParser(text).get_event
        self.next_event()
        if isinstance(self.next_event(), yaml.StreamEndEvent):
            return None
        root = self._node(self.next_event(), 0)
        self.next_event()
        following = self.next_event()
        if not isinstance(following, yaml.StreamEndEvent):
            self._problem(
                following, "a second document starts here", "one inventory is one document; remove `---`"
            )
        return root

    def _node(self, event: Any, depth: int) -> Node:
        if isinstance(event, yaml.AliasEvent):
            return self._alias(event)
        if event.tag not in _ORDINARY_TAGS:
            self._problem(event, f"the tag {event.tag} means nothing here", "remove it")
        if depth > _DEEPEST:
            raise yaml.MarkedYAMLError(
                problem=f"nested more than {_DEEPEST} levels deep", problem_mark=event.start_mark
            )
        if isinstance(event, yaml.ScalarEvent):
            is_plain = event.implicit[0] or event.tag in _PLAIN_TAGS
            node = Node(_position(event), plain(event.value) if is_plain else event.value)
        elif isinstance(event, yaml.SequenceStartEvent):
            node = self._list(event, depth)
        else:
            node = self._map(event, depth)
        if event.anchor:
            self.anchors[event.anchor] = node
        return node

    def _alias(self, event: Any) -> Node:
        if event.anchor in self.anchors:
            return self.anchors[event.anchor]
        self._problem(event, f"*{event.anchor} is used before any &{event.anchor} is complete", "")
        return Node(_position(event), None)

    def _list(self, event: Any, depth: int) -> Node:
        items = []
        while not isinstance(following := self.next_event(), yaml.SequenceEndEvent):
            items.append(self._node(following, depth + 1))
        return Node(_position(event), [item.data for item in items], items=items)

    def _map(self, event: Any, depth: int) -> Node:
        entries: dict[str, tuple[Position, Node]] = {}
        merged: list[Node] = []
        while not isinstance(key := self.next_event(), yaml.MappingEndEvent):
            name = self._key(key, depth)
            value = self._node(self.next_event(), depth + 1)
            if name == "<<" and key.implicit[0]:
                merged += self._merge_sources(key, value)
            elif name in entries:
                first = entries[name][0]
                self._problem(
                    key,
                    f"`{name}` is here twice, first in line {first.line}, column {first.column}",
                    "remove one of them",
                )
            elif name is not None:
                entries[name] = (_position(key), value)
        for source in merged:
            entries = {**source.entries, **entries}
        return Node(
            _position(event), {name: value.data for name, (_, value) in entries.items()}, entries=entries
        )

    def _key(self, event: Any, depth: int) -> str | None:
        """The key's text as written; a number or `n` or `yes` as a key is text too."""
        if isinstance(event, yaml.ScalarEvent) and event.value:
            return str(event.value)
        self._problem(event, "a key must be a text", "")
        if not isinstance(event, yaml.ScalarEvent):
            self._node(event, depth + 1)
        return None

    def _merge_sources(self, key: Any, value: Node) -> list[Node]:
        """What `<<` brings in, strongest first."""
        sources = value.items or [value]
        if all(isinstance(source.data, dict) for source in sources):
            return sources
        self._problem(key, "`<<` takes a map, or a list of maps", "")
        return []

    def _problem(self, event: Any, what: str, advice: str) -> None:
        self.problems.append(problem_at(self.file, self.lines, _position(event), what, advice=advice))


def _position(event: Any) -> Position:
    mark = event.start_mark
    return Position(mark.line + 1, mark.column + 1)


def _syntax_problem(file: str, lines: tuple[str, ...], error: yaml.YAMLError) -> Problem:
    """libyaml's complaint in the inventory's words; it stops at its first one."""
    mark = getattr(error, "problem_mark", None)
    if mark is None:
        return Problem(file=file, position=None, what=f"not YAML: {' '.join(str(error).split())}")
    position = Position(mark.line + 1, mark.column + 1)
    what = ", ".join(part for part in (getattr(error, "context", ""), getattr(error, "problem", "")) if part)
    rest = lines[mark.line][mark.column :] if mark.line < len(lines) else ""
    advice = ""
    if rest.startswith("\t"):
        what, advice = "a tab where YAML wants spaces", "indent by spaces"
    elif rest.startswith("[") and "flow mapping" in what:
        advice = 'within { } a range needs quotes: "10.0.0.[11:50]"'
    elif what == "mapping values are not allowed in this context":
        what, advice = (
            "a second `: ` in one line",
            "put quotes around the value, or indent the lines below a key evenly",
        )
    elif rest[:1] in {"@", "`", "%"}:
        what, advice = f"a value cannot start with {rest[0]}", "put quotes around it"
    return problem_at(file, lines, position, what, advice=advice)
