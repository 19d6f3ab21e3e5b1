"""Whether a host can carry a version of Kubernetes: what would otherwise show only when kubelet or pods fail."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from ipaddress import IPv4Network

from kube.facts.host import Resolver
from kube.settings.models import Cluster
from kube.versions.releases import release
from kube.versions.repositories import SELINUX_REPOSITORIES
from nodewright.facts import OperatingSystem
from nodewright.inventory import Finding

#: The name of kubeadm's own check of kernel and cgroups; whoever ignores it there, ignores it here.
_SYSTEM_VERIFICATION = "SystemVerification"


def kernel_findings(cluster: Cluster, kernel: str) -> Iterator[Finding]:
    """What is wrong with a kernel.

    Args:
        kernel: as `uname -r`; one that tells no version is let through.
    """
    floor = release(cluster.kubernetes).kernel_floor
    numbers = re.match(r"(\d+)\.(\d+)", kernel)
    if numbers is None or _SYSTEM_VERIFICATION in cluster.ignore_preflight_errors:
        return
    if (int(numbers[1]), int(numbers[2])) < floor:
        yield Finding(
            f"kernel {kernel} is too old: Kubernetes {cluster.kubernetes.line} wants {floor[0]}.{floor[1]} or newer",
            path=("cluster", "kubernetes"),
            advice="install a newer kernel, or take an older Kubernetes",
        )


def cgroup_findings(cluster: Cluster, cgroup: int) -> Iterator[Finding]:
    """What is wrong with the version of cgroups; 0 stands for one that could not be told."""
    if cgroup != 1 or not release(cluster.kubernetes).refuses_cgroup_v1:
        return
    if cluster.kubelet.get("failCgroupV1") is not False:
        yield Finding(
            f"the host has cgroups of version 1, with which the kubelet of {cluster.kubernetes.line} does not start",
            path=("cluster", "kubelet"),
            advice="boot it with systemd.unified_cgroup_hierarchy=1, or say `failCgroupV1: false` in cluster.kubelet",
        )


def resolver_findings(cluster: Cluster, resolver: Resolver) -> Iterator[Finding]:
    """What is wrong with the name servers: CoreDNS would ask itself and stop (coredns.io, plugin loop)."""
    servers = resolver.for_pods
    if "resolvConf" in cluster.kubelet or not servers:
        return
    if all(server.startswith("127.") or server == "::1" for server in servers):
        yield Finding(
            f"the host asks itself for names ({', '.join(servers)}); a pod that does the same asks nobody",
            path=("cluster", "kubelet"),
            advice="name a file with the true name servers as `resolvConf` in cluster.kubelet",
        )


def repository_findings(
    system: OperatingSystem, repositories: tuple[str, ...], packages: Mapping[str, str]
) -> Iterator[Finding]:
    """Yields what is wrong with the distribution's own repositories; nothing once container-selinux is installed.

    Args:
        repositories: ids of those that are enabled.
        packages: versions of installed packages by their names.
    """
    if "container-selinux" in packages:
        return
    theirs = [name for name in repositories if not name.startswith("nodewright-")]
    if not theirs and system.id == "rhel":
        yield Finding(
            "the host has no package repository that is enabled: it is not registered with Red Hat",
            advice="register it (subscription-manager register), or give it a repository in /etc/yum.repos.d",
        )
        return
    part, name = SELINUX_REPOSITORIES.get((system.id, system.major), ("", ""))
    if name and not any(part in one for one in theirs):
        command = "subscription-manager repos" if system.id == "rhel" else "yum-config-manager"
        yield Finding(
            f"container-selinux, which the runtime requires, is in the repository {name}, and that is not enabled",
            advice=f"{command} --enable {name}",
        )


def network_findings(cluster: Cluster, networks: Collection[IPv4Network]) -> Iterator[Finding]:
    """Yields which of the cluster's networks are the hosts' own: what is sent there would not leave a host any more.

    Args:
        cluster: its settings.
        networks: those that the nodes' own addresses are in.
    """
    for setting, network in (("pod_cidr", cluster.pod_cidr), ("service_cidr", cluster.service_cidr)):
        for other in sorted(networks):
            if network.overlaps(other):
                yield Finding(
                    f"{network} overlaps {other}, the hosts' own network",
                    path=("cluster", setting),
                    advice="choose a network that nothing else of yours is in",
                )


def pool_findings(cluster: Cluster, networks: Collection[IPv4Network]) -> Iterator[Finding]:
    """What is doubtful about MetalLB's pool: announced by ARP, an address is found within the nodes' networks only.

    Args:
        networks: those that the nodes' own addresses are in.
    """
    pool = cluster.metallb.addresses if cluster.metallb else ()
    for index, part in enumerate(pool):
        if networks and not any(part.first in network and part.last in network for network in networks):
            names = ", ".join(sorted({str(network) for network in networks}))
            yield Finding(
                f"{part} lies outside of the nodes' network {names}, where nobody asks for it by ARP",
                path=("cluster", "metallb", "addresses", index),
                advice="take free addresses of that network, unless your router sends these there",
            )
