"""Finds settings that are passed on to kubeadm, kubelet or kube-proxy and that these would not read.

kubeadm prints one line of warning for an unknown field and goes on without it. At a value of the wrong kind it ends
in the middle of `init`. Source: the strict decoding in cmd/kubeadm/app/util/config/strict.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from difflib import get_close_matches
from math import isfinite

from kube.settings.models import Cluster, HostSettings
from kube.versions.fields import Field, Fields, field_of, types
from kube.versions.releases import release
from nodewright.inventory import Finding, Unread

Path = tuple[str | int, ...]

#: Maps the place of an override to nodewright's own setting that it would silently replace.
_OWN_SETTINGS: Mapping[Path, str] = {
    ("cluster_configuration", "apiServer", "certSANs"): "cluster.certificate_names",
    ("cluster_configuration", "clusterName"): "cluster.name",
    ("cluster_configuration", "controlPlaneEndpoint"): "cluster.api_endpoint",
    ("cluster_configuration", "imageRepository"): "mirrors.images",
    ("cluster_configuration", "kubernetesVersion"): "cluster.kubernetes",
    ("cluster_configuration", "networking", "podSubnet"): "cluster.pod_cidr",
    ("cluster_configuration", "networking", "serviceSubnet"): "cluster.service_cidr",
    ("kube_proxy", "clusterCIDR"): "cluster.pod_cidr",
    ("kubelet", "clusterDomain"): "cluster.cluster_configuration.networking.dnsDomain",
    ("kubelet", "containerLogMaxFiles"): "cluster.log_rotation.max_files",
    ("kubelet", "containerLogMaxSize"): "cluster.log_rotation.max_size",
}
_DOCUMENTS = {
    "kubelet": "KubeletConfiguration",
    "kube_proxy": "KubeProxyConfiguration",
    "cluster_configuration": "ClusterConfiguration",
}
_READERS = {"KubeletConfiguration": "kubelet", "KubeProxyConfiguration": "kube-proxy"}
#: Matches what Go's time.ParseDuration reads.
_DURATION = re.compile(r"[-+]?(0|((\d+\.?\d*|\.\d+)(ns|us|µs|μs|ms|s|m|h))+)", re.ASCII)
#: Maps a kind of scalar to its name in messages and to what to write.
_SCALARS = {
    "text": ("a text", "put it in quotes"),
    "bool": ("true or false", "write true or false, without quotes"),
    "whole": ("a whole number", "write a number, without quotes"),
    "number": ("a number", "write a number, without quotes"),
    "duration": ("a time with its unit", "write it like 90s, 10m or 1h30m"),
    "duration-or-whole": ("a time with its unit", "write it like 90s, 10m or 1h30m"),
    "quantity": ("a quantity", "write it like 500m, 2 or 1Gi"),
}


def override_findings(
    cluster: Cluster, hosts: Iterable[tuple[tuple[str, str], HostSettings]]
) -> Iterator[Finding]:
    """Yields a finding for each wrong override of a cluster of a known version, and of its hosts.

    Args:
        hosts: all hosts, each with its path.
    """
    minor = release(cluster.kubernetes).minor
    for keys, setting in _OWN_SETTINGS.items():
        value: object = vars(cluster)
        for key in keys:
            value = value.get(key) if isinstance(value, Mapping) else None
        if value is not None:
            what = f"`{keys[-1]}` has a setting of its own"
            yield Finding(what, path=("cluster", *keys), advice=f"use {setting}", of_key=True)
    for setting, document in _DOCUMENTS.items():
        with suppress(Unread):
            yield from field_findings(document, getattr(cluster, setting), minor, ("cluster", setting))
    for path, host in hosts:
        with suppress(Unread):
            yield from field_findings("KubeletConfiguration", host.kubelet, minor, (*path, "kubelet"))


def field_findings(
    document: str, values: Mapping[str, object], minor: int, path: Path = ()
) -> Iterator[Finding]:
    """Yields a finding for each field that a minor does not read, and for each value of the wrong kind.

    Args:
        document: the document's kind, such as KubeletConfiguration.
        path: where the values stand.
    """
    if values:
        yield from _Reading(document, minor).fields(document, values, path)


@dataclass(frozen=True)
class _Reading:
    """Compares the values of a document with the table, as a minor reads them."""

    document: str
    minor: int

    @property
    def reader(self) -> str:
        """Returns the name of the program that reads the document, with the minor."""
        return f"{_READERS.get(self.document, 'kubeadm')} 1.{self.minor}"

    def fields(self, kind: str, values: Mapping[str, object], path: Path) -> Iterator[Finding]:
        """Yields a finding for each wrong field of a type of the table."""
        known = types()[kind]
        for name, value in values.items():
            field = field_of(known, name, self.minor)
            if field is not None:
                yield from self._value(field.kind, value, (*path, name))
            elif kind == self.document and name in {"apiVersion", "kind"}:
                what = f"`{name}` is not an override's to say"
                yield Finding(what, path=(*path, name), advice="remove it", of_key=True)
            else:
                yield self._unknown(known, name, (*path, name))

    def _unknown(self, known: Fields, name: str, path: Path) -> Finding:
        what = f"{self.reader} does not know `{name}`"
        others = known.get(name)
        if others:
            advice = "remove it, or take another version of Kubernetes"
            return Finding(f"{what}: {self._history(others)}", path=path, advice=advice, of_key=True)
        there = [one for one in known if field_of(known, one, self.minor)]
        advice = _nearest(name, there)
        return Finding(what, path=path, advice=advice, of_key=True)

    def _history(self, others: Sequence[Field]) -> str:
        later = [field.since for field in others if field.since > self.minor]
        return f"it came with 1.{min(later)}" if later else f"it went with 1.{others[-1].until + 1}"

    def _value(self, kind: str, value: object, path: Path) -> Iterator[Finding]:
        """Yields a finding where a value is wrong; an empty value leaves the field to its default."""
        if value is None:
            return
        if kind.startswith("["):
            if isinstance(value, list):
                for index, item in enumerate(value):
                    yield from self._value(kind[1:-1], item, (*path, index))
            else:
                yield self._wrong("a list", value, path, advice=_as_list(kind, value))
        elif not isinstance(value, Mapping) and (kind.startswith("{") or kind in types()):
            yield self._wrong("a map", value, path, advice=_as_map(kind, value))
        elif isinstance(value, Mapping) and kind.startswith("{"):
            for key, item in value.items():
                yield from self._value(kind[1:-1], item, (*path, key))
        elif isinstance(value, Mapping) and kind in types():
            yield from self.fields(kind, value, path)
        elif not _fits(kind, value):
            name, advice = _SCALARS[kind]
            yield self._wrong(name, value, path, advice=advice)

    def _wrong(self, wanted: str, value: object, path: Path, *, advice: str) -> Finding:
        name = next(key for key in reversed(path) if isinstance(key, str))
        what = f"`{name}` should be {wanted} for {self.reader}, not {_called(value)}"
        return Finding(what, path=path, advice=advice)


def _fits(kind: str, value: object) -> bool:
    whole = isinstance(value, int) and not isinstance(value, bool)
    number = whole or (isinstance(value, float) and isfinite(value))
    duration = isinstance(value, str) and _DURATION.fullmatch(value) is not None
    return {
        "text": isinstance(value, str),
        "bool": isinstance(value, bool),
        "whole": whole,
        "number": number,
        "duration": duration,
        "duration-or-whole": duration or whole,
        "quantity": number or isinstance(value, str),
    }[kind]


def _as_list(kind: str, value: object) -> str:
    """Returns how to write what should be a list; arguments are a list of names and values from v1beta4 on."""
    if kind == "[Arg]" and isinstance(value, Mapping):
        arguments = [{"name": name, "value": _text(one)} for name, one in value.items()]
        return f"write it as {json.dumps(arguments)}"
    return "write a list" if isinstance(value, Mapping) else f"write it as {json.dumps([value])}"


def _as_map(kind: str, value: object) -> str:
    """Returns how to write what should be a map; arguments are a map before v1beta4."""
    pairs = value if isinstance(value, list) else []
    if kind == "{text}" and pairs and all(isinstance(one, Mapping) and "name" in one for one in pairs):
        return f"write it as {json.dumps({str(one['name']): _text(one.get('value')) for one in pairs})}"
    return "write a map"


def _text(value: object) -> str:
    """Returns a scalar as the text that an argument takes."""
    return str(value).lower() if isinstance(value, bool) else str(value)


def _nearest(name: str, known: Sequence[str]) -> str:
    """Returns advice that names the known field nearest to a misspelt one, else all fields of a short list."""
    by_lower_case = {one.lower(): one for one in known}
    near = get_close_matches(name.lower(), by_lower_case, n=1)
    if near:
        return f"did you mean `{by_lower_case[near[0]]}`?"
    return f"known here: {', '.join(known)}" if 0 < len(known) <= 12 else ""


def _called(value: object) -> str:
    match value:
        case bool():
            return f"`{str(value).lower()}`"
        case Mapping():
            return "a map"
        case list():
            return "a list"
        case str():
            return f"the text `{value}`"
        case _:
            return f"`{value}`"
