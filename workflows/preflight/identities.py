"""Finds identifiers that several machines share, and clocks that differ."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Sequence
from statistics import median

from nodewright.errors import PreflightError, Problem
from nodewright.facts import CLOCK, MACHINE, NETWORK
from workflows.preflight.finding import Contexts, Findings, HostContext, Source

#: Vendors leave these in the firmware of all boards: FOG's Host class and many lists like it (2026-11-25).
_NO_IDENTITY = frozenset(
    {
        "00000000-0000-0000-0000-000000000000",
        "ffffffff-ffff-ffff-ffff-ffffffffffff",
        "03000200-0400-0500-0006-000700080009",
        "00020003-0004-0005-0006-000700080009",
        "12345678-1234-5678-90ab-cddeefaabbcc",
    }
)
#: Seconds by which two clocks may differ; a larger difference disturbs etcd's leases and fresh certificates.
_CLOCK_SKEW = 5.0


def machines(source: Source, contexts: Contexts) -> Findings:
    """Yields an error for each identifier that cloned machines share; leases and pods would land on one of them.

    A product_uuid that a vendor left in all boards is a warning only.
    """
    for value, names in _shared(contexts, lambda ctx: [ctx.mine[MACHINE].machine_id]):
        yield PreflightError(
            f"{names} have the same machine-id: {value}",
            # systemd-machine-id-setup(1) keeps an id that exists, and takes D-Bus' before it makes a new one.
            advice="on all but one of them: `: >/etc/machine-id`, `rm -f /var/lib/dbus/machine-id`, "
            "`systemd-machine-id-setup`, then reboot",
        )
    for value, names in _shared(contexts, lambda ctx: [ctx.mine[MACHINE].product_uuid]):
        what = f"{names} have the same product_uuid: {value}"
        if value in _NO_IDENTITY:
            yield Problem(
                what=what,
                advice="the vendor left it in every such board; Kubernetes only shows it, as systemUUID",
            )
        else:
            yield PreflightError(
                what, advice="give each virtual machine a UUID of its own in its hypervisor's definition"
            )
    for value, names in _shared(contexts, _own_macs):
        yield PreflightError(
            f"{names} have the same MAC address: {value}",
            advice="give each virtual network card an address of its own in its hypervisor's definition",
        )


def clocks(source: Source, contexts: Contexts) -> Findings:
    """Yields an error for each host whose clock is far from the others'; all are compared with the operator's."""
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


def _own_macs(ctx: HostContext) -> list[str]:
    """Returns the MAC address of the interface with the node's address.

    The cards of Vagrant's NAT all have the same one, which is harmless.
    """
    return [
        interface.mac
        for interface in ctx.mine[NETWORK].interfaces
        if any(str(address.ip) == ctx.host.address for address in interface.addresses)
    ]


def _shared(contexts: Contexts, values: Callable[[HostContext], Sequence[str]]) -> list[tuple[str, str]]:
    """Returns each value that several hosts have, with the names of these hosts."""
    owners: dict[str, list[str]] = defaultdict(list)
    for name, ctx in contexts.items():
        for value in values(ctx):
            if value:
                owners[value].append(name)
    return [(value, ", ".join(names)) for value, names in owners.items() if len(names) > 1]
