"""Makes kube/versions/field_table.py: the fields that kubeadm, kubelet and kube-proxy of each minor read.

    python -m tools.fields >kube/versions/field_table.py

Reads the Go types that Kubernetes publishes, by `go mod download`: some 1 GB into Go's module cache, a few minutes.
The form of the table is told in kube/versions/fields.py.
"""

from __future__ import annotations

import datetime
import json
import re
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from kube.versions.releases import RELEASES, Release

_KUBERNETES = "k8s.io/kubernetes"
_KUBEADM = f"{_KUBERNETES}/cmd/kubeadm/app/apis/kubeadm"
#: From 1.17 on `k8s.io/kubelet` of 1.34 is v0.34.0. Before, there are commits only: those of 1.15.0 and 1.16.0 stand
#: in the go.mod of many projects; 1.13 and 1.14 have these modules within k8s.io/kubernetes.
_OTHERS = {
    # kube-proxy got strictARP in a patch release.
    13: {"kubernetes": "v1.13.12"},
    14: {"kubernetes": "v1.14.10"},
    15: {
        "api": "v0.0.0-20190620084959-7cf5895f2711",
        "component-base": "v0.0.0-20190620085130-185d68e6e6ea",
        "kube-proxy": "v0.0.0-20190620085809-589f994ddf7f",
        "kubelet": "v0.0.0-20190620085838-f1cb295a73c9",
    },
    16: {
        "api": "v0.0.0-20190918155943-95b840bb6a1f",
        "component-base": "v0.0.0-20190918160511-547f6c5d7090",
        "kube-proxy": "v0.0.0-20190918162534-de037b596c1e",
        "kubelet": "v0.0.0-20190918162654-250a1838aa2c",
    },
    # Go's checksum database does not have v0.27.0.
    27: {"kube-proxy": "v0.27.1"},
}
_SCALARS = {"string": "text", "bool": "bool", "float64": "number", "float32": "number"}
_SCALARS |= dict.fromkeys(("int", "int32", "int64", "uint32", "uint64"), "whole")
#: Types that read something else than their Go form tells (their UnmarshalJSON).
_SCALARS |= {
    "BootstrapTokenString": "text",
    "Duration": "duration",
    "Quantity": "quantity",
    "QuantityValue": "quantity",
    "Time": "text",
    "TimeOrMetaDuration": "duration-or-whole",
}
_HEAD = """\
The fields that kubeadm, kubelet and kube-proxy of each minor read: what kube/versions/fields.py looks into.

Made by tools/fields.py on {today} from the types published in k8s.io/kubernetes (cmd/kubeadm/app/apis/kubeadm),
k8s.io/kubelet (config/v1beta1) and k8s.io/kube-proxy (config/v1alpha1), of each minor's first release unless
tools/fields.py names another.
"""
_FIELD = re.compile(
    r'^\t(?:\w+\s+)?(?P<type>[\w.\[\]*]+)\s+`[^`]*json:"(?P<key>[^",]*)(?P<options>[^"]*)"', re.M
)
_STRUCT = re.compile(r"^type (\w+) struct \{\n(.*?)^\}", re.M | re.S)
_NAMED = re.compile(r"^type (\w+) (?:= )?([\w.\[\]*]+)$", re.M)
_IMPORT = re.compile(r'^(?:import )?\s*(\w+)? ?"(k8s\.io/[^"]+)"$', re.M)

#: The name of a type, of a field in it, and what the field holds.
Row = tuple[str, str, str]


@dataclass(frozen=True)
class Type:
    """A type of Go: a struct's text, or the other type that its name stands for."""

    text: str
    is_struct: bool
    imports: dict[str, str]


@cache
def _module(name: str, version: str) -> Path:
    """Returns the folder of a module, downloaded unless it is there."""
    ran = subprocess.run(
        ["go", "mod", "download", "-json", f"{name}@{version}"], capture_output=True, text=True, check=False
    )
    found = json.loads(ran.stdout or "{}")
    if "Dir" not in found:
        sys.exit(f"{name}@{version}: {found.get('Error', ran.stderr)}")
    return Path(found["Dir"])


