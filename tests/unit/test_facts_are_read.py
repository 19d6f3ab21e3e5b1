"""Every host pays for each fact in each command: what nobody reads is not asked for."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[2]
FILES = sorted(
    path for package in ("nodewright/facts", "kube/facts") for path in (ROOT / package).glob("*.py")
)
#: Code that names facts, but for the session, which names them all in order to ask for them.
READERS = [
    path
    for package in ("nodewright", "kube", "roles", "workflows")
    for path in sorted((ROOT / package).rglob("*.py"))
    if path not in FILES
    and path != ROOT / "workflows/session.py"
    and re.search(r"^from (nodewright|kube)\.facts\b", path.read_text(), re.MULTILINE)
]


def read_names(node: ast.AST) -> set[str]:
    """Returns the names that code reads: by themselves, or as attributes of something."""
    found = set()
    for one in ast.walk(node):
        match one:
            case ast.Name(id=name, ctx=ast.Load()) | ast.Attribute(attr=name, ctx=ast.Load()):
                found.add(name)
    return found


FACTS = [ast.parse(path.read_text()) for path in FILES]
READS = [read_names(ast.parse(path.read_text())) for path in READERS]
#: What is defined at the top of these files, and the names that each definition reads.
DEFINED = {
    name: read_names(node)
    for tree in FACTS
    for node in tree.body
    for name in (
        [node.name]
        if isinstance(node, ast.ClassDef | ast.FunctionDef)
        else [target.id for target in getattr(node, "targets", ()) if isinstance(target, ast.Name)]
    )
}


def carriers(name: str) -> set[str]:
    """Returns the definition of that name, and all through which code gets at it: a parser, a fragment."""
    found = {name}
    while more := {other for other, reads in DEFINED.items() if reads & found} - found:
        found |= more
    return found


def fragments() -> Iterator[str]:
    """Yields the names of the constants that are a Fragment."""
    for tree in FACTS:
        for node in tree.body:
            match node:
                case ast.Assign(targets=[ast.Name(id=name)], value=ast.Call(func=ast.Name(id="Fragment"))):
                    yield name


def unread_parts(answer: ast.ClassDef) -> set[str]:
    """Returns the fields and methods that no file reads which gets at such an answer."""
    through = carriers(answer.name)
    read = set().union(*(reads for reads in READS if reads & through))
    methods = {node.name: read_names(node) for node in answer.body if isinstance(node, ast.FunctionDef)}
    read |= set().union(*(reads for name, reads in methods.items() if name in read))
    fields = {ast.unparse(node.target) for node in answer.body if isinstance(node, ast.AnnAssign)}
    return {f"{answer.name}.{name}" for name in {*fields, *methods} - read}


def unread() -> set[str]:
    """Returns fragments, and parts of their answers, that nothing reads but the code that parses them."""
    classes = [node for tree in FACTS for node in tree.body if isinstance(node, ast.ClassDef)]
    answers = [node for node in classes if node.decorator_list and node.name != "Fragment"]
    return (set(fragments()) - set().union(*READS)).union(*map(unread_parts, answers))


def test_every_fragment_and_every_field_of_its_answer_is_read() -> None:
    assert unread() == set()
