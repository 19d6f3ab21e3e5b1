"""The kubelet is there and starts at boot; kubeadm gives it its configuration and starts it."""

from __future__ import annotations

from collections.abc import Iterator

from kube.facts.membership import MEMBERSHIP, Standing
from kube.kubeadm.configuration import kubelet_patch
from kube.paths import KUBELET_PATCH
from nodewright.resources import absent, command, enabled, file
from nodewright.script.shell import script
from nodewright.script.step import Step, role
from roles import NodeContext
from roles.parts.kubelet import kubelet_comes_up
from roles.parts.proxy import proxy_of


@role
def kubelet(ctx: NodeContext) -> Iterator[Step]:
    """Until kubeadm has run it is only enabled: it ends at once for want of a configuration, and is started again."""
    yield from proxy_of("kubelet.service", ctx)
    patch = kubelet_patch(ctx.settings.host)
    if patch:
        yield file(KUBELET_PATCH, patch, name="this node's own kubelet settings")
    else:
        yield absent(KUBELET_PATCH, name="no kubelet settings of this node's own")
    yield enabled("kubelet", name="kubelet starts at boot")
    if ctx.mine[MEMBERSHIP].standing(ctx.settings.cluster.name) is Standing.MEMBER:
        yield command(
            "kubelet runs",
            script("systemctl start kubelet", kubelet_comes_up(ctx.settings)),
            check="systemctl is-active --quiet kubelet",
        )
