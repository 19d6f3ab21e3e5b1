"""Holds the add-ons that fit each minor of Kubernetes: one table, and what of an API each minor serves.

Checksums are of the files in the two projects' repositories at the tags that the URLs name, computed on 2026-11-25.
Sources:
[1] MetalLB 0.12.1, website/content/_index.md: "running Kubernetes 1.13.0 or later"; configured by a ConfigMap;
[2] MetalLB, release notes of 0.14.2: "this will make MetalLB not compatible with clusters older than 1.21";
    of 0.13.2: configured by custom resources, whose definitions are of apiextensions.k8s.io/v1;
[3] github.com/cilium/cilium#12151: pods of priority class system-* are admitted outside of kube-system since 1.17;
    flannel has a namespace of its own since 0.19.0, by its Documentation/kube-flannel.yml at the tags;
[4] github.com/kubernetes/kubernetes#73333: kubelets label their node kubernetes.io/os from 1.14 on;
[5] kubernetes.io, "Deprecated API Migration Guide", and blog of 2019-07-18, "API Deprecations in 1.16";
[6] The APIs of the minors, as published with the Python client: a CustomResourceDefinition's `deprecated`, which all
    of 0.13 have, came with 1.19, and `x-kubernetes-validations`, which 0.14.5 and later have, with 1.23. kubectl
    refuses fields that it does not know; tests/lab/test_old_minors.py holds each minor's manifests against its API.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from kube.versions.releases import Version, release

_METALLB = "https://raw.githubusercontent.com/metallb/metallb"
_FLANNEL = "https://raw.githubusercontent.com/flannel-io/flannel"


@dataclass(frozen=True)
class Addon:
    """Holds a row of a table: the manifest for a minor and those after it, up to the next row.

    Args:
        minor: 17 for 1.17.
        url: the URL of the manifest.
        sha256: the checksum of the manifest.
    """

    minor: int
    url: str
    sha256: str


#: Lists the oldest minor first.
FLANNEL = (
    Addon(
        13,  # [3]: in kube-system still
        f"{_FLANNEL}/v0.18.1/Documentation/kube-flannel.yml",
        "366f892efa2ffc3f0b8e5cfa538e61b1e0079734bbcea2937f65142cd6a7ee06",
    ),
    Addon(
        17,
        f"{_FLANNEL}/v0.26.7/Documentation/kube-flannel.yml",
        "d3f539ef073032bdbd2d32900719400e0050a8ae1d00a9fef75d9d0f079c7d54",
    ),
)
METALLB = (
    Addon(
        13,  # [1]
        f"{_METALLB}/v0.12.1/manifests/metallb.yaml",
        "53b1eec9ce0084df78531b35b212dbb6639cb8182dde351198c0fa50ac39fbd8",
    ),
    Addon(
        19,  # [6]
        f"{_METALLB}/v0.13.12/config/manifests/metallb-native.yaml",
        "a5e3b65e073ba8236cc36c283fb33260e764977c7e460d6a462347ccaa91683d",
    ),
    Addon(
        21,  # [2]
        f"{_METALLB}/v0.14.3/config/manifests/metallb-native.yaml",
        "df1ca995d3dc7f033cb5424a186ebdde69305e3beb688c5cb4d3271d71b1883c",
    ),
    Addon(
        23,  # [6]
        f"{_METALLB}/v0.15.2/config/manifests/metallb-native.yaml",
        "a1b04c376fb39c93265f551fe23716a3ae6e09b790edb3bf257d3fc784c35a18",
    ),
)


def fitting(table: Sequence[Addon], version: Version) -> Addon:
    """Returns the row of FLANNEL or METALLB for a version that is known."""
    return [row for row in table if row.minor <= release(version).minor][-1]


def flannel_namespace(version: Version) -> str:
    """Returns flannel's namespace: its pods' priority class is admitted outside of kube-system since 1.17 [3]."""
    return "kube-flannel" if release(version).minor >= 17 else "kube-system"


def os_label(version: Version) -> str:
    """Returns the label by which a node says that it runs Linux [4]."""
    return "kubernetes.io/os" if release(version).minor >= 14 else "beta.kubernetes.io/os"


@dataclass(frozen=True)
class _Served:
    """Holds which minors serve a version of an API [5].

    Args:
        api: `group/version`.
        since: the first minor that serves it.
        until: the last minor that serves it; None for a version that is still served.
        kinds: the kinds that the row is about; none for all.
    """

    api: str
    since: int = 0
    until: int | None = None
    kinds: tuple[str, ...] = ()


_WORKLOADS = ("DaemonSet", "Deployment", "ReplicaSet", "StatefulSet")
_APIS = (
    _Served("extensions/v1beta1", until=15, kinds=(*_WORKLOADS, "NetworkPolicy", "PodSecurityPolicy")),
    _Served("apps/v1beta1", until=15),
    _Served("apps/v1beta2", until=15),
    _Served("apiextensions.k8s.io/v1", since=16),
    _Served("apiextensions.k8s.io/v1beta1", until=21),
    _Served("admissionregistration.k8s.io/v1", since=16),
    _Served("admissionregistration.k8s.io/v1beta1", until=21),
    _Served("rbac.authorization.k8s.io/v1beta1", until=21),
    _Served("policy/v1", since=21),
    _Served("policy/v1beta1", until=24),
)


def api_problem(api: str, kind: str, version: Version) -> str | None:
    """Returns why a version does not serve a kind of an API; None when it does, or the table does not know it."""
    minor = release(version).minor
    for row in _APIS:
        if row.api == api and (not row.kinds or kind in row.kinds):
            if minor < row.since:
                return f"{kind} of {api} is served from Kubernetes 1.{row.since} on"
            if row.until is not None and minor > row.until:
                return f"{kind} of {api} is served up to Kubernetes 1.{row.until}"
    return None
