"""Whether a host belongs to somebody else's cluster: it is never touched then."""

from __future__ import annotations

from kube.facts.membership import MEMBERSHIP, Standing
from nodewright.errors import PreflightError
from workflows.preflight.finding import Contexts, Findings, HostContext, standing

#: How other distributions of Kubernetes are removed: the pages of k3s, RKE2, k0s and MicroK8s on that.
_REMOVED_BY = {
    "/var/lib/rancher": "k3s-uninstall.sh, k3s-agent-uninstall.sh or rke2-uninstall.sh",
    "/var/lib/k0s": "k0s stop, then k0s reset",
    "/var/snap/microk8s": "snap remove microk8s --purge",
}


def foreign_nodes(contexts: Contexts) -> Findings:
    """Yields the hosts that belong to another cluster, or to one that nodewright did not make."""
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


def _removal(found: tuple[str, ...]) -> str:
    """kubeadm itself leaves etcd's data and what it did not make."""
    others = [command for path, command in _REMOVED_BY.items() if path in found]
    rest = [path for path in found if path not in _REMOVED_BY]
    kubeadm = [f"kubeadm reset --force, then rm -rf {' '.join(rest)}"] if rest or not others else []
    return "; ".join([*others, *kubeadm])
