"""What the hosts say of themselves, looked at together before anything is changed."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from ipaddress import IPv4Interface
from statistics import median

from kube.checks.changes import departed, refused
from kube.checks.fitness import (
    cgroup_findings,
    kernel_findings,
    network_findings,
    pool_findings,
    repository_findings,
    resolver_findings,
)
from kube.facts.cluster import LIVE
from kube.facts.host import CGROUP, PACKAGES, RESOLVER
from kube.facts.membership import MEMBERSHIP, Standing
from kube.facts.repositories import REPOSITORIES
from kube.settings.inventory import Inventory
from kube.settings.node import NodeSettings
from nodewright import inventory
from nodewright.errors import NodewrightError, PreflightError, Problem
from nodewright.facts import (
    CLOCK,
    INIT,
    KERNEL,
    MACHINE,
    MEMORY,
    NETWORK,
    OPERATING_SYSTEM,
    PACKAGE_MANAGER,
)
from nodewright.inventory import Finding
from nodewright.workflow.context import Context
from nodewright.workflow.preflight import Preflight

Contexts = Mapping[str, Context[NodeSettings]]
Findings = Iterator[NodewrightError | Problem]

#: kubeadm wants 1700 MB on a control plane: its preflight check Mem.
_CONTROL_PLANE_MEMORY = 1700 * 1024 * 1024
#: Seconds by which two clocks may differ: etcd's leases and fresh certificates mind more.
_CLOCK_SKEW = 5.0


def preflight(source: inventory.Inventory[Inventory]) -> Preflight:
    """All that stands in the way of provisioning the hosts of an inventory, not only the first thing."""

    def look(contexts: Contexts) -> Sequence[NodewrightError | Problem]:
        findings: list[NodewrightError | Problem] = list(foreign_nodes(contexts))
        for context in contexts.values():
            for one in (_system, _address, _resources):
                findings += one(context)
            for finding in _fitness(context):
                findings.append(_at(source, finding, host=context.host.name))
        findings += _identities(contexts)
        findings += _clocks(contexts)
        findings += _networks(source, contexts)
        findings += _cluster(source, contexts)
        return findings

    return look


def foreign_nodes(contexts: Contexts) -> Findings:
    """Hosts that belong to another cluster, or to one that nodewright did not make: never touched."""
    for ctx in contexts.values():
        yield from _membership(ctx)


def _fitness(ctx: Context[NodeSettings]) -> Iterator[Finding]:
    cluster = ctx.settings.cluster
    yield from kernel_findings(cluster, ctx.mine[KERNEL].release)
    yield from cgroup_findings(cluster, ctx.mine[CGROUP])
    yield from resolver_findings(cluster, ctx.mine[RESOLVER])


def _at(source: inventory.Inventory[Inventory], finding: Finding, host: str | None = None) -> PreflightError:
    """The finding as an error at its line of the inventory."""
    error = PreflightError.of(source.problem(finding))
    error.place(host=host)
    return error


def _system(ctx: Context[NodeSettings]) -> Findings:
    name = ctx.host.name
    system = ctx.mine[OPERATING_SYSTEM]
    if not ctx.mine[PACKAGE_MANAGER].name:
        yield PreflightError(
            f"{system.name or 'this system'} has neither dnf nor yum",
            host=name,
            advice="nodewright provisions CentOS and other Enterprise Linux machines",
        )
    if ctx.mine[INIT].name != "systemd":
        yield PreflightError(
            f"process 1 is {ctx.mine[INIT].name or 'unknown'}, not systemd",
            host=name,
            advice="kubelet and the runtime are systemd units",
        )
    for finding in repository_findings(system, ctx.mine[REPOSITORIES], ctx.mine[PACKAGES]):
        yield PreflightError(finding.what, host=name, advice=finding.advice)


def _membership(ctx: Context[NodeSettings]) -> Findings:
    membership = ctx.mine[MEMBERSHIP]
    cluster = ctx.settings.cluster.name
    if membership.standing(cluster) is not Standing.FOREIGN:
        return
    if membership.cluster:
        what = f"is a node of the cluster {membership.cluster}, not of {cluster}"
    else:
        what = "was made a node by something else than nodewright"
    yield PreflightError(
        f"the host {what}",
        host=ctx.host.name,
        output="\n".join(f"found: {path}" for path in membership.found),
        advice="if nothing on it is needed any more, remove it there: kubeadm reset",
    )


def _address(ctx: Context[NodeSettings]) -> Findings:
    if not ctx.mine[NETWORK].has(ctx.host.address):
        addresses = [
            str(a.ip) for i in ctx.mine[NETWORK].interfaces for a in i.addresses if not a.ip.is_loopback
        ]
        yield PreflightError(
            f"the host has no interface with its address {ctx.host.address}",
            host=ctx.host.name,
            output=f"it has: {', '.join(addresses) or 'none'}",
            advice="`address` in the inventory is the one by which the other nodes reach it; `ssh.host` may differ",
        )


def _resources(ctx: Context[NodeSettings]) -> Findings:
    total = ctx.mine[MEMORY].total
    ignored = "Mem" in ctx.settings.cluster.ignore_preflight_errors
    if ctx.settings.control_plane and 0 < total < _CONTROL_PLANE_MEMORY and not ignored:
        yield PreflightError(
            f"{total // 1024**2} MiB of memory are too little for a control plane: kubeadm wants 1700 MB",
            host=ctx.host.name,
            advice="give it more, or ignore kubeadm's check by its name, Mem, in cluster.ignore_preflight_errors",
        )


def _identities(contexts: Contexts) -> Findings:
    """Cloned machines share what should tell them apart: leases and pods then land on one of them."""
    yield from _shared(contexts, "machine-id", lambda ctx: [ctx.mine[MACHINE].machine_id])
    yield from _shared(contexts, "product_uuid", lambda ctx: [ctx.mine[MACHINE].product_uuid])
    yield from _shared(contexts, "MAC address", _own_macs)


def _own_macs(ctx: Context[NodeSettings]) -> list[str]:
    """Of the interface with the node's address; the cards of Vagrant's NAT are all alike, and harmless."""
    return [
        interface.mac
        for interface in ctx.mine[NETWORK].interfaces
        if any(str(address.ip) == ctx.host.address for address in interface.addresses)
    ]


def _shared(
    contexts: Contexts, what: str, values: Callable[[Context[NodeSettings]], Sequence[str]]
) -> Findings:
    owners: dict[str, list[str]] = defaultdict(list)
    for name, ctx in contexts.items():
        for value in values(ctx):
            if value:
                owners[value].append(name)
    for value, names in owners.items():
        if len(names) > 1:
            yield PreflightError(
                f"{', '.join(names)} have the same {what}: {value}",
                advice="machines cloned from one another: give each its own (machine-id: systemd-machine-id-setup)",
            )


def _clocks(contexts: Contexts) -> Findings:
    """Each host's clock against the operator's tells how far they are from one another."""
    offsets = {
        name: ctx.mine[CLOCK].seconds - ctx.mine.at
        for name, ctx in contexts.items()
        if ctx.mine[CLOCK].seconds
    }
    if not offsets:
        return
    middle = median(offsets.values())
    for name, offset in offsets.items():
        if abs(offset - middle) > _CLOCK_SKEW:
            yield PreflightError(
                f"the clock is {abs(offset - middle):.0f} s {'ahead of' if offset > middle else 'behind'} the others",
                host=name,
                advice="name a time source in cluster.time_servers, or set the clock: chronyc makestep",
            )


def _networks(source: inventory.Inventory[Inventory], contexts: Contexts) -> Findings:
    """Yields what is wrong between the cluster's addresses and the networks that the hosts' own addresses are in."""
    networks = {
        address.network
        for ctx in contexts.values()
        for interface in ctx.mine[NETWORK].interfaces
        for address in interface.addresses
        if isinstance(address, IPv4Interface) and str(address.ip) == ctx.host.address
    }
    for finding in pool_findings(source.settings.cluster, networks):
        yield source.problem(finding)
    for finding in network_findings(source.settings.cluster, networks):
        yield _at(source, finding)


def _cluster(source: inventory.Inventory[Inventory], contexts: Contexts) -> Findings:
    """What a running cluster has that the inventory would change and cannot; and nodes that left the inventory."""
    live = next((ctx.mine[LIVE] for ctx in contexts.values() if ctx.mine[LIVE].answers), None)
    if live is None:
        return
    settings = source.settings
    for finding in refused(live, settings.cluster, settings.control_planes, settings.workers):
        yield _at(source, finding)
    for node in departed(live, source.hosts):
        yield Problem(
            what=f"the node {node} is in the cluster and not in the inventory",
            advice=f"if it is gone for good: kubectl drain {node}, then kubectl delete node {node}",
        )
