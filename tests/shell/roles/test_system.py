"""A machine of EL becomes one that Kubernetes can run on: name, firewall, swap, clock, NetworkManager."""

from __future__ import annotations

import os

import pytest

from kube.facts.host import SWAP, UNITS, Swap, Unit
from kube.paths import NETWORK_MANAGER as CONFIG
from kube.paths import ZRAM
from nodewright.script.records import Outcome
from roles.host.clock import clock
from roles.host.firewall import firewall
from roles.host.identity import identity
from roles.host.network_manager import network_manager
from roles.host.swap import swap
from tests.shell.resources.host import Host
from tests.shell.roles.applied import converges, run
from tests.unit.roles.villages import CLOUD, DNF, YUM, context, inventory

FSTAB = """\
# swap is where the installer put it
UUID=1234 / xfs defaults 0 0
/dev/mapper/centos-swap none swap defaults 0 0
LABEL=swap /srv/swap ext4 defaults 0 0
  /swapfile   swap   swap   sw,pri=5   0 0
#/dev/sdb2 none swap sw 0 0
"""
IN_USE = "Filename\tType\tSize\tUsed\tPriority\n/dev/dm-1\tpartition\t2097148\t0\t-2\n"


def unit(host: Host, name: str, *, enabled: str, active: str) -> None:
    """A unit of the stand-in for systemctl."""
    host.put(f"/state/units/{name}/enabled", f"{enabled}\n")
    host.put(f"/state/units/{name}/active", f"{active}\n")


def states(host: Host, name: str) -> tuple[str, str]:
    """What it has become: enabled, active."""
    folder = f"/state/units/{name}"
    return host.read(f"{folder}/enabled").strip(), host.read(f"{folder}/active").strip()


# identity


def test_hosts_know_each_other_and_what_else_was_known_stays_known(host: Host) -> None:
    host.put("/etc/hosts", "127.0.0.1 localhost\n10.9.9.9 printer\n")

    converges(host, identity, context())

    assert host.read("/etc/hosts").splitlines()[:2] == ["127.0.0.1 localhost", "10.9.9.9 printer"]
    assert "\n192.168.56.11 node1\n192.168.56.12 node2\n" in host.read("/etc/hosts")
    assert host.read("/etc/hostname") == "node1\n"


def test_a_host_that_has_moved_is_known_by_its_new_address_alone(host: Host) -> None:
    host.put("/etc/hosts", "127.0.0.1 localhost\n")
    converges(host, identity, context())

    converges(host, identity, context(inventory(workers={"node2": {"address": "192.168.56.99"}})))

    assert "192.168.56.99 node2\n" in host.read("/etc/hosts")
    assert "192.168.56.12" not in host.read("/etc/hosts")


def test_hosts_in_a_file_that_is_mounted_are_written_in_place(host: Host) -> None:
    host.put("/etc/hosts", "below\n")
    host.put("/mounted", "127.0.0.1 localhost\n")
    host.put("/mounts", 'mount --bind "$1/mounted" "$1/etc/hosts"\n')

    converges(host, identity, context())

    assert host.read("/mounted").startswith("127.0.0.1 localhost\n")
    assert "192.168.56.12 node2\n" in host.read("/mounted")


# firewall


@pytest.mark.parametrize("before", [("enabled", "active"), ("disabled", "active"), ("masked", "inactive")])
def test_firewalld_is_off_and_nothing_can_start_it(host: Host, before: tuple[str, str]) -> None:
    unit(host, "firewalld.service", enabled=before[0], active=before[1])

    converges(host, firewall, context())

    assert states(host, "firewalld.service") == ("masked", "inactive")


def test_firewalld_that_is_not_installed_is_off(host: Host) -> None:
    converges(host, firewall, context())

    assert host.read("/state/units/firewalld.service/enabled") == "masked\n"


# swap


def swapping(host: Host) -> None:
    """A host that swaps, by fstab and by a unit that systemd made of it."""
    host.put("/etc/fstab", FSTAB)
    host.put("/state/swaps", IN_USE)
    host.put("/mounts", 'mount --bind "$1/state/swaps" "$1/proc/swaps"\n')


def test_swap_goes_now_and_at_the_next_boot_and_what_only_has_the_word_in_it_stays(host: Host) -> None:
    swapping(host)
    name = "dev-mapper-centos\\x2dswap.swap"
    unit(host, name, enabled="generated", active="active")

    converges(host, swap, context(answers={**YUM, SWAP: Swap(units=(name,))}))

    assert host.read("/etc/fstab") == (
        "# swap is where the installer put it\n"
        "UUID=1234 / xfs defaults 0 0\n"
        "LABEL=swap /srv/swap ext4 defaults 0 0\n"
        "#/dev/sdb2 none swap sw 0 0\n"
    )
    assert states(host, name) == ("masked", "inactive")
    assert host.read("/state/swaps").count("\n") == 1


def test_a_host_without_fstab_and_swap_is_left_alone_but_for_zram(host: Host) -> None:
    host.put("/state/swaps", IN_USE.splitlines(keepends=True)[0])
    host.put("/mounts", 'mount --bind "$1/state/swaps" "$1/proc/swaps"\n')

    assert converges(host, swap, context()) == ["no zram swap at boot"]


def test_swap_in_memory_does_not_come_back(host: Host) -> None:
    swapping(host)
    host.put("/usr-lib/zram-generator.conf", "[zram0]\nzram-size = ram / 2\n")
    unit(host, "dev-zram0.swap", enabled="generated", active="active")

    converges(host, swap, context(answers=CLOUD))

    assert host.read(ZRAM) == ""
    assert states(host, "dev-zram0.swap") == ("masked", "inactive")


