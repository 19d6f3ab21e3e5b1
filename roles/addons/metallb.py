"""Puts MetalLB into the cluster, which gives addresses to services of type LoadBalancer."""

from __future__ import annotations

from collections.abc import Iterator

from kube.objects.published import METALLB_NAMESPACE
from nodewright.script.step import Step, role
from roles import NodeContext
from roles.parts.cluster_objects import cluster_objects
from roles.parts.kubeadm import KUBECTL
from roles.parts.pods import hopeless_pods


@role
def metallb_pools(ctx: NodeContext) -> Iterator[Step]:
    """Yields the steps that put the pool and its announcement into the cluster, before MetalLB itself.

    Once MetalLB's webhook is registered, the API admits no pool until the controller is ready, some 20 s after it
    starts. The inventory has validated the pool. A changed pool meets a webhook that answers.
    """
    addons = ctx.settings.addons
    if addons.definitions is not None and addons.pool is not None:
        yield from cluster_objects(ctx, "metallb-definitions", addons.definitions)
        # The controller may be on a host of this run that restarts its runtime just now, and may crash meanwhile.
        # The kubelet starts it again after five minutes at the latest.
        controller = hopeless_pods(
            f"{KUBECTL} --namespace {METALLB_NAMESPACE}", "--selector component=controller"
        )
        yield from cluster_objects(ctx, "metallb-pool", addons.pool, patience=420, hopeless=controller)


@role
def metallb(ctx: NodeContext) -> Iterator[Step]:
    """Yields the steps that put MetalLB into the cluster.

    Its controller does not tolerate the taint of control planes, so it runs on the first worker.
    """
    if ctx.settings.addons.metallb is not None:
        yield from cluster_objects(ctx, "metallb", ctx.settings.addons.metallb)
