"""Reads what the API of an old minor takes from the client library that was published for it.

The library's models name every field of every kind, and which of them must be there.
"""

from __future__ import annotations

import ast
import re
import subprocess
import sys
import warnings
import zipfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

#: From a minor to the version of the Python client that was made from its API: the client's CHANGELOG.
CLIENTS = {
    13: "9.0.1",
    14: "10.0.1",
    15: "11.0.0",
    16: "12.0.1",
    17: "17.17.0",
    18: "18.20.0",
    19: "19.15.0",
    20: "20.13.0",
    21: "21.7.0",
    22: "22.6.0",
    23: "23.6.0",
    24: "24.2.0",
    25: "25.3.0",
    26: "26.1.0",
    27: "27.2.0",
    28: "28.1.0",
    29: "29.0.0",
    30: "30.1.0",
    31: "31.0.0",
    32: "32.0.1",
    33: "33.1.0",
    34: "34.1.0",
    35: "35.0.0",
    36: "36.0.0",
}
_MODELS = "kubernetes/client/models/"
_CLASS = re.compile(r"^class (\w+)\(", re.M)


@dataclass(frozen=True)
class Model:
    """A kind, or a part of one.

    Args:
        fields: from a field's name to its type, as the library writes it.
        required: those that must be there.
    """

    fields: Mapping[str, str]
    required: frozenset[str]


@dataclass(frozen=True)
class Schema:
    """All kinds of one minor's API."""

    wheel: Path

    @cached_property
    def _sources(self) -> Mapping[str, str]:
        """From a model's name to the text that defines it."""
        with zipfile.ZipFile(self.wheel) as archive:
            names = [name for name in archive.namelist() if name.startswith(_MODELS)]
            texts = [archive.read(name).decode() for name in names]
        return {found[1]: text for text in texts if (found := _CLASS.search(text))}

    @cached_property
    def _read(self) -> dict[str, Model]:
        return {}

    def model(self, name: str) -> Model | None:
        """Returns a model by its name; None for what is none."""
        if name not in self._read and name in self._sources:
            self._read[name] = _model(self._sources[name])
        return self._read.get(name)

    def problems(self, one: Mapping[str, Any]) -> list[str]:
        """Returns what is wrong with an object, each with its path; nothing when the API knows all of it."""
        group, _, version = one["apiVersion"].rpartition("/")
        name = f"{version[:1].upper()}{version[1:]}{one['kind']}"
        # The library puts the group before the name where two groups have the kind.
        for found in (group.split(".")[0].capitalize() + name, name):
            if self.model(found):
                return list(self._wrong(one, found, one["kind"]))
        return [f"{one['apiVersion']} has no {one['kind']}"]

    def _wrong(self, value: Any, kind: str, path: str) -> Iterator[str]:
        if kind.startswith("list["):
            if not isinstance(value, list):
                yield f"{path} is no list"
                return
            for index, inner in enumerate(value):
                yield from self._wrong(inner, kind[5:-1], f"{path}[{index}]")
        elif kind.startswith("dict("):
            for key, inner in value.items():
                yield from self._wrong(inner, kind[:-1].split(", ", 1)[1], f"{path}.{key}")
        elif model := self.model(kind):
            yield from (f"{path}.{key} is not known" for key in value if key not in model.fields)
            yield from (f"{path}.{key} is missing" for key in sorted(model.required) if key not in value)
            for key, inner in value.items():
                if key in model.fields:
                    yield from self._wrong(inner, model.fields[key], f"{path}.{key}")
        elif kind in _PLAIN and not isinstance(value, _PLAIN[kind]):
            yield f"{path} is {value!r}, no {kind}"


_PLAIN = {"str": str, "int": int, "bool": bool}


def _model(source: str) -> Model:
    with warnings.catch_warnings():
        # Old sources have `\\/` in plain strings.
        warnings.simplefilter("ignore")
        [node] = [one for one in ast.parse(source).body if isinstance(one, ast.ClassDef)]
    tables = {
        target.id: ast.literal_eval(statement.value)
        for statement in node.body
        if isinstance(statement, ast.Assign)
        for target in statement.targets
        if isinstance(target, ast.Name) and target.id in ("openapi_types", "swagger_types", "attribute_map")
    }
    names = tables["attribute_map"]
    types = tables.get("openapi_types") or tables["swagger_types"]
    return Model({names[key]: kind for key, kind in types.items()}, frozenset(_required(node, names)))


def _required(node: ast.ClassDef, names: Mapping[str, str]) -> Iterator[str]:
    """A field that must be there has a setter that refuses None."""
    for method in node.body:
        if isinstance(method, ast.FunctionDef) and len(method.args.args) == 2 and method.name in names:
            raised = [inner for inner in ast.walk(method) if isinstance(inner, ast.Raise)]
            if any("must not be `None`" in ast.unparse(one) for one in raised):
                yield names[method.name]


def schema(minor: int, folder: Path) -> Schema:
    """Returns the schema of a minor; its library is fetched into the folder unless it lies there."""
    version = CLIENTS[minor]
    wheels = f"kubernetes-{version}-*.whl"
    if not list(folder.glob(wheels)):
        pip = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--only-binary=:all:"]
        subprocess.run([*pip, "--dest", folder, f"kubernetes=={version}"], check=True)
    [wheel] = folder.glob(wheels)
    return Schema(wheel)
