"""Finds contradictions between settings that are each valid by themselves; nothing here needs a host.

Each check yields findings whose path leads from the top of the inventory to the setting to correct.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import suppress
from ipaddress import IPv4Address, IPv4Network
from itertools import combinations
from typing import TYPE_CHECKING

from kube.checks.needs import need_findings
from kube.checks.overrides import override_findings
from kube.settings.addresses import AddressRange
from kube.settings.models import HostSettings, KubernetesFiles, Packages, Repository
from kube.versions.cri_dockerd import RELEASES as CRI_DOCKERDS
from kube.versions.cri_dockerd import api_floor, cri_dockerd
from kube.versions.patches import exists, newest_patch
from kube.versions.releases import NEWEST, OLDEST, known, release
from kube.versions.repositories import KUBERNETES_KEY
from nodewright.inventory import Finding, Unread

if TYPE_CHECKING:
    from kube.settings.inventory import Inventory

Path = tuple[str | int, ...]

_NODE_NAME = re.compile(r"[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*")
_PODS_OF_A_NODE = 24


def findings(inventory: Inventory) -> Iterator[Finding]:
    """Yields a finding for each contradiction between the settings of an inventory that could be read."""
    for check in _CHECKS:
        with suppress(Unread):
            yield from check(inventory)


def _later_releases(inventory: Inventory) -> Iterator[Finding]:
    if inventory.cluster.firewall == "keep":
        yield Finding(
            "`keep`, which leaves firewalld running with the ports it has to open, comes in a later release",
            path=("cluster", "firewall"),
            advice="until then write `off`, which stops firewalld on all hosts",
        )


def _version(inventory: Inventory) -> Iterator[Finding]:
    version = inventory.cluster.kubernetes
    if not known(version):
        what = f"Kubernetes {version} is not known here: {OLDEST.line} to {NEWEST.line} are"
        yield Finding(what, path=("cluster", "kubernetes"))
    elif not exists(version):
        newest = newest_patch(version.minor)
        what = f"Kubernetes {version} does not exist: the newest {version.line} is {newest}"
        yield Finding(what, path=("cluster", "kubernetes"), advice=f"write {newest}")


def _kubernetes_packages(inventory: Inventory) -> Iterator[Finding]:
    version, repository = inventory.cluster.kubernetes, inventory.mirrors.packages.kubernetes
    if known(version) and not release(version).public_packages and repository == Packages().kubernetes:
        yield Finding(
            f"Kubernetes {version} has no public packages any more: pkgs.k8s.io starts at 1.24, "
            "and the repository before it was shut down in March 2024",
            path=("cluster", "kubernetes"),
            advice="name a repository of your own in mirrors.packages.kubernetes, or take a newer version",
        )
    elif (
        known(version)
        and not release(version).public_packages
        and isinstance(repository, Repository)
        and repository.key == (KUBERNETES_KEY,)
    ):
        yield Finding(
            "`key` is missing: the public repository's key, the default, signs packages from 1.24 on",
            path=("mirrors", "packages", "kubernetes"),
            advice="give the URL of the key that signs your repository",
        )


def _cri_dockerd(inventory: Inventory) -> Iterator[Finding]:
    cluster = inventory.cluster
    if cluster.runtime != "docker" or not known(cluster.kubernetes):
        return
    docker, pinned = cluster.package_versions.docker or "", cluster.package_versions.cri_dockerd
    if release(cluster.kubernetes).dockershim or inventory.mirrors.packages.cri_dockerd is not None:
        return
    if cri_dockerd(docker, pinned) is not None:
        return
    if cri_dockerd("1", pinned) is None:
        what = f"cri-dockerd {pinned} is not known here: {', '.join(row.version for row in CRI_DOCKERDS)} are"
    else:
        floor = ".".join(map(str, api_floor(docker)))
        what = (
            f"Docker {docker or 29} takes clients of API {floor} and newer, and cri-dockerd {pinned} is older"
        )
    yield Finding(
        what,
        path=("cluster", "package_versions", "cri_dockerd"),
        advice="leave it out for the newest, or give mirrors.packages.cri_dockerd the `url` and `sha256` of another",
    )


def _containerd(inventory: Inventory) -> Iterator[Finding]:
    cluster = inventory.cluster
    if cluster.runtime != "containerd" or not known(cluster.kubernetes):
        return
    row, pinned = release(cluster.kubernetes), cluster.package_versions.containerd
    if row.minor < 23 and not (pinned or "").startswith("1."):
        yield Finding(
            f"the kubelet of {row.line} speaks CRI v1alpha2, which containerd 2 does not know any more",
            path=("cluster", "package_versions", "containerd") if pinned else ("cluster", "runtime"),
            advice="pin cluster.package_versions.containerd to a version 1.x",
        )


def _number_of_control_planes(inventory: Inventory) -> Iterator[Finding]:
    count = len(inventory.control_planes)
    if count and count % 2 == 0:
        yield Finding(
            f"{count} control planes survive no more failures than {count - 1}: etcd needs a majority",
            path=("control_planes",),
            advice=f"take {count - 1} or {count + 1}",
        )


def _endpoint_of_control_planes(inventory: Inventory) -> Iterator[Finding]:
    count = len(inventory.control_planes)
    if count > 1 and inventory.cluster.api_endpoint is None:
        yield Finding(
            f"{count} control planes need one address before them, and nodewright does not make one yet",
            path=("control_planes",),
            advice="name your own load balancer in cluster.api_endpoint, or keep one control plane",
        )


def _certificates_of_control_planes(inventory: Inventory) -> Iterator[Finding]:
    version = inventory.cluster.kubernetes
    if not known(version) or release(version).certificate_key_in_configuration:
        return
    if len(inventory.control_planes) > 1:
        yield Finding(
            f"kubeadm {version.line} cannot hand certificates to further control planes; 1.15 can",
            path=("control_planes",),
            advice="keep one control plane, or take a newer version",
        )


def _kubernetes_files(inventory: Inventory) -> Iterator[Finding]:
    cluster, files = inventory.cluster, inventory.mirrors.packages.kubernetes
    if not isinstance(files, KubernetesFiles) or files.crictl is not None or not known(cluster.kubernetes):
        return
    row = release(cluster.kubernetes)
    if row.wants_crictl(cluster.runtime):
        yield Finding(
            f"kubeadm {row.line} does not run without crictl",
            path=("mirrors", "packages", "kubernetes"),
            advice="give `crictl` the `url` and `sha256` of an archive of kubernetes-sigs/cri-tools",
        )


def _hosts_lines(inventory: Inventory) -> Iterator[Finding]:
    addresses = {path[1]: str(address) for path, address in _host_addresses(inventory)}
    for index, line in enumerate(inventory.cluster.hosts_lines):
        address, *names = line.split()
        for name in names:
            if addresses.get(name, address) != address:
                yield Finding(
                    f"{name} is a host of this inventory, and its address is {addresses[name]}",
                    path=("cluster", "hosts_lines", index),
                    advice="remove the name here: all hosts of the inventory know each other anyway",
                )


def _kubelet_patches(inventory: Inventory) -> Iterator[Finding]:
    version = inventory.cluster.kubernetes
    if not known(version) or release(version).patches_kubelet:
        return
    for path, host in _hosts(inventory):
        with suppress(Unread):
            if host.kubelet:
                what = f"kubeadm {version.line} gives all kubelets one configuration; 1.25 can patch one"
                yield Finding(what, path=(*path, "kubelet"), advice="use cluster.kubelet")


def _names(inventory: Inventory) -> Iterator[Finding]:
    for path, _ in _hosts(inventory):
        name = path[1]
        if len(name) > 63 or not _NODE_NAME.fullmatch(name):
            yield Finding(
                f"`{name}` cannot be a node's name",
                path=path,
                advice="a node's name is at most 63 lower-case letters, digits, `-` and `.`",
            )
        if name == "operator":
            yield Finding("`operator` is the machine that runs nodewright", path=path)


def _addresses(inventory: Inventory) -> Iterator[Finding]:
    first: dict[IPv4Address, str] = {}
    for path, address in _host_addresses(inventory):
        name = path[1]
        other = first.setdefault(address, name)
        if other != name:
            yield Finding(
                f"{name} has the address of {other}, {address}",
                path=(*path, "address"),
                advice=f"give {name} an address of its own",
            )


def _pods_and_services(inventory: Inventory) -> Iterator[Finding]:
    pods, services = inventory.cluster.pod_cidr, inventory.cluster.service_cidr
    if pods.overlaps(services):
        yield Finding(
            f"{services} overlaps {pods}, the addresses of pods (cluster.pod_cidr)",
            path=("cluster", "service_cidr"),
            advice="choose networks apart from each other and from your own",
        )


def _size_of_services(inventory: Inventory) -> Iterator[Finding]:
    length = inventory.cluster.service_cidr.prefixlen
    if not 12 <= length <= 28:
        what = f"/{length}: kubeadm takes a network of services from /12 to /28"
        yield Finding(what, path=("cluster", "service_cidr"))


def _hosts_in_networks(inventory: Inventory) -> Iterator[Finding]:
    for setting, network in _networks(inventory):
        inside = [(path, address) for path, address in _host_addresses(inventory) if address in network]
        for path, address in inside:
            yield Finding(
                f"{address} lies within {network} (cluster.{setting})",
                path=(*path, "address"),
                advice=f"choose another cluster.{setting}",
            )
        near = [one for one in _host_addresses(inventory) if network.subnet_of(_neighbours(one[1]))]
        if near and not inside:
            path, address = near[0]
            yield Finding(
                f"{network} lies among the addresses of the hosts, beside {address} of {path[1]}",
                path=("cluster", setting),
                advice="choose a network that nothing else of yours is in, such as "
                f"{type(inventory.cluster).model_fields[setting].get_default(call_default_factory=True)}",
            )


def _pods_of_hosts(inventory: Inventory) -> Iterator[Finding]:
    pods = inventory.cluster.pod_cidr
    if "controllerManager" in inventory.cluster.cluster_configuration:
        return
    spare, count = _PODS_OF_A_NODE - pods.prefixlen, len(_hosts(inventory))
    nodes = 2**spare if spare >= 0 else 0
    if nodes < count:
        hosts = "1 host" if count == 1 else f"{count} hosts"
        what = f"{pods} has a /{_PODS_OF_A_NODE} for {nodes} nodes; the inventory has {hosts}"
        advice = "take a wider network, such as 10.244.0.0/16"
        yield Finding(what, path=("cluster", "pod_cidr"), advice=advice)


def _pool_and_networks(inventory: Inventory) -> Iterator[Finding]:
    for path, part in _pool(inventory):
        for setting, network in _networks(inventory):
            if part.overlaps(network):
                yield Finding(f"{part} overlaps {network} (cluster.{setting})", path=path)


def _pool_and_hosts(inventory: Inventory) -> Iterator[Finding]:
    for path, part in _pool(inventory):
        for host, address in _host_addresses(inventory):
            if address in part:
                yield Finding(f"{part} holds {address}, the address of {host[1]}", path=path)


def _pool_and_endpoint(inventory: Inventory) -> Iterator[Finding]:
    endpoint = inventory.cluster.api_endpoint
    with suppress(ValueError):
        address = IPv4Address(endpoint.host if endpoint else "")
        for path, part in _pool(inventory):
            if address in part:
                yield Finding(f"{part} holds {address}, the address of cluster.api_endpoint", path=path)


def _pool_twice(inventory: Inventory) -> Iterator[Finding]:
    for (_, one), (path, other) in combinations(_pool(inventory), 2):
        if one.first <= other.last and other.first <= one.last:
            yield Finding(f"{other} overlaps {one}", path=path)


def _overrides(inventory: Inventory) -> Iterator[Finding]:
    if known(inventory.cluster.kubernetes):
        yield from override_findings(inventory.cluster, _hosts(inventory))
        yield from need_findings(inventory.cluster, _hosts(inventory))


def _smoke(inventory: Inventory) -> Iterator[Finding]:
    source = inventory.smoke.source
    if source not in {"operator", *(path[1] for path, _ in _hosts(inventory))}:
        advice = "write `operator`, or the name of a host of this inventory"
        yield Finding(f"there is no host {source}", path=("smoke", "from"), advice=advice)


_CHECKS: tuple[Callable[[Inventory], Iterator[Finding]], ...] = (
    _later_releases,
    _version,
    _kubernetes_packages,
    _cri_dockerd,
    _containerd,
    _number_of_control_planes,
    _endpoint_of_control_planes,
    _certificates_of_control_planes,
    _kubernetes_files,
    _kubelet_patches,
    _names,
    _addresses,
    _hosts_lines,
    _pods_and_services,
    _size_of_services,
    _hosts_in_networks,
    _pods_of_hosts,
    _pool_and_networks,
    _pool_and_hosts,
    _pool_and_endpoint,
    _pool_twice,
    _overrides,
    _smoke,
)


def _hosts(inventory: Inventory) -> list[tuple[tuple[str, str], HostSettings]]:
    """Returns all hosts, each with its path; the path ends with the host's name."""
    groups = {"control_planes": inventory.control_planes, "workers": inventory.workers}
    return [((group, name), host) for group, hosts in groups.items() for name, host in hosts.items()]


def _host_addresses(inventory: Inventory) -> Iterator[tuple[tuple[str, str], IPv4Address]]:
    """Yields the hosts' addresses that could be read, each with its host's path."""
    for path, host in _hosts(inventory):
        with suppress(Unread):
            yield path, IPv4Address(host.address)


def _networks(inventory: Inventory) -> Iterator[tuple[str, IPv4Network]]:
    """Yields the cluster's own networks that could be read, each with its setting's name."""
    for setting in ("pod_cidr", "service_cidr"):
        with suppress(Unread):
            yield setting, getattr(inventory.cluster, setting)


def _neighbours(address: IPv4Address) -> IPv4Network:
    """Returns the network that an address is probably in; preflight asks the host itself."""
    return IPv4Network((address, 24), strict=False)


def _pool(inventory: Inventory) -> list[tuple[Path, AddressRange]]:
    """Returns MetalLB's ranges of addresses, each with its path."""
    pool = inventory.cluster.metallb.addresses if inventory.cluster.metallb else ()
    return [(("cluster", "metallb", "addresses", index), part) for index, part in enumerate(pool)]
