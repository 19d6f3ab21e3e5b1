"""Says what a changed setting does to a running cluster, in one table for checks and for docs."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum

from kube.facts.cluster import LiveCluster, LiveNode
from kube.settings.models import Cluster, HostSettings
from nodewright.inventory import Finding

Hosts = Mapping[str, HostSettings]


class Effect(StrEnum):
    """Says what becomes of a changed setting."""

    ROLLS_OUT = "rolls out"
    """The next run applies it; nothing that serves is interrupted."""
    RESTARTS = "restarts"
    """The next run applies it and restarts something, which the plan says."""
    LATER = "next time"
    """It counts when a host joins, or a command runs, the next time."""
    REFUSED = "refused"
    """The run stops and says why."""


@dataclass(frozen=True)
class Change:
    """Holds a row of the table.

    Args:
        setting: its path; `HOST` stands for any host.
        effect: what becomes of it.
        what: what the change restarts, what is kept, or why it is refused; for people.
    """

    setting: str
    effect: Effect
    what: str


_UPGRADES = "upgrading a cluster comes in a later release"
_NEW_CLUSTER = "every pod, service and certificate carries it: it takes a new cluster"

CHANGES = (
    Change("cluster.name", Effect.REFUSED, "its nodes know it as the cluster they belong to"),
    Change("cluster.kubernetes", Effect.REFUSED, _UPGRADES),
    Change("cluster.runtime", Effect.REFUSED, "moving nodes to another runtime comes in a later release"),
    Change(
        "cluster.runtime_folder", Effect.REFUSED, "the runtime would lose sight of its images and containers"
    ),
    Change("cluster.pod_cidr", Effect.REFUSED, _NEW_CLUSTER),
    Change("cluster.service_cidr", Effect.REFUSED, _NEW_CLUSTER),
    Change("cluster.api_endpoint", Effect.REFUSED, "every kubeconfig and the API's certificate carry it"),
    Change("cluster.certificate_names", Effect.REFUSED, "renewing certificates comes in a later release"),
    Change(
        "cluster.flannel.backend", Effect.RESTARTS, "flannel; pods on different nodes lose touch meanwhile"
    ),
    Change(
        "cluster.flannel.interface", Effect.RESTARTS, "flannel; pods on different nodes lose touch meanwhile"
    ),
    Change("cluster.metallb", Effect.ROLLS_OUT, "a service whose address leaves the pool gets another one"),
    Change("cluster.firewall", Effect.ROLLS_OUT, ""),
    Change("cluster.selinux", Effect.RESTARTS, "the host: to `disabled`, and from it to `enforcing`"),
    Change("cluster.time_servers", Effect.RESTARTS, "chronyd"),
    Change("cluster.sysctls", Effect.ROLLS_OUT, "one that is no longer named keeps its value until a reboot"),
    Change("cluster.packages", Effect.ROLLS_OUT, "one that is no longer named stays installed"),
    Change("cluster.kernel_modules", Effect.ROLLS_OUT, "one that is no longer named stays"),
    Change("cluster.hosts_lines", Effect.ROLLS_OUT, ""),
    Change("cluster.resolver", Effect.RESTARTS, "kubelet on each node; pods that run keep what they had"),
    Change("cluster.proxy", Effect.RESTARTS, "the runtime, with Docker its containers too, and kubelet"),
    Change(
        "cluster.log_rotation",
        Effect.RESTARTS,
        "kubelet; Docker too, with its containers: it counts for new ones",
    ),
    Change("cluster.package_versions", Effect.RESTARTS, "the runtime, with Docker its containers too"),
    Change("cluster.kubelet", Effect.RESTARTS, "kubelet on each node; pods run on"),
    Change("cluster.kube_proxy", Effect.RESTARTS, "kube-proxy on each node; connections go on"),
    Change(
        "cluster.cluster_configuration", Effect.LATER, "when a cluster is made; a running one keeps its own"
    ),
    Change("cluster.ignore_preflight_errors", Effect.LATER, "when a host joins"),
    Change("mirrors.packages", Effect.ROLLS_OUT, "what is installed stays"),
    Change(
        "mirrors.images",
        Effect.RESTARTS,
        "the runtime, with Docker its containers too, flannel, MetalLB; the control plane keeps its images",
    ),
    Change("mirrors.insecure_registries", Effect.RESTARTS, "the runtime, with Docker its containers too"),
    Change(
        "mirrors.logins", Effect.RESTARTS, "containerd; Docker reads them anew, kubelet within five minutes"
    ),
    Change("mirrors.authorities", Effect.RESTARTS, "the runtime, with Docker its containers too"),
    Change("mirrors.manifests", Effect.RESTARTS, "flannel or MetalLB"),
    Change("smoke.from", Effect.LATER, "with the next smoke test"),
    Change("smoke.image", Effect.LATER, "with the next smoke test"),
    Change("ssh", Effect.LATER, "with the next command"),
    Change("HOST.address", Effect.REFUSED, "a node is known by it: reset the host, and let it join again"),
    Change("HOST.ssh", Effect.LATER, "with the next command"),
    Change("HOST.labels", Effect.ROLLS_OUT, "one that is no longer named stays"),
    Change("HOST.taints", Effect.ROLLS_OUT, "pods that do not tolerate a new NoExecute leave"),
    Change("HOST.sysctls", Effect.ROLLS_OUT, "one that is no longer named keeps its value until a reboot"),
    Change("HOST.kubelet", Effect.RESTARTS, "kubelet on that node; pods run on"),
)

_WHY = {change.setting: change.what for change in CHANGES}


def refused(live: LiveCluster, cluster: Cluster, control_planes: Hosts, workers: Hosts) -> Iterator[Finding]:
    """Yields a finding for each change that a running cluster would refuse, at its setting."""
    yield from _version(live, cluster)
    yield from _differs(live.networking("podSubnet"), str(cluster.pod_cidr), "cluster.pod_cidr")
    yield from _differs(live.networking("serviceSubnet"), str(cluster.service_cidr), "cluster.service_cidr")
    endpoint = str(live.configuration.get("controlPlaneEndpoint") or "")
    wanted = str(cluster.api_endpoint) if cluster.api_endpoint else ""
    if live.configuration and endpoint != wanted:
        now = f"is {endpoint}" if endpoint else "has none"
        yield _finding("cluster.api_endpoint", f"the cluster {now}", advice=_write(endpoint))
    yield from _certificate_names(live, cluster)
    for group, hosts in (("control_planes", control_planes), ("workers", workers)):
        for node in live.nodes:
            if node.name in hosts:
                yield from _node(node, cluster, hosts[node.name], path=(group, node.name))


def departed(live: LiveCluster, hosts: Collection[str]) -> tuple[str, ...]:
    """Returns the nodes of the cluster that are not hosts of the inventory any more."""
    return tuple(node.name for node in live.nodes if node.name not in hosts)


def _version(live: LiveCluster, cluster: Cluster) -> Iterator[Finding]:
    running = live.version
    if running is None or running == cluster.kubernetes:
        return
    problem = running.upgrade_problem(cluster.kubernetes) or _UPGRADES
    what = f"the cluster runs {running}: {problem}"
    yield Finding(what, path=("cluster", "kubernetes"), advice=_write(str(running)))


def _certificate_names(live: LiveCluster, cluster: Cluster) -> Iterator[Finding]:
    if not live.configuration:
        return
    api_server = live.configuration.get("apiServer")
    names = (api_server.get("certSANs") if isinstance(api_server, Mapping) else None) or ()
    if set(names) != set(cluster.certificate_names):
        now = f"the API's certificate was made with {', '.join(names) or 'none'}"
        yield _finding("cluster.certificate_names", now, advice=_write(", ".join(names)))


def _node(
    node: LiveNode, cluster: Cluster, host: HostSettings, *, path: tuple[str, str]
) -> Iterator[Finding]:
    if node.runtime in {"docker", "containerd"} and node.runtime != cluster.runtime:
        yield _finding("cluster.runtime", f"{node.name} runs {node.runtime}", advice=_write(node.runtime))
    if node.address not in {host.address, "<none>"}:
        what = f"the node {node.name} has the address {node.address}: {_WHY['HOST.address']}"
        yield Finding(what, path=(*path, "address"), advice=_write(node.address))


def _differs(running: str, wanted: str, setting: str) -> Iterator[Finding]:
    if running and running != wanted:
        yield _finding(setting, f"the cluster has {running}", advice=_write(running))


def _write(running: str) -> str:
    """Returns advice on how to make the inventory say what runs."""
    return f"write {running}" if running else "remove it"


def _finding(setting: str, now: str, *, advice: str) -> Finding:
    return Finding(f"{now}: {_WHY[setting]}", path=tuple(setting.split(".")), advice=advice)


def changes_table() -> str:
    """Returns the table in Markdown, for docs."""
    rows = [f"| `{change.setting}` | {change.effect} | {change.what} |" for change in CHANGES]
    return "\n".join(["| setting | on a running cluster | |", "| --- | --- | --- |", *rows, ""])