def test_a_swap_unit_that_an_administrator_wrote_is_kept_and_masked(host: Host) -> None:
    swapping(host)
    path = "/etc/systemd/system/swapfile.swap"
    host.put(path, "[Swap]\nWhat=/swapfile\n")
    unit(host, "swapfile.swap", enabled="enabled", active="active")

    converges(host, swap, context(answers={**DNF, SWAP: Swap(units=("swapfile.swap",))}))

    assert not host.at(path).exists()
    assert host.read(f"/var/lib/nodewright/before/paths{path}/.before") == "[Swap]\nWhat=/swapfile\n"
    assert states(host, "swapfile.swap") == ("masked", "inactive")


def test_swap_that_somebody_turned_on_again_is_seen(host: Host) -> None:
    swapping(host)
    converges(host, swap, context())
    host.put("/state/swaps", IN_USE)

    assert converges(host, swap, context()) == ["swap off"]


# clock


def test_chrony_runs_with_the_servers_of_the_inventory_beside_its_own(host: Host) -> None:
    host.put("/etc/chrony.conf", "pool 2.rocky.pool.ntp.org iburst\nmakestep 1.0 3\n")
    of = inventory({"time_servers": ["time1.example.org", "time2.example.org"]})

    converges(host, clock, context(of))

    assert host.read("/etc/chrony.conf") == (
        "pool 2.rocky.pool.ntp.org iburst\n"
        "makestep 1.0 3\n"
        "# BEGIN nodewright nodewright\n"
        "server time1.example.org iburst\n"
        "server time2.example.org iburst\n"
        "# END nodewright nodewright\n"
    )
    assert states(host, "chronyd.service") == ("enabled", "active")


def test_chrony_is_restarted_when_its_servers_change(host: Host) -> None:
    host.put("/etc/chrony.conf", "")
    converges(host, clock, context(inventory({"time_servers": ["time1.example.org"]})))

    converges(host, clock, context(inventory({"time_servers": ["time2.example.org"]})))

    assert host.log().count("systemctl restart chronyd.service") == 2


def test_time_servers_that_the_inventory_does_not_name_any_more_are_not_asked_any_more(host: Host) -> None:
    host.put("/etc/chrony.conf", "pool 2.rocky.pool.ntp.org iburst\n")
    converges(host, clock, context(inventory({"time_servers": ["time1.example.org"]})))

    converges(host, clock, context())

    assert host.read("/etc/chrony.conf") == "pool 2.rocky.pool.ntp.org iburst\n"
    assert host.log().count("systemctl restart chronyd.service") == 2


def test_a_second_service_that_sets_the_clock_is_stopped(host: Host) -> None:
    unit(host, "ntpd.service", enabled="enabled", active="active")

    converges(host, clock, context(answers=YUM))

    assert states(host, "ntpd.service") == ("disabled", "inactive")


# NetworkManager


def managed(host: Host, **more: tuple[str, str]) -> None:
    """A host whose network is NetworkManager's."""
    for name, (enabled, active) in {"NetworkManager": ("enabled", "active"), **more}.items():
        unit(host, f"{name}.service", enabled=enabled, active=active)
    host.put("/state/rules", "0:\tfrom all lookup local\n32766:\tfrom all lookup main\n")


def test_network_manager_leaves_the_interfaces_of_pods_alone_and_is_told_so(host: Host) -> None:
    managed(host)

    converges(host, network_manager, context())

    assert "unmanaged-devices=interface-name:cni0;" in host.read(CONFIG)
    assert host.log().count("systemctl reload NetworkManager.service") == 1


def test_network_manager_is_told_again_when_the_first_time_was_cut_short(host: Host) -> None:
    managed(host)
    converges(host, network_manager, context())
    host.at("/var/lib/nodewright/stamps/NetworkManager").unlink()

    assert converges(host, network_manager, context()) == ["NetworkManager has read it"]


def test_a_boot_makes_no_second_telling_due(host: Host) -> None:
    managed(host)
    converges(host, network_manager, context())
    os.utime(host.at(CONFIG))

    assert converges(host, network_manager, context()) == []


def test_a_host_without_network_manager_is_left_alone(host: Host) -> None:
    assert list(network_manager(context(answers={**DNF, UNITS: {}}))) == []


def test_the_clouds_setup_of_routing_is_off(host: Host) -> None:
    managed(host, **{"nm-cloud-setup": ("enabled", "inactive")})

    converges(host, network_manager, context(answers=CLOUD))

    assert host.read("/state/units/nm-cloud-setup.service/enabled") == "masked\n"
    assert host.read("/state/units/nm-cloud-setup.timer/enabled") == "masked\n"


def test_rules_that_it_had_set_already_go_by_a_reboot(host: Host) -> None:
    managed(host, **{"nm-cloud-setup": ("enabled", "inactive")})
    host.put("/state/rules", "30400:\tfrom 10.0.0.5 lookup 30400\n")
    cloud = context(answers={**CLOUD, UNITS: {**CLOUD[UNITS], "nm-cloud-setup.timer": Unit()}})

    applied = run(host, network_manager, cloud)

    assert [line for line in host.log() if line.endswith("systemctl reboot")]
    assert "no routing rules of nm-cloud-setup" not in applied, "the script ends there"
    host.put("/state/rules", "0:\tfrom all lookup local\n")
    assert run(host, network_manager, cloud)["no routing rules of nm-cloud-setup"] is Outcome.OK
