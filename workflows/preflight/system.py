"""Checks whether the operating system can run a node: its kernel, its file systems, and what is installed."""

from __future__ import annotations

from collections.abc import Iterator

from kube.checks.fitness import (
    build_findings,
    cgroup_findings,
    kernel_findings,
    kernel_warnings,
    machine_findings,
    proxy_findings,
    repository_findings,
)
from kube.facts.host import CGROUP, PACKAGES, UNITS
from kube.facts.repositories import REPOSITORIES
from nodewright.errors import PreflightError, Problem
from nodewright.facts import (
    INIT,
    KERNEL,
    MOUNTS,
    OPERATING_SYSTEM,
    PACKAGE_MANAGER,
    XFS_WITHOUT_TYPES,
    holding,
)
from nodewright.inventory import Finding
from workflows.preflight.finding import (
    Contexts,
    Findings,
    HostContext,
    Source,
    error_before_it_joins,
    warning_at,
)

#: Engines that hold containers of their own.
_ENGINES = frozenset({"containerd.service", "crio.service", "docker.service"})


def system(ctx: HostContext) -> Findings:
    """Yields errors where the system is not an Enterprise Linux with systemd."""
    name = ctx.host.name
    found = ctx.mine[OPERATING_SYSTEM]
    if not ctx.mine[PACKAGE_MANAGER].name:
        yield PreflightError(
            f"{found.name or 'this system'} has neither dnf nor yum",
            host=name,
            advice="nodewright provisions CentOS and other Enterprise Linux machines",
        )
    if ctx.mine[INIT].name != "systemd":
        yield PreflightError(
            f"process 1 is {ctx.mine[INIT].name or 'unknown'}, not systemd",
            host=name,
            advice="kubelet and the runtime are systemd units",
        )


def system_repositories(ctx: HostContext) -> Findings:
    """Yields an error where a repository of the distribution is missing that is needed."""
    mine = ctx.mine
    for finding in repository_findings(mine[OPERATING_SYSTEM], mine[REPOSITORIES], mine[PACKAGES]):
        yield PreflightError(finding.what, host=ctx.host.name, advice=finding.advice)


def kernel(ctx: HostContext) -> Iterator[Finding]:
    """Yields a finding where kubeadm or kube-proxy would refuse the kernel."""
    yield from kernel_findings(ctx.settings.cluster, ctx.mine[KERNEL].release)
    yield from proxy_findings(ctx.settings.cluster, ctx.mine[KERNEL].release)


def processor(ctx: HostContext) -> Iterator[Finding]:
    """Yields a finding for each program that is not published for the host's processor."""
    yield from machine_findings(ctx.settings.cluster, ctx.settings.mirrors, ctx.mine[KERNEL].machine)


def old_kernel(source: Source, contexts: Contexts) -> Findings:
    """Yields a warning for each kernel that kubeadm would warn of."""
    for ctx in contexts.values():
        for finding in kernel_warnings(ctx.settings.cluster, ctx.mine[KERNEL].release):
            yield warning_at(source, finding, host=ctx.host.name)


def cgroups(ctx: HostContext) -> Iterator[Finding]:
    """Yields a finding where the host's version of cgroups does not fit."""
    yield from cgroup_findings(ctx.settings.cluster, ctx.mine[CGROUP])


def file_types(ctx: HostContext) -> Findings:
    """Yields an error where images would lie on an XFS without file types, on which overlay file systems break.

    Source: docs.docker.com, "Use the OverlayFS storage driver".
    """
    folder = ctx.settings.runtime_folder
    mount = holding(ctx.mine[MOUNTS], folder)
    if mount is not None and mount.kind == "xfs" and mount.source in ctx.mine[XFS_WITHOUT_TYPES]:
        yield from error_before_it_joins(
            ctx,
            f"{mount.point}, where {folder} lies, is an XFS without file types (ftype=0): no image unpacks there",
            advice="make it anew (mkfs.xfs -n ftype=1), or name a folder elsewhere as cluster.runtime_folder",
        )


def mount_options(ctx: HostContext) -> Findings:
    """Yields a warning where a file system of containers forbids what programs in images need.

    An overlay obeys the options of what lies below it: kernel.org, "Overlay Filesystem".
    """
    for folder in dict.fromkeys((ctx.settings.runtime_folder, "/var/lib/kubelet")):
        mount = holding(ctx.mine[MOUNTS], folder)
        forbidding = {"noexec", "nosuid"} & set(mount.options) if mount else set()
        if mount and forbidding:
            yield Problem(
                what=f"{mount.point}, where {folder} lies, is mounted {', '.join(sorted(forbidding))}",
                host=ctx.host.name,
                advice="take that out of its options in /etc/fstab, or containers will lack what it forbids",
            )


def other_engines(ctx: HostContext) -> Findings:
    """Yields a warning for each other container engine, which keeps containers, images and rules of its own."""
    ours = {f"{ctx.settings.cluster.runtime}.service", "containerd.service"}
    for name, unit in ctx.mine[UNITS].items():
        runs = unit.active == "active" or unit.enabled == "enabled"
        if name in _ENGINES - ours and runs:
            yield Problem(
                what=f"{name} runs on the host, or starts at boot, beside {ctx.settings.cluster.runtime}",
                host=ctx.host.name,
                advice=f"if nothing needs it any more: systemctl disable --now {name}",
            )


def package_conflicts(ctx: HostContext) -> Findings:
    """Yields an error for installed packages that conflict with those of Docker's repository.

    Sources: containerd-packaging's rpm/containerd.spec and docker-ce-packaging's docker-ce.spec, Conflicts and
    Obsoletes; docker-install#230 and ansible-role-docker#254 on podman of EL 8 (2026-11-25).
    """
    installed = ctx.mine[PACKAGES]
    unwanted: set[str] = set()
    if "containerd.io" not in installed and "runc" in installed:
        needs_it = {"podman", "buildah"} & installed.keys()
        # From EL 9 on crun is enough for them, and runc is replaced.
        if needs_it and (ctx.mine[OPERATING_SYSTEM].major < 9 or "crun" not in installed):
            unwanted |= {"runc", *needs_it}
    if ctx.settings.cluster.runtime == "docker" and "docker-ce" not in installed:
        unwanted |= {"docker", "podman-docker"} & installed.keys()
    if unwanted:
        names = " ".join(sorted(unwanted))
        yield PreflightError(
            f"{names.replace(' ', ', ')} cannot be installed beside the packages of {ctx.settings.cluster.runtime}",
            host=ctx.host.name,
            advice=f"if nothing needs them any more: {ctx.mine[PACKAGE_MANAGER].name or 'dnf'} remove {names}",
        )


def public_builds(ctx: HostContext) -> Iterator[Finding]:
    """Yields a finding for each package that Docker's public repository does not build for this Enterprise Linux."""
    system = ctx.mine[OPERATING_SYSTEM]
    if system.is_el and "docker-ce" not in ctx.mine[PACKAGES]:
        yield from build_findings(ctx.settings.cluster, ctx.settings.mirrors, system.major)
