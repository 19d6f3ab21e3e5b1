"""Checks whether a host can run a version of Kubernetes, before kubelet or pods fail on it."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from ipaddress import IPv4Network

from kube.facts.host import Resolver
from kube.settings.models import Cluster, Mirrors
from kube.versions.cri_dockerd import MACHINES
from kube.versions.releases import docker_build_problem, docker_knows_cgroup_v2, release
from kube.versions.repositories import SELINUX_REPOSITORIES
from nodewright.facts import OperatingSystem
from nodewright.inventory import Finding

#: Names kubeadm's own check of kernel and cgroups; who ignores that check ignores ours too.
_SYSTEM_VERIFICATION = "SystemVerification"


def kernel_findings(cluster: Cluster, kernel: str) -> Iterator[Finding]:
    """Yields a finding where kubeadm refuses a kernel.

    Args:
        kernel: what `uname -r` prints; one that tells no version passes.
    """
    row = release(cluster.kubernetes)
    numbers = _numbers(kernel)
    if numbers is None or _SYSTEM_VERIFICATION in cluster.ignore_preflight_errors:
        return
    floor, ceiling = row.kernel_floor, row.kernel_ceiling
    if numbers < floor:
        yield Finding(
            f"kernel {kernel} is too old: Kubernetes {cluster.kubernetes.line} wants {floor[0]}.{floor[1]} or newer",
            path=("cluster", "kubernetes"),
            advice="install a newer kernel, or take an older Kubernetes",
        )
    elif ceiling is not None and numbers[0] >= ceiling:
        yield Finding(
            f"kernel {kernel} is too new: kubeadm {cluster.kubernetes.line} knows none from {ceiling}.0 on",
            path=("cluster", "kubernetes"),
            advice=f"take a newer Kubernetes, or write {_SYSTEM_VERIFICATION} into cluster.ignore_preflight_errors",
        )


def kernel_warnings(cluster: Cluster, kernel: str) -> Iterator[Finding]:
    """Yields a finding where kubeadm warns of a kernel; `kernel` is as for `kernel_findings`."""
    advised = release(cluster.kubernetes).kernel_advised
    numbers = _numbers(kernel)
    if numbers is not None and advised is not None and numbers < advised:
        yield Finding(
            f"kernel {kernel} is older than Kubernetes {cluster.kubernetes.line} is tested with: "
            f"{advised[0]}.{advised[1]} or newer",
            path=("cluster", "kubernetes"),
            advice="install a newer kernel when you can",
        )


def proxy_findings(cluster: Cluster, kernel: str) -> Iterator[Finding]:
    """Yields a finding where a kernel is too old for kube-proxy's mode: pkg/util/kernel/constants.go of 1.31."""
    numbers = re.match(r"(\d+)\.(\d+)", kernel)
    if (
        cluster.kube_proxy.get("mode") == "nftables"
        and numbers
        and (int(numbers[1]), int(numbers[2])) < (5, 13)
    ):
        yield Finding(
            f"kernel {kernel} is too old for kube-proxy's mode nftables, which wants 5.13 or newer",
            path=("cluster", "kube_proxy", "mode"),
            advice="take iptables, or install a newer kernel",
        )


def cgroup_findings(cluster: Cluster, cgroup: int) -> Iterator[Finding]:
    """Yields a finding where the version of cgroups does not fit; 0 stands for an unknown version."""
    if cgroup == 1:
        yield from _cgroup_1(cluster)
    elif cgroup == 2:
        yield from _cgroup_2(cluster)


def _cgroup_1(cluster: Cluster) -> Iterator[Finding]:
    if release(cluster.kubernetes).refuses_cgroup_v1 and cluster.kubelet.get("failCgroupV1") is not False:
        yield Finding(
            f"the host has cgroups of version 1, with which the kubelet of {cluster.kubernetes.line} does not start",
            path=("cluster", "kubelet"),
            advice="boot it with systemd.unified_cgroup_hierarchy=1, or say `failCgroupV1: false` in cluster.kubelet",
        )


