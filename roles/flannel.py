"""The pod network."""

from __future__ import annotations

from collections.abc import Iterator

from kube.manifests import FLANNEL_DAEMON_SET, FLANNEL_NAMESPACE
from nodewright.role import role
from nodewright.step import Step
from roles import NodeContext
from roles.cluster_objects import cluster_objects
from roles.rollouts import rolled_out


@role
def flannel(ctx: NodeContext) -> Iterator[Step]:
    """Applied and running on the control plane.

    A node is Ready before flannel has written its subnet: a pod that starts in between fails its first sandbox
    and is tried again only after many seconds. So what comes next waits for flannel here.
    """
    yield from cluster_objects("flannel", ctx.settings.addons.flannel)
    yield rolled_out("flannel runs", FLANNEL_NAMESPACE, f"daemonset/{FLANNEL_DAEMON_SET}")
