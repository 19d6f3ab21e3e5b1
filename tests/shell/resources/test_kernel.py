"""Modules, settings and the name of the running kernel, and the same at every boot."""

from __future__ import annotations

import pytest

from nodewright.resources import hostname, kernel_module, sysctls
from tests.shell.resources.host import Host

PATH = "/etc/sysctl.d/99-zz-nodewright.conf"
RANGE = "net.ipv4.ip_local_port_range"


def test_a_module_is_loaded_now_and_at_every_boot(host: Host) -> None:
    host.at("/state/modules/br_netfilter").mkdir()
    at_boot, now = kernel_module("br_netfilter", effect="[ -e /state/modules/br_netfilter/loaded ]")

    host.converges(at_boot)
    host.converges(now)

    assert host.read("/etc/modules-load.d/br_netfilter.conf") == "br_netfilter\n"


def test_a_module_that_is_built_in_is_there(host: Host) -> None:
    host.put("/modules.builtin", "kernel/fs/overlayfs/overlay-stand-in.ko\n")
    other_file = 'grep() { command grep "$1" "$2" /modules.builtin; }\n'
    _, overlay = kernel_module("overlay_stand_in")
    _, other = kernel_module("stand_in")

    assert host.run(other_file + overlay.check).status == 0
    assert host.run(other_file + other.check).status == 1


def test_a_module_that_the_kernel_does_not_have_is_told_with_advice(host: Host) -> None:
    _, now = kernel_module("nonesuch")

    host.refuses(now, because="kernel-modules-extra")


def test_settings_are_made_now_and_for_every_boot(host: Host) -> None:
    host.put("/state/sysctl/net.ipv4.ip_forward", "0\n")
    host.put(f"/state/sysctl/{RANGE}", "32768\t60999\n")
    at_boot, now = sysctls({"net.ipv4.ip_forward": "1", RANGE: "1024 65000"})

    host.converges(at_boot)
    host.converges(now)

    assert host.read(PATH) == f"net.ipv4.ip_forward = 1\n{RANGE} = 1024 65000\n"
    assert host.read("/state/sysctl/net.ipv4.ip_forward") == "1\n"


@pytest.mark.parametrize(
    ("first", "second", "holds"),
    [("1", "1024\t65000", True), ("1", "1\t2", False), ("0", "1024\t65000", False)],
)
def test_each_setting_counts(host: Host, first: str, second: str, holds: bool) -> None:
    host.put("/state/sysctl/net.ipv4.ip_forward", f"{first}\n")
    host.put(f"/state/sysctl/{RANGE}", f"{second}\n")
    _, now = sysctls({"net.ipv4.ip_forward": "1", RANGE: "1024 65000"})

    assert host.holds(now) is holds


def test_a_setting_that_the_kernel_does_not_know_fails(host: Host) -> None:
    at_boot, now = sysctls({"net.bridge.bridge-nf-call-iptables": "1"})
    host.converges(at_boot)

    host.refuses(now, because="net.bridge.bridge-nf-call-iptables")


def test_the_name_of_the_host_is_set(host: Host) -> None:
    host.converges(hostname("node-1.example.org"))

    assert host.read("/etc/hostname") == "node-1.example.org\n"


@pytest.mark.parametrize(("in_file", "in_kernel"), [("node-1", "other"), ("other", "node-1")])
def test_the_name_of_the_host_has_to_be_right_in_both_places(
    host: Host, in_file: str, in_kernel: str
) -> None:
    host.put("/etc/hostname", f"{in_file}\n")
    host.put("/state/hostname", f"{in_kernel}\n")

    host.converges(hostname("node-1"))
