"""Finds files of an earlier installation that take precedence over ours, and says what to do about them.

Most findings are only warnings on a host that is a node already: see `error_before_it_joins`.
"""

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
    """Yields an error for each file with flags for the kubelet, which override its configuration."""
    for found in ctx.mine[EARLIER].flags:
        flags = [flag for flag in found.flags.split() if flag.partition("=")[0] not in HARMLESS_FLAGS]
        if flags:
            yield from error_before_it_joins(
                ctx,
                f"{found.file} gives the kubelet flags that go over its configuration: {' '.join(flags)}",
                advice="write what you want of them into cluster.kubelet, and take them out of that file",
            )


def kubelet_units(ctx: HostContext) -> Findings:
    """Yields an error for each unit and drop-in that starts the kubelet in another way than its package's."""
    for file in ctx.mine[EARLIER].units:
        yield from error_before_it_joins(
            ctx,
            f"{file} starts the kubelet in its own way, and belongs to no package",
            advice=f"take it away: rm {file}; systemctl daemon-reload",
        )


def programs(ctx: HostContext) -> Findings:
    """Yields an error for programs that PATH finds before those of the packages."""
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
    """Yields an error for files of another pod network.

    The runtime takes the first file by name, and any of them while flannel's does not exist.
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
    """Yields an error for each enabled repository that is gone, since the package manager stops at it."""
    for found in ctx.mine[EARLIER].repositories:
        if found.enabled and (why := dead_repository(found)):
            yield PreflightError(
                f"{found.file} asks a repository that is gone, at which every installation stops: {why}",
                host=ctx.host.name,
                advice=f"take it away, or switch [{found.section}] off in it (enabled=0): rm {found.file}",
            )


def hosts_file(ctx: HostContext) -> Findings:
    """Yields an error for each line of /etc/hosts that gives a host of the inventory another address.

    The first line with a name counts. A host's own name may lead to itself, as Vagrant and installers write it.
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
    """Yields an error where etcd's folder is not empty, since kubeadm wants it empty."""
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
