"""Finds hosts of somebody else's cluster, and hosts that joined ours as something else than the inventory says."""

from __future__ import annotations

from kube.facts.membership import CONTROL_PLANE, MEMBERSHIP, WORKER, Standing
from nodewright.errors import PreflightError
from nodewright.inventory import Finding
from workflows.preflight.finding import Contexts, Findings, HostContext, Source, error_at, standing

#: These commands remove other distributions of Kubernetes, by the documentation of k3s, RKE2, k0s and MicroK8s.
_REMOVED_BY = {
    "/var/lib/rancher": "k3s-uninstall.sh, k3s-agent-uninstall.sh or rke2-uninstall.sh",
    "/var/lib/k0s": "k0s stop, then k0s reset",
    "/var/snap/microk8s": "snap remove microk8s --purge",
}


def foreign_nodes(contexts: Contexts) -> Findings:
    """Yields an error for each host that belongs to another cluster, or to one that nodewright did not make."""
    for ctx in contexts.values():
        yield from membership(ctx)


def membership(ctx: HostContext) -> Findings:
    """Yields an error for a host that belongs to another cluster."""
    if standing(ctx) is not Standing.FOREIGN:
        return
    mine = ctx.mine[MEMBERSHIP]
    if mine.cluster:
        what = f"is a node of the cluster {mine.cluster}, not of {ctx.settings.cluster.name}"
    else:
        what = "was made a node by something else than nodewright"
    yield PreflightError(
        f"the host {what}",
        host=ctx.host.name,
        output="\n".join(f"found: {path}" for path in mine.found),
        advice=f"if nothing on it is needed any more, remove it there: {_removal(mine.found)}",
    )


def joined_as(source: Source, contexts: Contexts) -> Findings:
    """Yields an error for each node that joined under another name, in another role, or another cluster."""
    members = {name: ctx for name, ctx in contexts.items() if standing(ctx) is Standing.MEMBER}
    for name, ctx in members.items():
        mine = ctx.mine[MEMBERSHIP]
        group = "control_planes" if ctx.settings.control_plane else "workers"
        if mine.node and mine.node != name:
            what = f"this host is the node {mine.node} of the cluster, and Kubernetes cannot rename a node"
            advice = f"write {mine.node} again; to rename it: reset --limit {name}, then provision"
            yield error_at(source, Finding(what, path=(group, name), advice=advice, of_key=True), host=name)
        if mine.role and mine.role != (CONTROL_PLANE if ctx.settings.control_plane else WORKER):
            what = (
                f"this host is a {mine.role.replace('-', ' ')} of the cluster, and kubeadm cannot change that"
            )
            advice = f"put it back into its group; to change it: reset --limit {name}, then provision"
            yield error_at(source, Finding(what, path=(group, name), advice=advice, of_key=True), host=name)
    yield from _of_another_cluster(source, contexts, members)


def _of_another_cluster(source: Source, contexts: Contexts, members: Contexts) -> Findings:
    """Yields an error for each node whose cluster's CA is not that of the control planes of the inventory."""
    control_planes = [ctx for ctx in contexts.values() if ctx.settings.control_plane]
    if len(control_planes) < len(source.settings.control_planes):
        return  # one that does not answer may be the one that knows them
    of_control_planes = [ctx.mine[MEMBERSHIP].ca_hash for ctx in control_planes if ctx.host.name in members]
    for name, ctx in members.items():
        if ctx.mine[MEMBERSHIP].ca_hash in of_control_planes[:1]:
            continue
        group = "control_planes" if ctx.settings.control_plane else "workers"
        if of_control_planes:
            what = "this host is a node of an earlier cluster of this name: its CA is not that of the control plane"
        else:
            what = "this host is a node of a cluster of this name whose control planes are gone"
        advice = f"to take it into the cluster of now: reset --limit {name}, then provision"
        yield error_at(source, Finding(what, path=(group, name), advice=advice, of_key=True), host=name)


def _removal(found: tuple[str, ...]) -> str:
    """Returns the commands that remove what was found; kubeadm itself leaves etcd's data and what it did not make."""
    others = [command for path, command in _REMOVED_BY.items() if path in found]
    rest = [path for path in found if path not in _REMOVED_BY]
    kubeadm = [f"kubeadm reset --force, then rm -rf {' '.join(rest)}"] if rest or not others else []
    return "; ".join([*others, *kubeadm])
