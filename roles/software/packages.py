"""Installs all packages of a node in one transaction, with one metadata refresh and one dependency resolution."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from kube.paths import PACKAGES
from kube.settings.models import KubernetesFiles, PackageFile, Repository
from kube.versions.releases import DockerPackages, docker_packages, kubernetes_cni_package, release
from nodewright.resources import Package, command, download, packages
from nodewright.resources.packages import install
from nodewright.script.shell import script, sh
from nodewright.script.step import Step, role
from roles import NodeContext
from roles.parts.proxy import through_proxy
from roles.software.cri_dockerd import cri_dockerd_program, uses_cri_dockerd
from roles.software.kubernetes_files import PROGRAMS, kubernetes_files
from roles.software.repositories import manager

#: kubelet, kube-proxy and kubeadm's preflight call these. tc has been in iproute-tc since EL 8.
TOOLS = (
    *("chrony", "conntrack-tools", "container-selinux", "curl", "ebtables", "ethtool", "ipset", "iproute-tc"),
    *("iptables", "socat"),
)
CRI_DOCKERD_FILE = f"{PACKAGES}/cri-dockerd.rpm"


@role
def software(ctx: NodeContext) -> Iterator[Step]:
    """Yields the steps that install Kubernetes at the inventory's version, the runtime, and the tools they call."""
    cluster = ctx.settings.cluster
    version = str(cluster.kubernetes)
    wanted = [*_kubernetes(ctx), *_runtime(ctx)]
    wanted += [Package(tool) for tool in TOOLS if tool != "iproute-tc" or manager(ctx) != "yum"]
    wanted += [Package(name) for name in cluster.packages if name not in {one.name for one in wanted}]
    everything = packages(
        wanted, manager=manager(ctx), name=f"Kubernetes {version}, {cluster.runtime} and tools"
    )
    yield through_proxy(everything, ctx)
    yield from kubernetes_files(ctx)
    source = ctx.settings.mirrors.packages.cri_dockerd
    if uses_cri_dockerd(ctx) and isinstance(source, PackageFile) and not source.archive:
        yield from _cri_dockerd(ctx, source)
    yield from cri_dockerd_program(ctx)


def of_wanted_packages(step: Step, ctx: NodeContext) -> Step:
    """Returns a runtime's service step, which is also due while its packages are not those that the inventory pins.

    In an apply the packages are installed before the service is checked. In a plan they are not, and the plan says
    that the service will restart.
    """
    pinned = [package for package in _runtime(ctx) if package.version]
    if not pinned:
        return step
    return replace(step, check=script(packages(pinned, manager=manager(ctx)).check, step.check))


def docker_version(ctx: NodeContext) -> DockerPackages:
    """Returns the Docker that the inventory pins, or the newest that this Kubernetes was validated with."""
    cluster = ctx.settings.cluster
    return docker_packages(cluster.package_versions.docker or release(cluster.kubernetes).docker or "")


def _kubernetes(ctx: NodeContext) -> Iterator[Package]:
    if isinstance(ctx.settings.mirrors.packages.kubernetes, KubernetesFiles):
        return
    version = ctx.settings.cluster.kubernetes
    for name in PROGRAMS:
        yield Package(name, str(version))
    if cni := kubernetes_cni_package(version):
        yield Package("kubernetes-cni", cni)


def _runtime(ctx: NodeContext) -> Iterator[Package]:
    cluster = ctx.settings.cluster
    versions = cluster.package_versions
    if cluster.runtime == "containerd":
        yield Package("containerd.io", versions.containerd or "")
        return
    docker = docker_version(ctx)
    yield Package("docker-ce", docker.version)
    if docker.whole:
        return
    yield Package("docker-ce-cli", docker.version)
    if versions.containerd:
        yield Package("containerd.io", versions.containerd)
    if uses_cri_dockerd(ctx) and isinstance(ctx.settings.mirrors.packages.cri_dockerd, Repository):
        yield Package("cri-dockerd", versions.cri_dockerd or "")


def _cri_dockerd(ctx: NodeContext, source: PackageFile) -> Iterator[Step]:
    fetched = f"cri-dockerd from {source.url}"
    yield through_proxy(download(source.url, CRI_DOCKERD_FILE, sha256=source.sha256, name=fetched), ctx)
    yield through_proxy(
        command(
            "package cri-dockerd",
            install(manager(ctx), [CRI_DOCKERD_FILE]),
            check=sh(
                """
                wanted=$(rpm -qp --nosignature @file)
                installed=$(rpm -q cri-dockerd)
                [ "$installed" = "$wanted" ]
                """,
                file=CRI_DOCKERD_FILE,
            ),
            after=(fetched,),
            timeout=900,
        ),
        ctx,
    )
