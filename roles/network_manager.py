"""NetworkManager leaves alone the interfaces that Kubernetes makes."""

from __future__ import annotations

from collections.abc import Iterator

from kube.facts import UNITS
from nodewright.resources import command, file, masked
from nodewright.role import role
from nodewright.step import Step
from roles import NodeContext

CONFIG = "/etc/NetworkManager/conf.d/nodewright.conf"
UNMANAGED = """\
# It would give these interfaces addresses and routes of its own.
[keyfile]
unmanaged-devices=interface-name:cni0;interface-name:flannel*;interface-name:veth*;interface-name:cali*
"""


@role
def network_manager(ctx: NodeContext) -> Iterator[Step]:
    """Only where it runs; nm-cloud-setup adds rules that swallow pod traffic (kubernetes.io, kubeadm install)."""
    if "NetworkManager.service" not in ctx.mine[UNITS]:
        return
    yield file(CONFIG, UNMANAGED, name="interfaces that NetworkManager leaves alone")
    yield command(
        "NetworkManager has read it",
        f"nmcli general reload conf\ntouch -r {CONFIG} /run/nodewright-network-manager",
        check=f"[ ! {CONFIG} -nt /run/nodewright-network-manager ]",
        after=("interfaces that NetworkManager leaves alone",),
    )
    for unit in ("nm-cloud-setup.service", "nm-cloud-setup.timer"):
        yield masked(unit)
