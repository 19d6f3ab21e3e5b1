"""Writes the inventory's package repositories with their keys, and the package manager's proxy."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from kube.checks.earlier import dead_repository, not_excluded
from kube.facts.earlier import EARLIER, OtherRepository
from kube.paths import DNF, YUM
from kube.settings.models import Repository
from kube.versions.releases import release
from kube.versions.repositories import docker_folder
from nodewright.facts import OPERATING_SYSTEM, PACKAGE_MANAGER
from nodewright.paths import REPOSITORIES
from nodewright.resources import command, ini_key, repository, restored
from nodewright.resources.packages import Manager
from nodewright.script.shell import script
from nodewright.script.step import Step, role
from roles import NodeContext
from roles.software.centos_vault import centos_vault

#: Our repositories have these names; their ids and files begin with `nodewright-`.
LABELS = KUBERNETES, DOCKER, CRI_DOCKERD = "kubernetes", "docker", "cri-dockerd"
#: Only our own steps update these: an ordinary `dnf update` would break the version skew between kubelet and API
#: server.
KUBERNETES_PACKAGES = ("cri-tools", "kubeadm", "kubectl", "kubelet", "kubernetes-cni")
#: Only our own steps update these too, since their update restarts every container of the node.
RUNTIME_PACKAGES = ("containerd.io", "cri-dockerd", "docker-ce", "docker-ce-cli")


@role
def repositories(ctx: NodeContext) -> Iterator[Step]:
    """Yields the steps that write the repositories.

    pkgs.k8s.io has one repository per minor, so its URL changes with every minor upgrade.
    """
    yield from _proxy(ctx)
    yield from centos_vault(ctx)
    sources = ctx.settings.mirrors.packages
    if isinstance(sources.kubernetes, Repository):
        yield _repository(ctx, KUBERNETES, sources.kubernetes, KUBERNETES_PACKAGES)
    yield _repository(ctx, DOCKER, sources.docker, RUNTIME_PACKAGES)
    if isinstance(sources.cri_dockerd, Repository):
        yield _repository(ctx, CRI_DOCKERD, sources.cri_dockerd, RUNTIME_PACKAGES)
    for name, source in sources.others.items():
        yield _repository(ctx, f"of-site-{name}", source, ())
    yield no_other_repositories([f"nodewright-of-site-{name}.repo" for name in sources.others])
    yield from _others(ctx)


def manager(ctx: NodeContext) -> Manager:
    """Returns the host's package manager; facts decide, not the distribution's name."""
    found = ctx.mine[PACKAGE_MANAGER]
    if found.name != "dnf":
        return "yum"
    return "dnf5" if found.program.endswith("/dnf5") else "dnf"


def _repository(ctx: NodeContext, label: str, source: Repository, exclude: tuple[str, ...]) -> Step:
    return repository(
        f"nodewright-{label}",
        title=f"{label} (nodewright)",
        base_urls=[_filled(ctx, source.url)],
        keys=[_filled(ctx, key) for key in source.key],
        exclude=exclude,
    )


def no_other_repositories(wanted: Sequence[str]) -> Step:
    """Returns the step that removes the site's repositories, except these files."""
    kept = " ".join(f"! -name {name}" for name in wanted)
    found = f'find {REPOSITORIES} -name "nodewright-of-site-*.repo" {kept}'.rstrip()
    return command(
        "no other repositories of the site",
        f"{found} -delete",
        check=script(f"if [ -d {REPOSITORIES} ]; then", f'  [ -z "$({found})" ]', "fi"),
        show=found,
    )


def _filled(ctx: NodeContext, url: str) -> str:
    """Returns a URL with its placeholders replaced."""
    cluster = ctx.settings.cluster
    docker = ""
    if cluster.runtime == "docker":
        docker = cluster.package_versions.docker or release(cluster.kubernetes).docker or ""
    system = docker_folder(
        ctx.mine[OPERATING_SYSTEM], docker=docker, containerd=cluster.package_versions.containerd or ""
    )
    return url.replace("{minor}", cluster.kubernetes.line).replace("{system}", system)


def _others(ctx: NodeContext) -> Iterator[Step]:
    """Yields the steps that make repositories of an earlier installation exclude the packages that we manage."""
    for found in ctx.mine[EARLIER].repositories:
        packages = () if dead_repository(found) or not found.enabled else _offered(found)
        missing = not_excluded(found, packages)
        if missing:
            value = " ".join([*found.excluded.replace(",", " ").split(), *missing])
            name = f"[{found.section}] of {found.file} keeps its packages from moving"
            yield ini_key(found.file, found.exclude, value, section=found.section, name=name)


def _offered(found: OtherRepository) -> tuple[str, ...]:
    """Returns which of our packages a repository offers, judged by its name and URLs."""
    place = f"{found.section} {found.urls}".lower()
    kubernetes = "kubernetes" in place or "k8s" in place
    return (
        *(KUBERNETES_PACKAGES if kubernetes else ()),
        *(RUNTIME_PACKAGES if "docker" in place else ()),
    )


def _proxy(ctx: NodeContext) -> Iterator[Step]:
    proxy = ctx.settings.cluster.proxy
    path = YUM if manager(ctx) == "yum" else DNF
    if proxy is None:
        yield restored(path, name="no proxy of ours for the package manager")
        return
    yield ini_key(path, "proxy", proxy.http, section="main", name="proxy of the package manager")
