"""Modules by what they bring, the settings that come with them, and EL 10's package of modules."""

from __future__ import annotations

from pathlib import Path

import pytest

from kube.checks.needs import kernel_defaults
from nodewright.facts import KERNEL, OPERATING_SYSTEM, Kernel, OperatingSystem
from nodewright.paths import SYSCTLS
from roles.host.kernel import kernel
from tests.shell.resources.host import Host
from tests.shell.roles.applied import converges, run
from tests.unit.roles.villages import DNF, YUM, context, inventory

SETTINGS = (
    "net.bridge.bridge-nf-call-iptables",
    "net.bridge.bridge-nf-call-ip6tables",
    "net.ipv4.ip_forward",
    "net.ipv4.ip_local_reserved_ports",
)
RUNNING = "6.1.0-stand-in"


def machine(host: Host, *, modules: str = "overlay br_netfilter nf_conntrack", on_disk: bool = True) -> None:
    """A host whose kernel has loaded nothing yet, and whose modules show in /proc as they do on any."""
    _modules_of_its_own(host)
    host.put("/state/filesystems", "nodev\tproc\n\text4\n")
    host.put("/state/net/none", "")
    host.put(
        "/mounts",
        'mount --bind "$1/state/filesystems" "$1/proc/filesystems"\n'
        'mount --bind "$1/state/net" "$1/proc/sys/net"\n',
    )
    effects = {
        "overlay": "echo 'nodev\toverlay' >>/proc/filesystems\n",
        "br_netfilter": "mkdir -p /proc/sys/net/bridge\n",
        "nf_conntrack": "mkdir -p /proc/sys/net/netfilter\n: >/proc/sys/net/netfilter/nf_conntrack_max\n",
    }
    for module in modules.split():
        host.put(f"/state/modules/{module}/effect", effects[module])
    for key in SETTINGS:
        host.put(f"/state/sysctl/{key}", "0\n")
    if on_disk:
        host.put(f"/lib/modules/{RUNNING}/br_netfilter.ko.xz", "")


def _modules_of_its_own(host: Host) -> None:
    """A /lib that is this machine's but for /lib/modules."""
    host.at("/lib").unlink()
    host.at("/lib/modules").mkdir(parents=True)
    for entry in Path("/usr/lib").iterdir():
        if entry.name != "modules":
            host.at(f"/lib/{entry.name}").symlink_to(entry)


def test_modules_are_loaded_by_what_they_bring_and_then_settings_are_made(host: Host) -> None:
    machine(host)

    converges(host, kernel, context())

    assert host.read("/etc/modules-load.d/br_netfilter.conf") == "br_netfilter\n"
    assert [host.read(f"/state/sysctl/{key}") for key in SETTINGS] == ["1\n", "1\n", "1\n", "30000-32767\n"]


def test_modules_that_are_built_in_need_no_loading(host: Host) -> None:
    machine(host, modules="", on_disk=False)
    host.put("/state/filesystems", "nodev\toverlay\n")
    host.put("/state/net/bridge/x", "")
    host.put("/state/net/netfilter/nf_conntrack_max", "")

    changed = converges(host, kernel, context())

    assert all("at boot" in name or "settings" in name for name in changed)


def test_settings_of_the_inventory_come_with_ours_and_go_before_them(host: Host) -> None:
    machine(host)
    host.put("/state/sysctl/vm.max_map_count", "65530\n")
    of = inventory({"sysctls": {"vm.max_map_count": "262144", "net.ipv4.ip_local_reserved_ports": "20000"}})

    converges(host, kernel, context(of))

    assert host.read("/state/sysctl/vm.max_map_count") == "262144\n"
    assert host.read("/state/sysctl/net.ipv4.ip_local_reserved_ports") == "20000\n"


@pytest.mark.parametrize(
    ("arguments", "reserved"),
    [
        ([{"name": "service-node-port-range", "value": "20000-22767"}], "20000-22767"),
        ({"service-node-port-range": "20000+2767"}, "20000-22767"),
        ([{"name": "v", "value": "2"}], "30000-32767"),
    ],
)
def test_the_ports_that_services_get_are_kept_free(host: Host, arguments: object, reserved: str) -> None:
    machine(host)
    of = inventory({"cluster_configuration": {"apiServer": {"extraArgs": arguments}}})

    converges(host, kernel, context(of))

    assert host.read("/state/sysctl/net.ipv4.ip_local_reserved_ports") == f"{reserved}\n"


def test_a_setting_that_somebody_changed_back_is_seen(host: Host) -> None:
    machine(host)
    converges(host, kernel, context())
    host.put("/state/sysctl/net.ipv4.ip_forward", "0\n")

    assert len(converges(host, kernel, context())) == 1


