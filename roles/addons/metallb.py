"""Addresses for services of type LoadBalancer."""

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
    """The pool and its announcement stand in the cluster before MetalLB itself.

    Once MetalLB's webhook is registered nothing is admitted before its controller is ready, some 20 s after it
    starts. The inventory has validated the pool, and a changed one meets a webhook that answers.
    """
    addons = ctx.settings.addons
    if addons.definitions is not None and addons.pool is not None:
        yield from cluster_objects(ctx, "metallb-definitions", addons.definitions)
        # Its controller may be on a host of this run that is just restarting its runtime, and crash meanwhile; a
        # kubelet starts it again after five minutes at the latest.
        controller = hopeless_pods(
            f"{KUBECTL} --namespace {METALLB_NAMESPACE}", "--selector component=controller"
        )
        yield from cluster_objects(ctx, "metallb-pool", addons.pool, patience=420, hopeless=controller)


@role
def metallb(ctx: NodeContext) -> Iterator[Step]:
    """Its controller tolerates no control plane's taint: it runs on the first worker."""
    if ctx.settings.addons.metallb is not None:
        yield from cluster_objects(ctx, "metallb", ctx.settings.addons.metallb)