def _cgroup_2(cluster: Cluster) -> Iterator[Finding]:
    boot = "boot the host with systemd.unified_cgroup_hierarchy=0"
    if not release(cluster.kubernetes).knows_cgroup_v2:
        yield Finding(
            f"the host has cgroups of version 2, which the kubelet of {cluster.kubernetes.line} does not know",
            path=("cluster", "kubernetes"),
            advice=f"{boot}, or take Kubernetes 1.19 or newer",
        )
    docker = _docker(cluster)
    if docker and not docker_knows_cgroup_v2(docker):
        yield Finding(
            f"the host has cgroups of version 2, which Docker {docker} does not know",
            path=("cluster", "package_versions", "docker"),
            advice=f"{boot}, or take Docker 20.10 or newer",
        )


def build_findings(cluster: Cluster, mirrors: Mirrors, major: int) -> Iterator[Finding]:
    """Yields a finding where Docker's public repository lacks a package for an Enterprise Linux; mirrors may have it.

    Args:
        major: 8 for EL 8.
    """
    docker = _docker(cluster)
    if docker and mirrors.packages.docker.url.startswith("https://download.docker.com/"):
        problem = docker_build_problem(docker, major)
        if problem:
            yield Finding(
                problem,
                path=("cluster", "package_versions", "docker"),
                advice="pin a Docker that there is, take another Enterprise Linux, or name a mirror that has it",
            )


def _docker(cluster: Cluster) -> str:
    """Returns the version of Docker that will be installed; empty where it is not known before."""
    if cluster.runtime != "docker":
        return ""
    return cluster.package_versions.docker or release(cluster.kubernetes).docker or ""


def _numbers(kernel: str) -> tuple[int, int] | None:
    found = re.match(r"(\d+)\.(\d+)", kernel)
    return (int(found[1]), int(found[2])) if found else None


def machine_findings(cluster: Cluster, mirrors: Mirrors, machine: str) -> Iterator[Finding]:
    """Yields a finding where no cri-dockerd is published for a processor; `machine` is what `uname -m` prints."""
    needs_archive = cluster.runtime == "docker" and not release(cluster.kubernetes).dockershim
    if needs_archive and mirrors.packages.cri_dockerd is None and machine not in MACHINES:
        yield Finding(
            f"the host's processor is {machine or 'unknown'}; cri-dockerd is published for {' and '.join(MACHINES)}",
            path=("cluster", "runtime"),
            advice="name a build of your own in mirrors.packages.cri_dockerd, or take `runtime: containerd`",
        )


def resolver_findings(cluster: Cluster, resolver: Resolver) -> Iterator[Finding]:
    """Yields a finding where CoreDNS would ask no name server, or itself, and stop.

    Sources: coredns#5764; coredns.io, plugin loop; docs.docker.com, "DNS services".
    """
    servers = cluster.resolver.nameservers if cluster.resolver else resolver.for_pods
    if "resolvConf" in cluster.kubelet:
        return
    if not servers:
        yield Finding(
            "the host has no name server: CoreDNS ends without one, and Docker gives pods 8.8.8.8 without a word",
            path=("cluster", "kubelet"),
            advice="name one in the host's /etc/resolv.conf (nmcli connection modify NAME ipv4.dns ADDRESS), "
            "or a file with one as `resolvConf` in cluster.kubelet",
        )
    elif all(server.startswith("127.") or server == "::1" for server in servers):
        yield Finding(
            f"the host asks itself for names ({', '.join(servers)}); a pod that does the same asks nobody",
            path=("cluster", "kubelet"),
            advice="name a file with the true name servers as `resolvConf` in cluster.kubelet",
        )


def repository_findings(
    system: OperatingSystem, repositories: tuple[str, ...], packages: Mapping[str, str]
) -> Iterator[Finding]:
    """Yields a finding where a repository of the distribution is missing; none once container-selinux is installed.

    Args:
        repositories: ids of the enabled repositories.
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
    """Yields a finding for each network of the cluster that overlaps one of the hosts' own.

    Packets for the hosts' network would not leave a host any more.

    Args:
        cluster: the cluster's settings.
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
    """Yields a finding for each doubtful range of MetalLB's pool.

    MetalLB announces addresses by ARP, so they are found only within the nodes' networks.

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
