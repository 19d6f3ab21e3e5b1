"""The kernel forwards packets, shows bridged ones to iptables, and keeps NodePorts free."""

from __future__ import annotations

from collections.abc import Iterator

from nodewright.resources import keeping_before, kernel_module, sysctls
from nodewright.resources.sysctls import PATH
from nodewright.role import role
from nodewright.step import Step
from roles import NodeContext

#: Before the settings, which exist only once br_netfilter is there. flannel ends without it (flannel#2068), and
#: kube-proxy without nf_conntrack (seen on Rocky 9); kubeadm has not looked since 1.30.
MODULES = {
    "overlay": "grep -qw overlay /proc/filesystems",
    "br_netfilter": "[ -d /proc/sys/net/bridge ]",
    "nf_conntrack": "[ -e /proc/sys/net/netfilter/nf_conntrack_max ]",
}
SETTINGS = {
    "net.bridge.bridge-nf-call-iptables": "1",
    "net.bridge.bridge-nf-call-ip6tables": "1",
    "net.ipv4.ip_forward": "1",
    # A connection of the node's own must not take a port that a service wants: kubernetes.io, "Service".
    "net.ipv4.ip_local_reserved_ports": "30000-32767",
}


@role
def kernel(ctx: NodeContext) -> Iterator[Step]:
    """Modules first, then the settings that they bring."""
    for module, effect in MODULES.items():
        yield from kernel_module(module, effect=effect)
    values = {**SETTINGS, **ctx.settings.cluster.sysctls, **ctx.settings.host.sysctls}
    for step in sysctls(values):
        yield keeping_before(step, PATH)
