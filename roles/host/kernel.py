"""The kernel forwards packets, shows bridged ones to iptables, and keeps NodePorts free."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from kube.checks.needs import kernel_defaults
from kube.kubeadm.configuration import kubelet_settings_of, node_ports
from nodewright.facts import KERNEL, OPERATING_SYSTEM
from nodewright.resources import command, kernel_module, reboot, sysctls
from nodewright.resources.packages import install
from nodewright.script.shell import sh
from nodewright.script.step import Step, role
from roles import NodeContext
from roles.parts.proxy import through_proxy
from roles.software.repositories import manager

#: Before the settings, which exist only once br_netfilter is there. flannel ends without it (flannel#2068), and
#: kube-proxy without nf_conntrack (seen on Rocky 9); kubeadm has not looked since 1.30.
MODULES = {
    "overlay": "grep -qw overlay /proc/filesystems",
    "br_netfilter": "[ -d /proc/sys/net/bridge ]",
    "nf_conntrack": "[ -e /proc/sys/net/netfilter/nf_conntrack_max ]",
}
#: What kube-proxy's mode ipvs wants; it falls back to iptables without: kubernetes.io, "Virtual IPs".
_IPVS = {"ip_vs": "[ -d /proc/sys/net/ipv4/vs ]", "ip_vs_rr": "", "ip_vs_wrr": "", "ip_vs_sh": ""}
_NFTABLES = {"nf_tables": "if ! nft list tables; then\n  [ -d /sys/module/nf_tables ]\nfi"}

#: A kernel and the packages of its modules. Oracle's own: rke2-packaging#70, k3s-ansible#531 (2026-11-25).
_RHCK = ("kernel", "kernel-modules-extra")
_UEK = ("kernel-uek", "kernel-uek-modules", "kernel-uek-modules-extra")


@role
def kernel(ctx: NodeContext) -> Iterator[Step]:
    """Modules first, then the settings that they bring."""
    cluster = ctx.settings.cluster
    yield from _modules_installed(ctx)
    for module, effect in _modules(ctx).items():
        yield from kernel_module(module, effect=effect)
    settings = {
        "net.bridge.bridge-nf-call-iptables": "1",
        "net.bridge.bridge-nf-call-ip6tables": "1",
        "net.ipv4.ip_forward": "1",
        # A connection of the node's own must not take a port that a service wants: kubernetes.io, "Service".
        "net.ipv4.ip_local_reserved_ports": node_ports(cluster),
        **kernel_defaults(kubelet_settings_of(ctx.settings)),
    }
    yield from sysctls({**settings, **cluster.sysctls, **ctx.settings.host.sysctls})


def _modules(ctx: NodeContext) -> dict[str, str]:
    """Each with what shows that it is there. EL 10 has nothing but nftables behind the name of iptables."""
    proxy, system = ctx.settings.cluster.kube_proxy, ctx.mine[OPERATING_SYSTEM]
    nftables = proxy.get("mode") == "nftables" or (system.is_el and system.major >= 10)
    ipvs = {**_IPVS, **_scheduler(proxy)} if proxy.get("mode") == "ipvs" else {}
    own = dict.fromkeys(ctx.settings.cluster.kernel_modules, "")
    return {**own, **MODULES, **ipvs, **(_NFTABLES if nftables else {})}


def _scheduler(proxy: Mapping[str, object]) -> dict[str, str]:
    """The module of the scheduler that kube-proxy is told to take, which would not start without."""
    ipvs = proxy.get("ipvs")
    name = ipvs.get("scheduler") if isinstance(ipvs, Mapping) else None
    return {f"ip_vs_{name}": ""} if isinstance(name, str) and name else {}


def _modules_installed(ctx: NodeContext) -> Iterator[Step]:
    """EL 10's cloud images have br_netfilter, nft_compat, xt_* and ip_set in a package that they lack.

    So have Oracle's with its own kernel, under other names.

    It has to be of the running kernel's version. Where no repository has that one any more, the newest kernel
    comes with its own, and the host boots it.
    """
    kernel, *modules = _UEK if "uek" in ctx.mine[KERNEL].release else _RHCK
    # Not quoted: the shell puts the running kernel's version behind each.
    of_the_running_kernel = " ".join(f'{package}-"$(uname -r)"' for package in modules)
    yield through_proxy(
        command(
            "modules of the kernel on the disk",
            sh(
                """
                if ! @install @of_the_running_kernel; then
                  @install_kernel
                fi
                """,
                install=install(manager(ctx), []),
                of_the_running_kernel=of_the_running_kernel,
                install_kernel=install(manager(ctx), [kernel, *modules]),
            ),
            check=sh(
                """
                if ! @works; then
                  found=$(find /lib/modules -name 'br_netfilter.ko*')
                  [ -n "$found" ]
                fi
                """,
                works=MODULES["br_netfilter"],
            ),
            timeout=1800,
        ),
        ctx,
    )
    yield reboot(
        "a kernel that has its modules",
        unless=sh("if ! @works; then\n  modinfo br_netfilter\nfi", works=MODULES["br_netfilter"]),
        show="uname -r",
    )
