"""Every host pays for each fact in each command: what nobody reads is not asked for."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Mapping
from pathlib import Path

ROOT = Path(__file__).parents[2]
FACTS = sorted(
    path for package in ("nodewright/facts", "kube/facts") for path in (ROOT / package).glob("*.py")
)
#: Code that names facts, but for the session, which names them all in order to ask for them.
READERS = [
    path
    for package in ("nodewright", "kube", "roles", "workflows")
    for path in sorted((ROOT / package).rglob("*.py"))
    if path not in FACTS
    and path != ROOT / "workflows/session.py"
    and re.search(r"^from (nodewright|kube)\.facts\b", path.read_text(), re.MULTILINE)
]

#: What is about to be read, and what for. Whoever reads one takes it out.
NOT_READ_YET: Mapping[str, str] = {
    "CPUS": "preflight: kubeadm wants two on a control plane",
    "Clock.synchronized": "preflight: a host without a time source",
    "Kernel.machine": "the archive of cri-dockerd for that architecture",
    "MOUNTS": "preflight: the file system below /var/lib",
    "Machine.container": "preflight: a container does not set its clock",
    "Mount.kind": "preflight",
    "Mount.options": "preflight",
    "Mount.point": "preflight",
    "Network.default_routes": "preflight: flannel takes the interface of the default route",
    "Route.family": "preflight",
    "Route.gateway": "preflight",
    "Route.metric": "preflight",
    "SPACE": "preflight: what images and etcd take",
    "Space.free": "preflight",
    "Space.point": "preflight",
    "Unit.active": "preflight: what runs beside ours",
}


def trees(paths: list[Path]) -> list[ast.Module]:
    return [ast.parse(path.read_text()) for path in paths]


def read_names(node: ast.AST) -> set[str]:
    """Returns the names that code reads: by themselves, or as attributes of something."""
    found = set()
    for one in ast.walk(node):
        match one:
            case ast.Name(id=name, ctx=ast.Load()) | ast.Attribute(attr=name, ctx=ast.Load()):
                found.add(name)
    return found


def fragments() -> Iterator[str]:
    """Yields the names of the constants that are a Fragment."""
    for tree in trees(FACTS):
        for node in tree.body:
            match node:
                case ast.Assign(targets=[ast.Name(id=name)], value=ast.Call(func=ast.Name(id="Fragment"))):
                    yield name


def answers() -> list[ast.ClassDef]:
    """Returns the dataclasses that parsers make."""
    classes = [node for tree in trees(FACTS) for node in tree.body if isinstance(node, ast.ClassDef)]
    return [node for node in classes if node.decorator_list and node.name not in ("Fragment", "Facts")]


def unread() -> set[str]:
    """Returns fragments, fields and methods of answers that nothing reads but the code that parses them."""
    outside = set().union(*map(read_names, trees(READERS)))
    found = set(fragments()) - outside
    for answer in answers():
        methods = {node.name: node for node in answer.body if isinstance(node, ast.FunctionDef)}
        by_methods = set().union(*(read_names(node) for name, node in methods.items() if name in outside))
        fields = {
            node.target.id
            for node in answer.body
            if isinstance(node, ast.AnnAssign)
            if isinstance(node.target, ast.Name)
        }
        found |= {f"{answer.name}.{name}" for name in {*fields, *methods} - outside - by_methods}
    return found


def test_every_fragment_and_every_field_of_its_answer_is_read() -> None:
    assert unread() == set(NOT_READ_YET)
