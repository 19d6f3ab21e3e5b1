"""What docs/design.md says of the layers, checked: who imports whom, who prints, who does I/O."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]

#: Who may import whom; everything points one way.
MAY_IMPORT: Mapping[str, frozenset[str]] = {
    "nodewright": frozenset(),
    "kube": frozenset({"nodewright"}),
    "roles": frozenset({"nodewright", "kube"}),
    "workflows": frozenset({"nodewright", "kube", "roles"}),
    "lab": frozenset({"nodewright"}),
    "tasks": frozenset({"nodewright", "kube", "roles", "workflows", "lab"}),
}
#: The floors of the engine, lowest first: a floor imports those that stand before it, and never one behind it.
FLOORS = (
    ("paths", "printable", "secret", "errors", "later", "whole"),
    ("script", "facts"),
    ("transport", "resources"),
    ("workflow",),
    ("inventory", "reports"),
    ("run",),
)
#: What touches the world outside of the process; kube's functions are pure.
IMPURE = frozenset(
    {"os", "pathlib", "random", "shutil", "socket", "subprocess", "tempfile", "time", "urllib"}
)

#: Lines of a file: a longer one is more than one idea.
LONGEST = 450


def sources(*packages: str, suffix: str = ".py") -> list[Path]:
    """The files of some packages, relative to the root."""
    files = [path for package in packages for path in (ROOT / package).rglob(f"*{suffix}")]
    return sorted(path.relative_to(ROOT) for path in files)


def imported(path: Path) -> Iterator[str]:
    """The topmost packages that a file imports."""
    for node in ast.walk(ast.parse((ROOT / path).read_text())):
        match node:
            case ast.Import(names=names):
                yield from (name.name.partition(".")[0] for name in names)
            case ast.ImportFrom(module=str(module), level=0):
                yield module.partition(".")[0]
            case ast.ImportFrom():
                pytest.fail(f"{path}:{node.lineno}: relative import")


def floors_imported(path: Path) -> Iterator[str]:
    """Yields the floor of the engine that each import of a file names."""
    for node in ast.walk(ast.parse((ROOT / path).read_text())):
        if isinstance(node, ast.ImportFrom) and node.module == "nodewright":
            yield from (name.name for name in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and node.module.startswith("nodewright."):
            yield node.module.split(".")[1]


PRODUCT = [*sources("nodewright", "kube", "roles", "workflows", "lab"), Path("tasks.py")]


def test_imports_go_one_way() -> None:
    for path in PRODUCT:
        package = path.parts[0].removesuffix(".py")
        others = (set(imported(path)) & set(MAY_IMPORT)) - {package}
        assert others <= MAY_IMPORT[package], path


def test_each_floor_of_the_engine_imports_only_the_floors_below_it() -> None:
    height = {name: number for number, floor in enumerate(FLOORS) for name in floor}
    wrong = []
    for path in sources("nodewright"):
        if path == Path("nodewright/__init__.py"):
            continue
        own = path.parts[1].removesuffix(".py")
        wrong += [
            f"{path} imports {other}"
            for other in floors_imported(path)
            if other != own and (height[other] > height[own] or (height[other] == height[own] > 0))
        ]
    assert wrong == []


def test_the_engine_knows_no_kubernetes() -> None:
    engine = sources("nodewright") + sources("nodewright", suffix=".sh")
    own_words = "it knows no Kubernetes"
    texts = {path: (ROOT / path).read_text().replace(own_words, "") for path in engine}
    assert [str(path) for path, text in texts.items() if "kube" in text.lower()] == []


def test_what_we_know_of_kubernetes_does_no_io() -> None:
    assert {str(path): found for path in sources("kube") if (found := set(imported(path)) & IMPURE)} == {}


def test_the_core_prints_nothing() -> None:
    for path in sources("nodewright", "kube", "roles"):
        calls = [
            node for node in ast.walk(ast.parse((ROOT / path).read_text())) if isinstance(node, ast.Call)
        ]
        assert "print" not in [call.func.id for call in calls if isinstance(call.func, ast.Name)], path


def test_paths_on_a_host_stand_in_one_place_and_not_in_roles() -> None:
    path = re.compile(r"(?<![\w@}*])/(?:etc|run|usr|var)/\w")
    found = [
        f"{file}:{node.lineno}: {node.value}"
        for file in sources("roles")
        for node in ast.walk(ast.parse((ROOT / file).read_text()))
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and path.search(node.value)
        if node.value not in docstrings(file)
    ]
    assert found == []


def docstrings(path: Path) -> list[str | None]:
    """Returns the docstrings of a file."""
    nodes = ast.walk(ast.parse((ROOT / path).read_text()))
    kinds = (ast.Module, ast.ClassDef, ast.FunctionDef)
    return [ast.get_docstring(node, clean=False) for node in nodes if isinstance(node, kinds)]


def test_a_file_of_the_product_is_one_idea() -> None:
    files = [*PRODUCT, *sources("nodewright", "lab", suffix=".sh")]
    assert [str(path) for path in files if len((ROOT / path).read_text().splitlines()) > LONGEST] == []


def test_the_docstring_of_a_function_begins_with_a_verb() -> None:
    """Only what can be decided: a function returns something, and its docstring says so by a verb."""
    nouns = re.compile(r"(Whether|What|Which|How|Who|Where|The|A|An|All|Every|Each|Commands|Nothing|No) ")
    found = []
    for path in sources("nodewright", "kube", "roles", "workflows", "lab", "bench"):
        for node in ast.walk(ast.parse((ROOT / path).read_text())):
            if isinstance(node, ast.FunctionDef) and nouns.match(ast.get_docstring(node) or ""):
                found.append(f"{path}:{node.lineno}: {(ast.get_docstring(node) or '').splitlines()[0]}")
    assert found == []
