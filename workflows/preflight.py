"""What the hosts say of themselves, looked at together before anything is changed."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from statistics import median

from kube.changes import departed, refused
from kube.live import LIVE
from kube.membership import MEMBERSHIP, Standing
from kube.node import NodeSettings
from kube.versions import release
from nodewright.base_facts import (
    CLOCK,
    INIT,
    KERNEL,
    MACHINE,
    MEMORY,
    NETWORK,
    OPERATING_SYSTEM,
    PACKAGE_MANAGER,
)
from nodewright.context import Context
from nodewright.errors import NodewrightError, PreflightError
from nodewright.preflight import Caution

Contexts = Mapping[str, Context[NodeSettings]]
Findings = Iterator[NodewrightError | Caution]

#: kubeadm wants 1700 MB on a control plane: its preflight check Mem.
_CONTROL_PLANE_MEMORY = 1700 * 1024 * 1024
#: Seconds by which two clocks may differ: etcd's leases and fresh certificates mind more.
_CLOCK_SKEW = 5.0


def preflight(contexts: Contexts) -> Sequence[NodewrightError | Caution]:
    """All that stands in the way of provisioning these hosts, not only the first thing."""
    findings: list[NodewrightError | Caution] = []
    for context in contexts.values():
        for look in (_system, _membership, _address, _resources):
            findings += look(context)
    findings += _identities(contexts)
    findings += _clocks(contexts)
    findings += _cluster(contexts)
    return findings


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
    kernel = ctx.mine[KERNEL]
    floor = release(ctx.settings.cluster.kubernetes).kernel_floor
    if (found := _kernel_version(kernel.release)) < floor:
        yield (
            PreflightError(
                f"kernel {kernel.release} is older than {'.'.join(map(str, floor))}, which Kubernetes "
                f"{ctx.settings.cluster.kubernetes.line} wants",
                host=name,
                advice="take an older Kubernetes, or a newer kernel",
            )
            if found
            else Caution(what=f"kernel {kernel.release!r} tells no version", host=name)
        )


def _kernel_version(text: str) -> tuple[int, ...]:
    numbers = text.split("-", maxsplit=1)[0].split(".")[:2]
    return tuple(int(number) for number in numbers) if all(number.isdigit() for number in numbers) else ()


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


def _cluster(contexts: Contexts) -> Findings:
    """What a running cluster has that the inventory would change and cannot; and nodes that left the inventory."""
    first = next((ctx for ctx in contexts.values() if ctx.mine[LIVE].answers), None)
    if first is None:
        return
    live, cluster = first.mine[LIVE], first.settings.cluster
    hosts = {name: host.settings.host for name, host in first.hosts.items()}
    control_planes = {name: host for name, host in hosts.items() if first.hosts[name].settings.control_plane}
    workers = {name: host for name, host in hosts.items() if name not in control_planes}
    for finding in refused(live, cluster, control_planes, workers):
        yield PreflightError(finding.what, where=".".join(map(str, finding.path)), advice=finding.advice)
    for node in departed(live, hosts):
        yield Caution(
            what=f"the node {node} is in the cluster and not in the inventory",
            advice=f"if it is gone for good: kubectl drain {node}, kubectl delete node {node}",
        )
