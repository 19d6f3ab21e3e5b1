"""Checks whether a host is large enough: memory, processors, and room where much will be written."""

from __future__ import annotations

from kube.checks.room import rooms
from kube.facts.membership import Standing
from nodewright.errors import PreflightError
from nodewright.facts import CPUS, MEMORY, SPACE, Space, holding
from workflows.preflight.finding import Findings, HostContext, standing

#: kubeadm wants 1700 MB on a control plane: its preflight check Mem.
_CONTROL_PLANE_MEMORY = 1700 * 1024 * 1024
#: kubeadm wants two processors on a control plane: its preflight check NumCPU.
_CONTROL_PLANE_CPUS = 2


def memory(ctx: HostContext) -> Findings:
    """Yields an error for a control plane with less memory than kubeadm wants."""
    total = ctx.mine[MEMORY].total
    ignored = "Mem" in ctx.settings.cluster.ignore_preflight_errors
    if ctx.settings.control_plane and 0 < total < _CONTROL_PLANE_MEMORY and not ignored:
        yield PreflightError(
            f"{total // 1024**2} MiB of memory are too little for a control plane: kubeadm wants 1700 MB",
            host=ctx.host.name,
            advice="give it more, or ignore kubeadm's check by its name, Mem, in cluster.ignore_preflight_errors",
        )


def cpus(ctx: HostContext) -> Findings:
    """Yields an error for a control plane with fewer processors than kubeadm wants."""
    count = ctx.mine[CPUS]
    ignored = "NumCPU" in ctx.settings.cluster.ignore_preflight_errors
    if ctx.settings.control_plane and 0 < count < _CONTROL_PLANE_CPUS and not ignored:
        yield PreflightError(
            f"{count} CPU is too little for a control plane: kubeadm wants {_CONTROL_PLANE_CPUS}",
            host=ctx.host.name,
            advice="give it more, or ignore kubeadm's check by its name, NumCPU, in cluster.ignore_preflight_errors",
        )


def disk_space(ctx: HostContext) -> Findings:
    """Yields an error for each file system that would be too full once the host is a node."""
    if standing(ctx) not in {Standing.BARE, Standing.BEGUN}:
        return
    wanted: dict[Space, list[str]] = {}
    written: dict[Space, int] = {}
    kept: dict[Space, float] = {}
    for room in rooms(ctx.settings):
        space = holding(ctx.mine[SPACE], room.path)
        if space is not None:
            wanted.setdefault(space, []).append(f"{room.path}: {_size(room.written)}, {room.what}")
            written[space] = written.get(space, 0) + room.written
            kept[space] = max(kept.get(space, 0.0), room.kept)
    for space, lines in wanted.items():
        reserve = int(space.total * kept[space])
        if space.free >= written[space] + reserve:
            continue
        because = f" and {kept[space]:.0%} have to stay free for the kubelet" if reserve else ""
        yield PreflightError(
            f"{space.point} has {_size(space.free)} free of {_size(space.total)}; "
            f"{_size(written[space])} will be written there{because}",
            host=ctx.host.name,
            output="\n".join(lines),
            advice="make room there; `evictionHard` in cluster.kubelet says how much the kubelet keeps free, "
            "and cluster.runtime_folder where images and containers lie",
        )


def _size(count: int) -> str:
    """Returns a number of bytes in MiB or GiB."""
    if count < 1024**3:
        return f"{count // 1024**2} MiB"
    return f"{count / 1024**3:.1f} GiB"
