"""Where packages come from: the inventory's repositories with their keys, and a proxy before them."""

from __future__ import annotations

from collections.abc import Iterator

from kube.settings.models import Repository
from nodewright.facts import PACKAGE_MANAGER
from nodewright.resources import ini_key, keeping_before, repository, restored
from nodewright.resources.packages import Manager
from nodewright.script.step import Step, role
from roles import NodeContext
from roles.software.centos_vault import centos_vault

#: Only a step of ours moves these: an ordinary `dnf update` would break the skew between kubelet and API server.
KUBERNETES_PACKAGES = ("cri-tools", "kubeadm", "kubectl", "kubelet", "kubernetes-cni")
#: And these, whose update restarts every container of the node.
RUNTIME_PACKAGES = ("containerd.io", "cri-dockerd", "docker-ce", "docker-ce-cli")


@role
def repositories(ctx: NodeContext) -> Iterator[Step]:
    """pkgs.k8s.io has one repository per minor, so its URL changes with every minor upgrade."""
    yield from _proxy(ctx)
    yield from centos_vault(ctx)
    minor = ctx.settings.cluster.kubernetes.line
    sources = ctx.settings.mirrors.packages
    yield _repository("kubernetes", sources.kubernetes, minor, KUBERNETES_PACKAGES)
    yield _repository("docker", sources.docker, minor, RUNTIME_PACKAGES)
    if isinstance(sources.cri_dockerd, Repository):
        yield _repository("cri-dockerd", sources.cri_dockerd, minor, RUNTIME_PACKAGES)


def manager(ctx: NodeContext) -> Manager:
    """The host's package manager; facts decide, not the distribution's name."""
    return "dnf" if ctx.mine[PACKAGE_MANAGER].name == "dnf" else "yum"


def _repository(label: str, source: Repository, minor: str, exclude: tuple[str, ...]) -> Step:
    return repository(
        f"nodewright-{label}",
        title=f"{label} (nodewright)",
        base_urls=[source.url.replace("{minor}", minor)],
        keys=[source.key.replace("{minor}", minor)],
        exclude=exclude,
    )


def _proxy(ctx: NodeContext) -> Iterator[Step]:
    proxy = ctx.settings.cluster.proxy
    path = "/etc/dnf/dnf.conf" if manager(ctx) == "dnf" else "/etc/yum.conf"
    if proxy is None:
        yield restored(path, name="no proxy of ours for the package manager")
        return
    ours = ini_key(path, "proxy", proxy.http, section="main", name="proxy of the package manager")
    yield keeping_before(ours, path)
