"""Makes the kernel forward packets, show bridged ones to iptables, and keep NodePorts free."""

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

#: They come before the settings, which exist only once br_netfilter is there. flannel ends without br_netfilter
#: (flannel#2068), and kube-proxy without nf_conntrack (seen on Rocky 9). kubeadm has not looked since 1.30.
MODULES = {
    "overlay": "grep -qw overlay /proc/filesystems",
    "br_netfilter": "[ -d /proc/sys/net/bridge ]",
    "nf_conntrack": "[ -e /proc/sys/net/netfilter/nf_conntrack_max ]",
}
#: kube-proxy's mode ipvs needs these; without them it falls back to iptables: kubernetes.io, "Virtual IPs".
_IPVS = {"ip_vs": "[ -d /proc/sys/net/ipv4/vs ]", "ip_vs_rr": "", "ip_vs_wrr": "", "ip_vs_sh": ""}
_NFTABLES = {"nf_tables": "if ! nft list tables; then\n  [ -d /sys/module/nf_tables ]\nfi"}

#: Each lists a kernel and the packages of its modules. Sources for Oracle's: rke2-packaging#70, k3s-ansible#531
#: (2026-11-25).
_RHCK = ("kernel", "kernel-modules-extra")
_UEK = ("kernel-uek", "kernel-uek-modules", "kernel-uek-modules-extra")


@role
def kernel(ctx: NodeContext) -> Iterator[Step]:
    """Yields the steps that load the modules, and then those that set the sysctls which the modules bring."""
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
    """Returns the modules that the host needs, each with the command that shows that it is there.

    On EL 10 the command iptables always works by nftables.
    """
    proxy, system = ctx.settings.cluster.kube_proxy, ctx.mine[OPERATING_SYSTEM]
    nftables = proxy.get("mode") == "nftables" or (system.is_el and system.major >= 10)
    ipvs = {**_IPVS, **_scheduler(proxy)} if proxy.get("mode") == "ipvs" else {}
    own = dict.fromkeys(ctx.settings.cluster.kernel_modules, "")
    return {**own, **MODULES, **ipvs, **(_NFTABLES if nftables else {})}


def _scheduler(proxy: Mapping[str, object]) -> dict[str, str]:
    """Returns the module of the scheduler that kube-proxy is told to use; kube-proxy would not start without it."""
    ipvs = proxy.get("ipvs")
    name = ipvs.get("scheduler") if isinstance(ipvs, Mapping) else None
    return {f"ip_vs_{name}": ""} if isinstance(name, str) and name else {}


def _modules_installed(ctx: NodeContext) -> Iterator[Step]:
    """Yields the steps that install the package of the kernel's modules, and boot a newer kernel where it takes one.

    EL 10's cloud images lack the package with br_netfilter, nft_compat, xt_* and ip_set. So do Oracle's with its
    own kernel, under other names.

    The package must have the running kernel's version. Where no repository has that version any more, the steps
    install the newest kernel with its modules, and the host boots it.
    """
    kernel, *modules = _UEK if "uek" in ctx.mine[KERNEL].release else _RHCK
    # These words are not quoted, so that the shell puts the running kernel's version behind each.
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
