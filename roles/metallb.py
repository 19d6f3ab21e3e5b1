"""Addresses for services of type LoadBalancer."""

from __future__ import annotations

from collections.abc import Iterator

from kube.manifests import METALLB_CONTROLLER, METALLB_NAMESPACE, METALLB_SPEAKER
from nodewright.role import role
from nodewright.step import Step
from roles import NodeContext
from roles.cluster_objects import cluster_objects
from roles.rollouts import rolled_out


@role
def metallb(ctx: NodeContext) -> Iterator[Step]:
    """Applied; its controller tolerates no control plane's taint and starts with the first worker."""
    if ctx.settings.addons.metallb is not None:
        yield from cluster_objects("metallb", ctx.settings.addons.metallb)


@role
def metallb_pools(ctx: NodeContext) -> Iterator[Step]:
    """The pool and its announcement, once the controller's webhook answers: until then every apply is refused."""
    if ctx.settings.addons.pool is not None:
        yield rolled_out("MetalLB's controller runs", METALLB_NAMESPACE, f"deployment/{METALLB_CONTROLLER}")
        yield from cluster_objects("metallb-pool", ctx.settings.addons.pool, patience=120)


@role
def metallb_speakers(ctx: NodeContext) -> Iterator[Step]:
    """A speaker runs on every node, to answer for addresses."""
    if ctx.settings.addons.metallb is not None:
        yield rolled_out("MetalLB's speakers run", METALLB_NAMESPACE, f"daemonset/{METALLB_SPEAKER}")
