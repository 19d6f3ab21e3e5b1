"""Addresses for services of type LoadBalancer."""

from __future__ import annotations

from collections.abc import Iterator

from kube.objects.published import METALLB_NAMESPACE, METALLB_SPEAKER
from nodewright.resources import wait_until
from nodewright.script.shell import script
from nodewright.script.step import Step, role
from roles import NodeContext
from roles.parts.cluster_objects import cluster_objects
from roles.parts.kubeadm import KUBECTL

_KUBECTL = f"{KUBECTL} --namespace {METALLB_NAMESPACE}"
_STARTED = r'{range .items[*]}{.status.containerStatuses[0].state.running.startedAt}{"\n"}{end}'


@role
def metallb_pools(ctx: NodeContext) -> Iterator[Step]:
    """The pool and its announcement stand in the cluster before MetalLB itself.

    Once MetalLB's webhook is registered nothing is admitted before its controller is ready, some 20 s after it
    starts. The inventory has validated the pool, and a changed one meets a webhook that answers.
    """
    addons = ctx.settings.addons
    if addons.definitions is not None and addons.pool is not None:
        yield from cluster_objects(ctx, "metallb-definitions", addons.definitions)
        yield from cluster_objects(ctx, "metallb-pool", addons.pool, patience=120)


@role
def metallb(ctx: NodeContext) -> Iterator[Step]:
    """Its controller tolerates no control plane's taint: it runs on the first worker."""
    if ctx.settings.addons.metallb is not None:
        yield from cluster_objects(ctx, "metallb", ctx.settings.addons.metallb)


@role
def metallb_speakers(ctx: NodeContext) -> Iterator[Step]:
    """A speaker runs on every node, to answer for addresses."""
    if ctx.settings.addons.metallb is None:
        return
    daemon_set = f"{_KUBECTL} get daemonset {METALLB_SPEAKER}"
    speakers = f"{_KUBECTL} get pods --selector component={METALLB_SPEAKER}"
    yield wait_until(
        "MetalLB's speakers run",
        script(
            f"wanted=$({daemon_set} --output 'jsonpath={{.status.desiredNumberScheduled}}')",
            f"{speakers} --output 'jsonpath={_STARTED}' >\"$nw_tmp/speakers\"",
            'running=$(grep -c . "$nw_tmp/speakers")',
            '[ "$running" = "$wanted" ]',
        ),
        deadline=180,
        every=0.5,
        explain=script(
            f"{speakers} --output wide",
            f"{_KUBECTL} get events --field-selector type=Warning --sort-by .lastTimestamp",
        ),
    )
