"""Holds what every layer of the smoke test gets, and the small helpers that layers share."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from nodewright.errors import StepFailed, VerificationFailed
from nodewright.workflow.stages import Operator
from workflows.kubectl import Kubectl

#: Seconds between two checks whether waiting is in vain.
_DOUBT_EVERY = 2.0


@dataclass(frozen=True, kw_only=True)
class Look:
    """Holds what every layer gets.

    Args:
        operator: carries commands to hosts and lines to the reporters.
        kubectl: on a control plane that answers.
        namespace: where nginx runs; each smoke test has its own, so that it need not wait for the end of another's.
        addresses: the nodes that the test expects: name → address.
        domain: the cluster's own DNS domain.
        flannel: the namespace of the pod network.
        load_balancer: whether the cluster has load-balancer addresses.
        source: a host to fetch from; None fetches from the operator's own machine.
        macs: a node's name → the MAC addresses of its interfaces, lower case.
        patience: seconds that one layer may take.
        back_off: seconds within which a kubelet surely starts a crashed container again; its pause is five minutes.
    """

    operator: Operator
    kubectl: Kubectl
    namespace: str
    addresses: Mapping[str, str]
    domain: str
    flannel: str
    load_balancer: bool
    source: str | None
    macs: Mapping[str, frozenset[str]]
    patience: float = 180.0
    back_off: float = 330.0


def nginx_pods(look: Look) -> Sequence[Mapping[str, Any]]:
    pods = look.kubectl.get("--namespace", look.namespace, "pods", "--selector=app=nginx")["items"]
    return [pod for pod in pods if condition(pod, "Ready") == "True"]


def in_pod(look: Look, pod: Mapping[str, Any], *command: str) -> str:
    """Returns what a command in a pod printed; empty when it failed."""
    try:
        return look.kubectl("--namespace", look.namespace, "exec", pod["metadata"]["name"], "--", *command)
    except StepFailed:
        return ""


def where(pod: Mapping[str, Any]) -> str:
    return f"{pod['metadata']['name']} on {pod['spec'].get('nodeName', 'no node')}"


def condition(thing: Mapping[str, Any], kind: str) -> str:
    conditions = thing.get("status", {}).get("conditions") or []
    return next((str(entry["status"]) for entry in conditions if entry["type"] == kind), "Unknown")


def warnings(look: Look, namespace: str) -> str:
    return look.kubectl.look(
        "--namespace", namespace, "get", "events", "--field-selector=type=Warning", "--sort-by=.lastTimestamp"
    )


def sick_system_pods(look: Look) -> str:
    return look.kubectl.look(
        "get", "pods", "--all-namespaces", "--field-selector=status.phase!=Running,status.phase!=Succeeded"
    )


def bracketed(address: str) -> str:
    return f"[{address}]" if ":" in address else address


def until(look: Look, done: Callable[[], bool], patience: float, *hopeless: str) -> str | None:
    """Calls `done` until it returns true, waiting is in vain, or `patience` seconds have passed.

    A call that fails counts as false, since the API may be away for a moment. Ctrl-C interrupts between two calls.

    Args:
        hopeless: commands for a control plane; when one of these texts succeeds, waiting is in vain, and its
            output is the reason.

    Returns:
        None when `done` returned true, else the reason: the output of a text of `hopeless`, or, when the time has
        passed, the error of the last call, empty if it did not fail.
    """
    now = time.monotonic()
    deadline, next_doubt = now + patience, now + _DOUBT_EVERY
    while True:
        said = ""
        try:
            if done():
                return None
        except StepFailed as error:
            said = str(error)
        now = time.monotonic()
        if now >= next_doubt:
            next_doubt = now + _DOUBT_EVERY
            for text in hopeless:
                if reason := _answer(look, text):
                    return reason
        if now >= deadline:
            return said
        look.operator.pause(0.2)


def _answer(look: Look, script: str) -> str:
    """Returns what the commands printed on the control plane; empty when they failed."""
    try:
        return look.operator.ask(look.kubectl.host, script)
    except StepFailed:
        return ""


def broken(what: str, *evidence: str, advice: str) -> VerificationFailed:
    return VerificationFailed(what, output="\n".join(filter(None, evidence)), advice=advice)