def _folder(path: str, minor: int) -> Path:
    """Returns the folder of a package in a minor's first release, or in that of `_OTHERS`."""
    others = _OTHERS.get(minor, {})
    module, _, inside = path.removeprefix("k8s.io/").partition("/")
    if module == "kubernetes" or minor < 15:
        staged = "" if module == "kubernetes" else f"staging/src/k8s.io/{module}"
        return _module(_KUBERNETES, others.get("kubernetes", f"v1.{minor}.0")) / staged / inside
    return _module(f"k8s.io/{module}", others.get(module, f"v0.{minor}.0")) / inside


@cache
def _types(package: str, minor: int) -> dict[str, Type]:
    """Returns the types of a package by name."""
    types: dict[str, Type] = {}
    for file in _folder(package, minor).glob("*.go"):
        text = file.read_text()
        imports = {name or target.rpartition("/")[2]: target for name, target in _IMPORT.findall(text)}
        types |= {name: Type(fields, True, imports) for name, fields in _STRUCT.findall(text)}
        types |= {name: Type(other, False, imports) for name, other in _NAMED.findall(text)}
    return types


@dataclass(frozen=True)
class Reader:
    """Reads types as they are seen from one file of a package."""

    package: str
    minor: int
    imports: dict[str, str]
    rows: set[Row]

    def read(self, kind: str) -> str:
        """Returns the table's name of a Go type; adds the rows of all structs in it."""
        kind = kind.lstrip("*")
        qualifier, _, name = kind.rpartition(".")
        if kind.startswith("[]"):
            return f"[{self.read(kind[2:])}]"
        if kind.startswith("map["):
            return f"{{{self.read(kind.partition(']')[2])}}}"
        if name in _SCALARS:
            return _SCALARS[name]
        package = self.imports[qualifier] if qualifier else self.package
        found = _types(package, self.minor)[name]
        there = Reader(package, self.minor, found.imports, self.rows)
        if not found.is_struct:
            return there.read(found.text)
        there.fields(found.text, name)
        return name

    def fields(self, struct: str, name: str) -> None:
        """Adds the rows of a struct's fields, those of structs inlined in it among them."""
        for field in _FIELD.finditer(struct):
            if field["key"] == "-" or field["type"].endswith("TypeMeta"):
                continue
            if field["key"]:
                self.rows.add((name, field["key"], self.read(field["type"])))
            else:
                inlined = Reader(self.package, self.minor, self.imports, set())
                other = inlined.read(field["type"])
                self.rows.update((name if row[0] == other else row[0], *row[1:]) for row in inlined.rows)


def _rows(release: Release) -> set[Row]:
    """Returns the rows of all that a minor's kubeadm reads."""
    rows: set[Row] = set()
    for package, documents in (
        (
            f"{_KUBEADM}/{release.kubeadm_api}",
            ("ClusterConfiguration", "InitConfiguration", "JoinConfiguration"),
        ),
        ("k8s.io/kubelet/config/v1beta1", ("KubeletConfiguration",)),
        ("k8s.io/kube-proxy/config/v1alpha1", ("KubeProxyConfiguration",)),
    ):
        for document in documents:
            Reader(package, release.minor, {}, rows).read(document)
    return rows


def _table() -> Iterator[str]:
    """Yields the lines of the table."""
    minors: dict[Row, list[int]] = {}
    for release in RELEASES:
        for row in _rows(release):
            minors.setdefault(row, []).append(release.minor)
    oldest, newest = RELEASES[0].minor, RELEASES[-1].minor
    above = ""
    for (name, field, kind), known in sorted(minors.items()):
        if known != list(range(known[0], known[-1] + 1)):
            sys.exit(f"{name}.{field} went and came again: {known}")
        since = known[0] if known[0] > oldest else ""
        until = known[-1] if known[-1] < newest else ""
        if name != above:
            yield name
        above = name
        yield f"  {field} {kind}" + (f" {since}-{until}" if since or until else "")


if __name__ == "__main__":
    print(f'"""{_HEAD.format(today=datetime.datetime.now(datetime.UTC).date())}"""\n')
    print("\n".join(['TABLE = """\\', *_table(), '"""']))
