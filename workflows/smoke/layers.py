"""Tests the cluster layer by layer, in the order in which a person would debug."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from typing import Any

from nodewright.errors import NotProven, StepFailed
from roles.parts.kubeadm import KUBECTL
from roles.parts.pods import hopeless_pods, refused_pods
from workflows.smoke.daemon_sets import node_services_run, speakers_run
from workflows.smoke.fetch import fetch_until_nginx, link_neighbour
from workflows.smoke.look import (
    Look,
    bracketed,
    broken,
    condition,
    in_pod,
    nginx_pods,
    sick_system_pods,
    until,
    warnings,
    where,
)

Layer = Callable[[Look], None]


def nodes_are_ready(look: Look) -> None:
    """Waits until the API says that every node that joined is Ready."""
    missing: list[str] = []

    def ready() -> bool:
        nodes = look.kubectl.get("nodes")["items"]
        states = {node["metadata"]["name"]: condition(node, "Ready") for node in nodes}
        missing[:] = [name for name in look.addresses if states.get(name) != "True"]
        return not missing

    if (why := until(look, ready, look.patience)) is not None:
        raise broken(
            f"not Ready: {', '.join(missing)}",
            why,
            look.kubectl.look("get", "nodes", "--output=wide"),
            *(look.kubectl.look("describe", "node", name) for name in missing[:1]),
            advice="look at the kubelet there: journalctl -u kubelet",
        )


def pods_run_on_different_nodes(look: Look) -> None:
    """Waits until the nginx pods are Ready, no two on one node."""
    wanted = min(2, len(look.addresses))
    kubectl = f"{KUBECTL} --namespace {look.namespace}"
    why = until(
        look,
        lambda: len(nginx_pods(look)) >= wanted,
        look.patience,
        refused_pods(kubectl),
        hopeless_pods(kubectl, "--selector app=nginx", new=True),
    )
    if why is not None:
        raise broken(
            f"{wanted} nginx pods on different nodes did not become Ready",
            why,
            look.kubectl.look("--namespace", look.namespace, "get", "pods", "--output=wide"),
            warnings(look, look.namespace),
            sick_system_pods(look),
            advice="the events say which: image not pulled, pod network not up, or no node that fits",
        )


def cluster_dns_answers(look: Look) -> None:
    """Waits until a pod resolves a service's name through CoreDNS."""
    # The name is the whole one: for a shorter one the resolver may ask name servers outside the cluster, too.
    name = f"kubernetes.default.svc.{look.domain}."
    asked = ["a pod"]

    def resolved() -> bool:
        # Pods are listed each time: one whose node restarts its runtime gets another address, or does not return.
        for pod in nginx_pods(look)[:1]:
            asked[:] = [f"pod {where(pod)}"]
            return bool(in_pod(look, pod, "getent", "hosts", name))
        return False

    if (why := until(look, resolved, min(look.patience, 60))) is not None:
        raise broken(
            f"{asked[0]} cannot resolve {name}",
            why,
            look.kubectl.look(
                "--namespace=kube-system", "get", "pods", "--selector=k8s-app=kube-dns", "--output=wide"
            ),
            warnings(look, "kube-system"),
            advice="if the CoreDNS pods run, the pod network between the two nodes or kube-proxy is at fault",
        )


def pods_reach_each_other(look: Look) -> None:
    """Waits until each nginx pod fetches the page of the pod on the other node."""
    wanted = min(2, len(look.addresses))
    failed = ["the nginx pods are not Ready any more"]

    def reached() -> bool:
        pods = nginx_pods(look)
        for here in pods:
            for there in pods:
                if here is not there and not _fetches(look, here, there):
                    failed[:] = [f"pod {where(here)} cannot fetch a page from pod {where(there)}"]
                    return False
        return len(pods) >= wanted

    if (why := until(look, reached, min(look.patience, 60))) is not None:
        raise broken(
            failed[0],
            why,
            look.kubectl.look("--namespace", look.flannel, "get", "pods", "--output=wide"),
            advice="flannel's port between the nodes (vxlan: 8472/udp), or a firewall",
        )


def _fetches(look: Look, here: Mapping[str, Any], there: Mapping[str, Any]) -> bool:
    url = f"http://{bracketed(there['status']['podIP'])}/"
    return "Welcome to nginx" in in_pod(look, here, "curl", "--silent", "--max-time", "3", url)


def node_port_answers_on_every_node(look: Look) -> None:
    """Fetches the page through the NodePort at every node's address."""
    service = look.kubectl.get("--namespace", look.namespace, "service", "nginx-nodeport")
    port = int(service["spec"]["ports"][0]["nodePort"])
    deadline = time.monotonic() + min(look.patience, 60)
    refused = {
        name: answer
        for name, address in look.addresses.items()
        if (answer := _fetch(look, address, port, deadline)) is not None
    }
    if not refused:
        look.operator.progress(f"page fetched through port {port} of {', '.join(look.addresses)}")
        return
    details = [f"{name}: http://{look.addresses[name]}:{port}/: {why}" for name, why in refused.items()]
    if look.source is None and len(refused) == len(look.addresses) and _answers_from_a_node(look, port):
        raise NotProven(
            "the NodePort answers on the node itself, but this machine cannot reach any node's address",
            output="\n".join(details),
            advice="set smoke.from to a host that can, or run from a machine in the nodes' network",
        )
    raise broken(
        f"the NodePort gives no page on {', '.join(refused)}",
        *details,
        look.kubectl.look("--namespace", look.namespace, "get", "service,endpoints", "--output=wide"),
        look.kubectl.look(
            "--namespace=kube-system", "get", "pods", "--selector=k8s-app=kube-proxy", "--output=wide"
        ),
        advice="kube-proxy on that node, or a firewall between here and there",
    )


