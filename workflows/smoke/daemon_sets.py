"""Checks the DaemonSets that must run on every node.

A page that arrives does not show this: it may come through the routes of a flannel that is gone.
"""

from __future__ import annotations

import json
from dataclasses import dataclass

from kube.objects.published import FLANNEL_DAEMON_SET, METALLB_NAMESPACE, METALLB_SPEAKER
from roles.parts.kubeadm import KUBECTL
from roles.parts.pods import hopeless_pods
from workflows.smoke.look import Look, broken, until, warnings

_PODS = (
    r'{range .items[*]}{.metadata.name}{"\t"}{.spec.nodeName}{"\t"}{.metadata.deletionTimestamp}{"\t"}'
    r'{.status.conditions[?(@.type=="Ready")].status}{"\t"}'
    r'{range .status.containerStatuses[*]}{.state.running.startedAt}{","}{end}{"\n"}{end}'
)


@dataclass(frozen=True)
class DaemonSet:
    """Names a DaemonSet of the cluster.

    Args:
        does: what it is for.
        probed: its pods count once they are Ready; if false, once their containers run.
    """

    namespace: str
    name: str
    does: str
    probed: bool = True


KUBE_PROXY = DaemonSet("kube-system", "kube-proxy", "the addresses of services")
#: A speaker answers ten seconds and more before its first probe. The page that is fetched shows that it answers.
SPEAKER = DaemonSet(
    METALLB_NAMESPACE, METALLB_SPEAKER, "the announcement of load-balancer addresses", probed=False
)


def node_services_run(look: Look) -> None:
    """Waits until flannel and kube-proxy run on every node."""
    for one in (DaemonSet(look.flannel, FLANNEL_DAEMON_SET, "the pod network"), KUBE_PROXY):
        _runs_on_every_node(look, one)


def speakers_run(look: Look) -> None:
    """Waits until MetalLB's speaker runs on every node, where the cluster has one."""
    if look.load_balancer:
        _runs_on_every_node(look, SPEAKER)


def _runs_on_every_node(look: Look, one: DaemonSet) -> None:
    """Waits for a DaemonSet's pods on the nodes that the test looks at; pods of other nodes are not waited for.

    Raises:
        VerificationFailed: the DaemonSet is not in the cluster, wants no pod, or one of its pods does not come up.
    """
    found = look.kubectl(
        "--namespace", one.namespace, "get", "daemonset", one.name, "--ignore-not-found", "--output=json"
    )
    if not found:
        raise broken(
            f"DaemonSet {one.namespace}/{one.name} is not in the cluster: {one.does} has nobody who sees to it",
            advice="invoke provision puts it back",
        )
    labels = json.loads(found)["spec"]["selector"]["matchLabels"]
    selector = "--selector=" + ",".join(f"{key}={value}" for key, value in labels.items())
    missing: list[str] = []

    def complete() -> bool:
        missing[:] = _missing(look, one, selector)
        return not missing

    hopeless = hopeless_pods(f"{KUBECTL} --namespace {one.namespace}", selector)
    why = until(look, complete, max(look.patience, look.back_off), hopeless)
    if why is not None:
        raise broken(
            f"{one.namespace}/{one.name}, {one.does}: {'; '.join(missing)}",
            why,
            look.kubectl.look("--namespace", one.namespace, "get", "pods", selector, "--output=wide"),
            warnings(look, one.namespace),
            advice=f"look at its pods: kubectl --namespace {one.namespace} describe pods {selector}",
        )


def _missing(look: Look, one: DaemonSet, selector: str) -> list[str]:
    """Returns what is missing, in words; empty when all pods of the DaemonSet run."""
    status = look.kubectl(
        "--namespace", one.namespace, "get", "daemonset", one.name,
        "--output=jsonpath={.metadata.generation} {.status.observedGeneration} {.status.desiredNumberScheduled}",
    )  # fmt: skip
    generation, observed, wanted = (*status.split(), "", "")[:3]
    if generation != observed:
        return ["its controller has not seen its last change"]
    pods = look.kubectl("--namespace", one.namespace, "get", "pods", selector, f"--output=jsonpath={_PODS}")
    rows = [line.split("\t") for line in pods.splitlines()]
    alive = [
        (node, ready == "True" if one.probed else _run(starts))
        for _, node, going, ready, starts in rows
        if not going
    ]
    down = sorted({node for node, up in alive if node in look.addresses and not up})
    missing = [f"does not run on {', '.join(down)}"] if down else []
    if wanted in {"", "0"} or len(alive) < int(wanted):
        missing.append(f"{len(alive)} pods, and {wanted or 'an unknown number'} wanted")
    return missing


def _run(starts: str) -> bool:
    """Returns whether all containers of a pod run.

    `starts` has the instant at which each was started, empty for a container that does not run.
    """
    return bool(starts) and all(starts.removesuffix(",").split(","))
