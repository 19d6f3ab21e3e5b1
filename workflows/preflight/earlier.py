"""What an earlier installation left that goes before ours: the file, and what to do about it."""

from __future__ import annotations

from collections.abc import Iterator

from kube.checks.earlier import HARMLESS_FLAGS, dead_repository
from kube.facts.earlier import EARLIER
from kube.facts.membership import Standing
from nodewright.errors import PreflightError
from nodewright.inventory import Finding
from workflows.preflight.finding import Findings, HostContext, error_before_it_joins, standing

_FLANNEL = "/etc/cni/net.d/10-flannel.conflist"


def kubelet_flags(ctx: HostContext) -> Findings:
    """Yields files with flags for the kubelet, which go over its configuration."""
    for found in ctx.mine[EARLIER].flags:
        flags = [flag for flag in found.flags.split() if flag.partition("=")[0] not in HARMLESS_FLAGS]
        if flags:
            yield from error_before_it_joins(
                ctx,
                f"{found.file} gives the kubelet flags that go over its configuration: {' '.join(flags)}",
                advice="write what you want of them into cluster.kubelet, and take them out of that file",
            )


def kubelet_units(ctx: HostContext) -> Findings:
    """Yields units and drop-ins that start the kubelet in another way than its package's."""
    for file in ctx.mine[EARLIER].units:
        yield from error_before_it_joins(
            ctx,
            f"{file} starts the kubelet in its own way, and belongs to no package",
            advice=f"take it away: rm {file}; systemctl daemon-reload",
        )


def programs(ctx: HostContext) -> Findings:
    """Yields programs that are found before those of the packages."""
    found = ctx.mine[EARLIER].programs
    if found:
        yield from error_before_it_joins(
            ctx,
            f"{', '.join(found)} would be called instead of what the packages bring",
            advice=f"take them away: rm {' '.join(found)}",
        )


def containers_folder(ctx: HostContext) -> Iterator[Finding]:
    """Yields a finding where the runtime keeps its data elsewhere than the inventory says."""
    earlier, cluster = ctx.mine[EARLIER], ctx.settings.cluster
    found = earlier.docker_folder if cluster.runtime == "docker" else earlier.containerd_folder
    if found and found != ctx.settings.runtime_folder:
        yield Finding(
            f"{cluster.runtime} of this host keeps its images and containers in {found}, "
            f"and would lose sight of them in {ctx.settings.runtime_folder}",
            path=("cluster", "runtime_folder"),
            advice=f"write `runtime_folder: {found}`, or move what is needed and remove the folder and its setting",
        )


def cni_files(ctx: HostContext) -> Findings:
    """Yields another network's files.

    The runtime takes the first by name, and until flannel's is there any of them.
    """
    others = [file for file in ctx.mine[EARLIER].networks if file != _FLANNEL]
    if standing(ctx) is Standing.MEMBER:
        others = [file for file in others if file < _FLANNEL]
    if others:
        yield from error_before_it_joins(
            ctx,
            f"{', '.join(others)}: another network's, which pods would get instead of flannel's",
            advice="remove what brought it, or move it away: " + "; ".join(f"mv {f} {f}.off" for f in others),
        )


def repositories(ctx: HostContext) -> Findings:
    """Yields repositories that are gone and still asked: the package manager stops at them."""
    for found in ctx.mine[EARLIER].repositories:
        if found.enabled and (why := dead_repository(found)):
            yield PreflightError(
                f"{found.file} asks a repository that is gone, at which every installation stops: {why}",
                host=ctx.host.name,
                advice=f"take it away, or switch [{found.section}] off in it (enabled=0): rm {found.file}",
            )


def hosts_file(ctx: HostContext) -> Findings:
    """Yields lines of /etc/hosts that give a host of the inventory another address; the first line counts.

    A host's own name may lead to itself, as Vagrant and installers write it.
    """
    for line in ctx.mine[EARLIER].hosts:
        for name in line.names:
            known = ctx.hosts.get(name)
            if known is None or line.address == known.address:
                continue
            if name == ctx.host.name and (line.address.startswith("127.") or line.address == "::1"):
                continue
            yield from error_before_it_joins(
                ctx,
                f"/etc/hosts gives {name} the address {line.address}, and the inventory {known.address}",
                advice="take that line out, or correct it",
            )


def etcd_folder(ctx: HostContext) -> Findings:
    """Yields an error for what lies in etcd's folder, which kubeadm wants empty."""
    found = ctx.mine[EARLIER].etcd
    check = "DirAvailable--var-lib-etcd"
    ignored = check in ctx.settings.cluster.ignore_preflight_errors
    if not ctx.settings.control_plane or standing(ctx) is not Standing.BARE or not found or ignored:
        return
    yield PreflightError(
        f"/var/lib/etcd is not empty, and kubeadm wants it empty: {', '.join(found)}",
        host=ctx.host.name,
        advice=f"remove what is there: rm -rf {' '.join(found)}; where it is a file system's own lost+found, "
        f"write {check} into cluster.ignore_preflight_errors",
    )
