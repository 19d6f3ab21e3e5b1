"""Reads an inventory's text, and finds the places of its settings."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path as FilePath

import yaml

from nodewright.inventory.compose import Node, compose
from nodewright.inventory.problems import InventoryError, InventoryProblem, Path, Position, problem_at
from nodewright.inventory.syntax import syntax_problem


@dataclass(frozen=True)
class Document:
    """Holds a file's text and its only YAML document.

    Args:
        file: the file as the user named it.
        lines: its text, for messages.
        root: its topmost value.
        problems: mistakes in YAML that could be read, for example a key given twice.
    """

    file: str
    lines: tuple[str, ...]
    root: Node
    problems: tuple[InventoryProblem, ...] = ()

    def problem(self, position: Position, what: str, *, advice: str = "") -> InventoryProblem:
        """Returns a problem that shows the line at this place."""
        return problem_at(self.file, self.lines, position, what, advice=advice)


@dataclass(frozen=True)
class Place:
    """Says how far a path leads into a node, and to which place.

    Args:
        depth: number of keys of the path that were found.
        key: the place of the last found key; None for an item of a list or the node itself.
        node: the value found last.
        used: the place of the first alias on the way; None if there is no alias.
    """

    depth: int
    key: Position | None
    node: Node
    used: Position | None = None


def locate(node: Node, path: Path) -> Place:
    """Follows a path into a node as far as it leads, and returns that place."""
    place = Place(0, None, node, node.used)
    for key in path:
        child = place.node.child(key)
        if child is None:
            break
        at = place.node.entries[key][0] if isinstance(key, str) else None
        place = Place(place.depth + 1, at, child, place.used or child.used)
    return place


def read_document(file: FilePath, name: str) -> Document:
    """Reads a YAML file, and returns its document.

    Args:
        file: its path.
        name: its name in messages.

    Raises:
        InventoryError: the file cannot be read, is not UTF-8, is not YAML, or is empty.
    """
    text = _read(file, name)
    try:
        root, mistakes = compose(text)
    except yaml.YAMLError as error:
        raise InventoryError([syntax_problem(name, text, error)]) from None
    if root is None:
        raise InventoryError([InventoryProblem(where=name, what="the file is empty")])
    lines = tuple(text.splitlines())
    problems = [problem_at(name, lines, at, what, advice=advice) for at, what, advice in mistakes]
    return Document(name, lines, root, tuple(problems))


def _read(file: FilePath, name: str) -> str:
    try:
        return file.read_bytes().decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = error.object.count(b"\n", 0, error.start) + 1
        start = error.object.rfind(b"\n", 0, error.start) + 1
        column = len(error.object[start : error.start].decode("utf-8-sig", "replace")) + 1
        what, advice = f"byte 0x{error.object[error.start]:02x} is not UTF-8", "save the file as UTF-8"
        problem = InventoryProblem(
            where=f"{name}:{line}:{column}", position=Position(line, column), what=what, advice=advice
        )
    except OSError as error:
        what = {
            "FileNotFoundError": "no such file",
            "IsADirectoryError": "is a directory, not a file",
            "PermissionError": "may not be read by this user",
        }.get(type(error).__name__, error.strerror or "cannot be read")
        problem = InventoryProblem(where=name, what=what)
    raise InventoryError([problem])
