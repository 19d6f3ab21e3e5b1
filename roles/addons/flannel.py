"""Puts flannel, the pod network, into the cluster and waits until it runs."""

from __future__ import annotations

from collections.abc import Iterator

from kube.paths import ADMIN_KUBECONFIG, CONTAINER_LOGS, FLANNEL, KUBELET_CREDENTIALS
from kube.versions.addons import flannel_namespace
from nodewright.resources import wait_until
from nodewright.script.shell import sh
from nodewright.script.step import Step, role
from roles import NodeContext
from roles.parts.cluster_objects import cluster_objects
from roles.parts.pods import hopeless_pods

#: flanneld writes this file once it has its share of the pod network; its CNI plugin reads it.
_SUBNET = f"{FLANNEL}/subnet.env"


@role
def flannel(ctx: NodeContext) -> Iterator[Step]:
    """Yields the steps that put flannel's objects into the cluster."""
    yield from cluster_objects(ctx, "flannel", ctx.settings.addons.flannel)


@role
def pod_network(ctx: NodeContext) -> Iterator[Step]:
    """Yields the step that waits until flannel runs on this node.

    A node is Ready before flannel has written its subnet. A pod that starts in between fails its first sandbox
    and is tried again only after many seconds. So whatever starts pods here waits for this step.
    """
    kubeconfig = ADMIN_KUBECONFIG if ctx.settings.control_plane else KUBELET_CREDENTIALS
    namespace = flannel_namespace(ctx.settings.cluster.kubernetes)
    kubectl = f"kubectl --kubeconfig={kubeconfig} --namespace={namespace} --request-timeout=10s"
    mine = f"--selector=app=flannel --field-selector=spec.nodeName={ctx.host.name}"
    yield wait_until(
        "flannel runs here",
        f"[ -s {_SUBNET} ]",
        deadline=180,
        every=0.2,
        hopeless=hopeless_pods(kubectl, mine),
        # This only adds evidence; the wait itself says what is missing. It reads the log as a file, since a
        # kubelet may not ask the API for logs.
        explain=sh(
            """
            set +e
            @kubectl get pods @mine --output=wide
            tail -n 20 @logs
            """,
            kubectl=kubectl,
            mine=mine,
            logs=f"{CONTAINER_LOGS}/kube-flannel-*_{namespace}_*.log",
        ),
    )