def load_balancer_answers(look: Look) -> None:
    """Fetches the page from a load-balancer address, and says which node answers for it."""
    if not look.load_balancer:
        return
    address = _assigned_address(look)
    why = _fetch(look, address, 80, time.monotonic() + min(look.patience, 60))
    announcer = _announcer(look, address)
    if why is None:
        told = f", announced by {announcer}" if announcer else ""
        look.operator.progress(f"page fetched from load-balancer address {address}{told}")
        return
    evidence = (
        f"http://{address}/: {why}",
        look.kubectl.look("--namespace", look.namespace, "describe", "service", "nginx-load-balancer"),
        look.kubectl.look("--namespace=metallb-system", "get", "pods", "--output=wide"),
    )
    if (
        look.source is None
        and announcer is None
        and link_neighbour(next(iter(look.addresses.values()))) is None
    ):
        raise NotProven(
            f"{address} is announced, but this machine is not on the nodes' network and gets no page",
            output="\n".join(evidence),
            advice="set smoke.from to a host on the nodes' network",
        )
    raise broken(
        f"no page from load-balancer address {address}",
        *evidence,
        advice="which MAC answers for it (arping), and whether MetalLB's speaker runs on that node",
    )


#: Lists the layers in order; each needs those before it.
LAYERS: tuple[tuple[str, Layer], ...] = (
    ("nodes Ready", nodes_are_ready),
    ("flannel and kube-proxy on every node", node_services_run),
    ("nginx pods on different nodes", pods_run_on_different_nodes),
    ("cluster DNS", cluster_dns_answers),
    ("pod to pod across nodes", pods_reach_each_other),
    ("NodePort on every node", node_port_answers_on_every_node),
    ("load-balancer address", load_balancer_answers),
    ("MetalLB's speaker on every node", speakers_run),
)


def _assigned_address(look: Look) -> str:
    address: list[str] = []

    def assigned() -> bool:
        service = look.kubectl.get("--namespace", look.namespace, "service", "nginx-load-balancer")
        given = service.get("status", {}).get("loadBalancer", {}).get("ingress") or []
        address[:] = [entry["ip"] for entry in given if "ip" in entry]
        return bool(address)

    if (why := until(look, assigned, max(look.patience, look.back_off))) is not None:
        raise broken(
            "the service of type LoadBalancer got no address",
            why,
            look.kubectl.look("--namespace", look.namespace, "describe", "service", "nginx-load-balancer"),
            look.kubectl.look("--namespace=metallb-system", "get", "pods,ipaddresspools", "--output=wide"),
            warnings(look, "metallb-system"),
            advice="MetalLB's controller runs on a worker and hands out addresses of its IPAddressPool",
        )
    return address[0]


def _announcer(look: Look, address: str) -> str | None:
    """Returns the node that answers ARP for the address: by its MAC on this link, else by MetalLB's events."""
    if look.source is None and (mac := link_neighbour(address)):
        return next(
            (f"{name} ({mac})" for name, macs in look.macs.items() if mac in macs),
            f"an unknown machine ({mac})",
        )
    events = look.kubectl.get(
        "--namespace", look.namespace, "events", "--field-selector=reason=nodeAssigned"
    )["items"]
    said = [event["message"] for event in events if "announcing" in event.get("message", "")]
    return said[-1].removeprefix("announcing from node ").split('"')[1] if said and '"' in said[-1] else None


def _fetch(look: Look, address: str, port: int, deadline: float) -> str | None:
    """Fetches from the operator or from `look.source`; returns None when nginx's page came, else the reason."""
    if look.source is None:
        answer = fetch_until_nginx(address, port, deadline=deadline)
        return None if answer.is_nginx else answer.text[:200]
    seconds = max(1, int(deadline - time.monotonic()))
    try:
        look.operator.ask(
            look.source,
            f"end=$(( $(date +%s) + {seconds} ))\n"
            f"until curl --silent --max-time 3 http://{bracketed(address)}:{port}/ |\n"
            "  grep -q 'Welcome to nginx'\n"
            'do\n  [ "$(date +%s)" -lt "$end" ]\n  sleep 0.2\ndone',
            timeout=seconds + 30,
        )
    except StepFailed as error:
        return f"asked from {look.source}: {error.output or 'no page'}"
    return None


def _answers_from_a_node(look: Look, port: int) -> bool:
    inside = next(iter(look.addresses.values()))
    command = f"curl --silent --max-time 5 http://{bracketed(inside)}:{port}/"
    try:
        return "Welcome to nginx" in look.operator.ask(look.kubectl.host, command)
    except StepFailed:
        return False
