"""Sets labels and taints of nodes from a control plane, since a node may not give itself all of them."""

from __future__ import annotations

import json
from collections.abc import Iterator

from kube.settings.node import NodeSettings
from kube.versions.releases import EXCLUDE_FROM_LOAD_BALANCERS, release
from nodewright.resources import command
from nodewright.script.shell import quote, quote_all, sh
from nodewright.script.step import Step, role
from nodewright.workflow.context import Host
from roles import NodeContext
from roles.parts.kubeadm import KUBECTL

#: With this value `kubectl get node --output` prints a node's taints, one a line.
_TAINTS = r"""'jsonpath={range .spec.taints[*]}{.key}={.value}:{.effect}{"\n"}{end}'"""


@role
def node_marks(ctx: NodeContext) -> Iterator[Step]:
    """Yields the steps that set the inventory's labels and taints, and let a cluster's only host carry everything."""
    for host in ctx.hosts.values():
        if host.settings.host.labels:
            yield _labelled(host)
        if host.settings.host.taints is not None:
            yield _tainted(host)
    if ctx.settings.only_host:
        yield from _only_host(ctx)


def _labelled(host: Host[NodeSettings]) -> Step:
    labels = [f"{key}={value}" for key, value in host.settings.host.labels.items()]
    return command(
        f"labels of {host.name}",
        f"{KUBECTL} label --overwrite node {quote(host.name)} {quote_all(labels)}",
        check=sh(
            """
            found=$(@kubectl get node --output name --selector @selector)
            [ -n "$found" ]
            """,
            kubectl=KUBECTL,
            selector=quote(",".join([f"kubernetes.io/hostname={host.name}", *labels])),
        ),
        show=f"{KUBECTL} get node {quote(host.name)} --show-labels",
    )


def _tainted(host: Host[NodeSettings]) -> Step:
    """Returns the step that gives a node exactly the inventory's taints.

    Its check leaves out the taints that Kubernetes itself sets on a node in trouble.
    """
    taints = host.settings.host.taints or ()
    wanted = sorted(str(taint) for taint in taints)
    node = quote(host.name)
    patch = json.dumps(
        {"spec": {"taints": [{k: v for k, v in vars(taint).items() if v} for taint in taints]}}
    )
    return command(
        f"taints of {host.name}",
        f"{KUBECTL} patch node {node} --type merge --patch {quote(patch)}",
        check=sh(
            r"""
            found=$(@kubectl get node @node --output @taints)
            found=$(sort <<END
            $found
            END
            )
            found=$(sed -e '/^node\.kubernetes\.io\//d' -e '/^$/d' -e 's/=:/:/' <<END
            $found
            END
            )
            [ "$found" = @wanted ]
            """,
            kubectl=KUBECTL,
            node=node,
            taints=_TAINTS,
            wanted=quote("\n".join(wanted)),
        ),
        show=f"{KUBECTL} get node {node} --output 'jsonpath={{.spec.taints}}'",
    )


def _only_host(ctx: NodeContext) -> Iterator[Step]:
    """Yields the step that takes away the label that keeps load balancers from a node.

    MetalLB does not announce from a node with this label, and kubeadm gives it to every control plane.
    """
    node = quote(ctx.host.name)
    if EXCLUDE_FROM_LOAD_BALANCERS not in release(ctx.settings.cluster.kubernetes).control_plane_labels:
        return
    yield command(
        "load balancers may use the only node",
        f"{KUBECTL} label node {node} {EXCLUDE_FROM_LOAD_BALANCERS}-",
        check=sh(
            """
            found=$(@kubectl get node --output name --selector @label)
            [ -z "$found" ]
            """,
            kubectl=KUBECTL,
            label=EXCLUDE_FROM_LOAD_BALANCERS,
        ),
    )