def test_el_10_has_nftables_alone_and_loads_it(host: Host) -> None:
    machine(host)
    host.at("/standins/nft").unlink()
    host.put("/state/modules/nf_tables/effect", "mkdir -p /sys/module/nf_tables\n")
    ten = {**DNF, OPERATING_SYSTEM: OperatingSystem(id="almalinux", like=("rhel",), version="10.0")}

    converges(host, kernel, context(answers=ten))

    assert host.read("/etc/modules-load.d/nf_tables.conf") == "nf_tables\n"


def test_the_modules_of_ipvs_come_with_its_mode(host: Host) -> None:
    machine(host)
    host.put("/state/modules/ip_vs/effect", "mkdir -p /proc/sys/net/ipv4/vs\n")
    for module in ("ip_vs_rr", "ip_vs_wrr", "ip_vs_sh"):
        host.put(f"/state/modules/{module}/effect", f"mkdir -p /sys/module/{module}\n")

    converges(host, kernel, context(inventory({"kube_proxy": {"mode": "ipvs"}})))

    assert host.read("/etc/modules-load.d/ip_vs_rr.conf") == "ip_vs_rr\n"


def test_the_module_of_another_scheduler_comes_with_it(host: Host) -> None:
    machine(host)
    host.put("/state/modules/ip_vs/effect", "mkdir -p /proc/sys/net/ipv4/vs\n")
    for module in ("ip_vs_rr", "ip_vs_wrr", "ip_vs_sh", "ip_vs_lc"):
        host.put(f"/state/modules/{module}/effect", f"mkdir -p /sys/module/{module}\n")

    converges(host, kernel, context(inventory({"kube_proxy": {"mode": "ipvs", "ipvs": {"scheduler": "lc"}}})))

    assert host.read("/etc/modules-load.d/ip_vs_lc.conf") == "ip_vs_lc\n"


def test_a_kubelet_that_protects_the_kernels_defaults_finds_them_set_also_after_a_boot(host: Host) -> None:
    machine(host)
    wanted = kernel_defaults({"protectKernelDefaults": True})
    for key in wanted:
        host.put(f"/state/sysctl/{key}", "7\n")

    converges(host, kernel, context(inventory({"kubelet": {"protectKernelDefaults": True}})))

    assert {key: host.read(f"/state/sysctl/{key}").strip() for key in wanted} == wanted
    assert "vm.overcommit_memory = 1\n" in host.read(SYSCTLS)


def test_el_10_gets_the_modules_of_its_running_kernel(host: Host) -> None:
    machine(host, on_disk=False)
    host.put(f"/state/available/kernel-modules-extra-{RUNNING}", f"kernel-modules-extra {RUNNING}\n")
    host.put(f"/state/files/kernel-modules-extra/lib/modules/{RUNNING}/br_netfilter.ko", "")

    converges(host, kernel, context())

    assert f"dnf -y --disableexcludes=all install kernel-modules-extra-{RUNNING}" in host.log()
    assert not [line for line in host.log() if line.endswith("reboot")]


def test_oracles_own_kernel_has_its_modules_in_packages_of_other_names(host: Host) -> None:
    machine(host, on_disk=False)
    for name in ("kernel-uek-modules", "kernel-uek-modules-extra"):
        host.put(f"/state/available/{name}-{RUNNING}", f"{name} {RUNNING}\n")
    host.put(f"/state/files/kernel-uek-modules-extra/lib/modules/{RUNNING}/br_netfilter.ko", "")
    oracle = {**DNF, KERNEL: Kernel("6.12.0-100.28.2.el10uek.x86_64")}

    converges(host, kernel, context(answers=oracle))

    wanted = f"kernel-uek-modules-{RUNNING} kernel-uek-modules-extra-{RUNNING}"
    assert f"dnf -y --disableexcludes=all install {wanted}" in host.log()


def test_where_they_are_not_on_offer_any_more_a_newer_kernel_comes_with_its_own_and_is_booted(
    host: Host,
) -> None:
    machine(host, on_disk=False)
    for name in ("kernel", "kernel-modules-extra"):
        host.put(f"/state/available/{name}-6.2.0-1", f"{name} 6.2.0-1\n")
    host.put("/state/files/kernel-modules-extra/lib/modules/6.2.0-1/br_netfilter.ko", "")

    run(host, kernel, context())

    assert host.log()[-1].endswith("systemctl reboot")


def test_modules_that_are_nowhere_are_told_with_the_words_of_the_package_manager(host: Host) -> None:
    machine(host, on_disk=False)

    applied = run(host, kernel, context(answers=YUM))

    assert "No match for argument: kernel" in applied.output
