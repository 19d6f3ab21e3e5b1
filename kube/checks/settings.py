"""What is wrong with settings that are each valid by themselves; nothing here needs a host.

Each check yields findings whose path leads from the top of the inventory to the setting to correct.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from ipaddress import IPv4Address
from itertools import combinations

from kube.checks.overrides import override_findings
from kube.settings.models import Cluster, HostSettings, Mirrors, Packages, Smoke
from kube.versions.releases import NEWEST, OLDEST, known, release
from nodewright.inventory import Finding

Hosts = Mapping[str, HostSettings]
Path = tuple[str | int, ...]

_NODE_NAME = re.compile(r"[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*")
_PODS_OF_A_NODE = 24


def findings(
    cluster: Cluster, mirrors: Mirrors, smoke: Smoke, control_planes: Hosts, workers: Hosts
) -> Iterator[Finding]:
    """All that is wrong between the settings of an inventory."""
    hosts = {**control_planes, **workers}
    paths: dict[str, Path] = {name: ("control_planes", name) for name in control_planes}
    paths |= {name: ("workers", name) for name in workers}
    yield from _later_releases(cluster)
    if known(cluster.kubernetes):
        yield from _packages(cluster, mirrors)
        yield from _control_planes(cluster, control_planes)
        yield from _kubelet_patches(cluster, hosts, paths)
        yield from override_findings(cluster, hosts, paths)
    else:
        what = f"Kubernetes {cluster.kubernetes} is not known here: {OLDEST.line} to {NEWEST.line} are"
        yield Finding(what, path=("cluster", "kubernetes"))
    yield from _names(hosts, paths)
    yield from _addresses(hosts, paths)
    yield from _networks(cluster, hosts, paths)
    yield from _pool(cluster, hosts)
    if smoke.source not in {"operator", *hosts}:
        advice = "write `operator`, or the name of a host of this inventory"
        yield Finding(f"there is no host {smoke.source}", path=("smoke", "from"), advice=advice)


def _later_releases(cluster: Cluster) -> Iterator[Finding]:
    if cluster.firewall == "keep":
        yield Finding(
            "`keep`, which leaves firewalld running with the ports it has to open, comes in a later release",
            path=("cluster", "firewall"),
            advice="until then write `off`, which stops firewalld on all hosts",
        )


def _packages(cluster: Cluster, mirrors: Mirrors) -> Iterator[Finding]:
    row = release(cluster.kubernetes)
    if not row.public_packages and mirrors.packages.kubernetes == Packages().kubernetes:
        yield Finding(
            f"Kubernetes {cluster.kubernetes} has no public packages any more: pkgs.k8s.io starts at 1.24, "
            "and the repository before it was shut down in March 2024",
            path=("cluster", "kubernetes"),
            advice="name a repository of your own in mirrors.packages.kubernetes, or take a newer version",
        )
    if cluster.runtime == "docker" and not row.dockershim and mirrors.packages.cri_dockerd is None:
        yield Finding(
            f"Kubernetes {row.line} reaches Docker through cri-dockerd, which is in no public repository",
            path=("cluster", "runtime"),
            advice="give mirrors.packages.cri_dockerd the `url` and `sha256` of an RPM from "
            "https://github.com/Mirantis/cri-dockerd/releases, or take `runtime: containerd`",
        )
    pinned = cluster.package_versions.containerd
    if cluster.runtime == "containerd" and row.minor < 23 and not (pinned or "").startswith("1."):
        yield Finding(
            f"the kubelet of {row.line} speaks CRI v1alpha2, which containerd 2 does not know any more",
            path=("cluster", "package_versions", "containerd") if pinned else ("cluster", "runtime"),
            advice="pin cluster.package_versions.containerd to a version 1.x",
        )


def _control_planes(cluster: Cluster, control_planes: Hosts) -> Iterator[Finding]:
    count = len(control_planes)
    if count % 2 == 0:
        yield Finding(
            f"{count} control planes survive no more failures than {count - 1}: etcd needs a majority",
            path=("control_planes",),
            advice=f"take {count - 1} or {count + 1}",
        )
    if count > 1 and cluster.api_endpoint is None:
        yield Finding(
            f"{count} control planes need one address before them, and nodewright does not make one yet",
            path=("control_planes",),
            advice="name your own load balancer in cluster.api_endpoint, or keep one control plane",
        )
    if count > 1 and not release(cluster.kubernetes).certificate_key_in_configuration:
        yield Finding(
            f"kubeadm {cluster.kubernetes.line} cannot hand certificates to further control planes; 1.15 can",
            path=("control_planes",),
            advice="keep one control plane, or take a newer version",
        )


def _kubelet_patches(cluster: Cluster, hosts: Hosts, paths: Mapping[str, Path]) -> Iterator[Finding]:
    for name, host in hosts.items():
        if host.kubelet and not release(cluster.kubernetes).patches_kubelet:
            what = (
                f"kubeadm {cluster.kubernetes.line} gives all kubelets one configuration; 1.25 can patch one"
            )
            yield Finding(what, path=(*paths[name], "kubelet"), advice="use cluster.kubelet")


def _names(hosts: Hosts, paths: Mapping[str, Path]) -> Iterator[Finding]:
    for name in hosts:
        if len(name) > 63 or not _NODE_NAME.fullmatch(name):
            yield Finding(
                f"`{name}` cannot be a node's name",
                path=paths[name],
                advice="a node's name is at most 63 lower-case letters, digits, `-` and `.`",
            )
        if name == "operator":
            yield Finding("`operator` is the machine that runs nodewright", path=paths[name])


def _addresses(hosts: Hosts, paths: Mapping[str, Path]) -> Iterator[Finding]:
    first: dict[str, str] = {}
    for name, host in hosts.items():
        other = first.setdefault(host.address, name)
        if other != name:
            yield Finding(f"{host.address} is the address of {other} too", path=(*paths[name], "address"))


def _networks(cluster: Cluster, hosts: Hosts, paths: Mapping[str, Path]) -> Iterator[Finding]:
    networks = {"pod_cidr": cluster.pod_cidr, "service_cidr": cluster.service_cidr}
    if cluster.pod_cidr.overlaps(cluster.service_cidr):
        what = f"{cluster.service_cidr} overlaps {cluster.pod_cidr}, the addresses of pods (cluster.pod_cidr)"
        yield Finding(what, path=("cluster", "service_cidr"))
    for setting, network in networks.items():
        for name, host in hosts.items():
            if IPv4Address(host.address) in network:
                what = f"{host.address} lies within {network} (cluster.{setting})"
                yield Finding(
                    what, path=(*paths[name], "address"), advice=f"choose another cluster.{setting}"
                )
    if not 12 <= cluster.service_cidr.prefixlen <= 28:
        what = f"/{cluster.service_cidr.prefixlen}: kubeadm takes a network of services from /12 to /28"
        yield Finding(what, path=("cluster", "service_cidr"))
    if "controllerManager" not in cluster.cluster_configuration:
        spare = _PODS_OF_A_NODE - cluster.pod_cidr.prefixlen
        nodes = 2**spare if spare >= 0 else 0
        if nodes < len(hosts):
            what = (
                f"{cluster.pod_cidr} has a /{_PODS_OF_A_NODE} for {nodes} nodes; there are {len(hosts)} hosts"
            )
            yield Finding(what, path=("cluster", "pod_cidr"))


def _pool(cluster: Cluster, hosts: Hosts) -> Iterator[Finding]:
    pool = cluster.metallb.addresses if cluster.metallb else ()
    for index, part in enumerate(pool):
        path = ("cluster", "metallb", "addresses", index)
        for setting, network in (("pod_cidr", cluster.pod_cidr), ("service_cidr", cluster.service_cidr)):
            if part.overlaps(network):
                yield Finding(f"{part} overlaps {network} (cluster.{setting})", path=path)
        for name, host in hosts.items():
            if IPv4Address(host.address) in part:
                yield Finding(f"{part} holds {host.address}, the address of {name}", path=path)
        endpoint = cluster.api_endpoint.host if cluster.api_endpoint else ""
        if _is_address(endpoint) and IPv4Address(endpoint) in part:
            yield Finding(f"{part} holds {endpoint}, the address of cluster.api_endpoint", path=path)
    for (_, one), (index, other) in combinations(enumerate(pool), 2):
        if one.first <= other.last and other.first <= one.last:
            yield Finding(f"{other} overlaps {one}", path=("cluster", "metallb", "addresses", index))


def _is_address(text: str) -> bool:
    try:
        IPv4Address(text)
    except ValueError:
        return False
    return True
