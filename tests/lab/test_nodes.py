"""Three nodes that look like EL to a provisioning tool, and nothing of one in another."""

import subprocess
import uuid
from pathlib import Path

import pytest

from lab import lifecycle
from lab import nodes as machines
from lab.nodes import on, ssh_command
from lab.settings import TOPOLOGIES, Lab, Node

# Numbers of system calls on x86-64.
SWAPOFF, SETTIMEOFDAY = 168, 164


@pytest.fixture(scope="session", params=["node1", "node2", "node3"])
def node(request: pytest.FixtureRequest, nodes: Lab) -> Node:
    return nodes.node(request.param)


def running(lab: Lab, node: Node) -> str:
    """systemd's word for the whole node, once it has done booting."""
    done = subprocess.run(
        ssh_command(lab, node, "systemctl", "is-system-running", "--wait"),
        capture_output=True,
        text=True,
        check=False,
    )
    return done.stdout.strip() or done.stderr


def test_every_node_boots_with_no_failed_unit(nodes: Lab, node: Node) -> None:
    assert running(nodes, node) == "running"


def test_a_node_says_honestly_what_it_is(nodes: Lab) -> None:
    said = on(nodes, nodes.nodes[0], ". /etc/os-release; echo $ID_LIKE; echo $PRETTY_NAME")
    assert said.splitlines() == [
        "rhel centos fedora",
        "Lab EL 9 (Debian 12 userland with rpm, dnf and firewalld)",
    ]


@pytest.mark.parametrize("service", ["sshd", "firewalld", "chronyd"])
def test_the_services_of_an_el_machine_run_under_their_names(nodes: Lab, service: str) -> None:
    assert on(nodes, nodes.nodes[0], f"systemctl is-active {service}") == "active\n"


def test_yum_is_dnf_and_both_know_the_release(nodes: Lab) -> None:
    asked = ("readlink /usr/bin/yum", "rpm -q lab-base-system", "dnf config-manager --dump-variables")
    said = on(nodes, nodes.nodes[0], "\n".join(asked)).splitlines()
    assert said[0] == "dnf"
    assert said[1].startswith("lab-base-system-")
    assert "releasever = 9" in said


def test_selinux_is_configured_and_fstab_has_a_swap_entry_and_an_innocent_line(nodes: Lab) -> None:
    fstab = on(nodes, nodes.nodes[0], "grep -c ^SELINUX=enforcing /etc/selinux/config; cat /etc/fstab")
    entries = [line.split() for line in fstab.splitlines()[1:] if not line.startswith("#")]
    assert [entry[2] for entry in entries if "swap" in " ".join(entry)] == ["swap", "tmpfs"]


def test_an_unprivileged_user_may_do_everything_by_sudo(nodes: Lab) -> None:
    assert (
        on(nodes, nodes.nodes[0], "id --user --name; sudo id --user", user="cloud-user") == "cloud-user\n0\n"
    )


def test_configuration_files_are_no_mount_points_so_that_a_rename_replaces_them(nodes: Lab) -> None:
    script = "cd /etc; for f in hosts hostname resolv.conf; do cp $f $f.new; mv $f.new $f; done; cat hostname"
    assert on(nodes, nodes.nodes[0], script) == "node1\n"


def test_no_two_nodes_have_the_same_machine_id(nodes: Lab) -> None:
    assert len({on(nodes, each, "cat /etc/machine-id") for each in nodes.nodes}) == 3


# Swap and clock: the node's own, never the host's


@pytest.fixture
def swapping(nodes: Lab) -> Node:
    node = nodes.nodes[2]
    on(nodes, node, "swapoff --all; swapon --all")
    return node


def test_swap_is_on_after_boot_and_swapoff_turns_it_off_on_this_node_alone(
    nodes: Lab, swapping: Node
) -> None:
    host_before = Path("/proc/swaps").read_text()
    assert on(nodes, swapping, "swapon --show --noheadings").startswith("/swapfile file ")
    assert on(nodes, swapping, "swapoff -a; tail -n +2 /proc/swaps") == ""
    assert "/swapfile" in on(nodes, nodes.nodes[1], "cat /proc/swaps")
    assert Path("/proc/swaps").read_text() == host_before


def test_swapoff_of_one_area_says_when_it_is_not_on(nodes: Lab, swapping: Node) -> None:
    said = on(nodes, swapping, "swapoff /swapfile; swapoff /swapfile 2>&1 || echo failed")
    assert said == "swapoff: /swapfile: swapoff failed: Invalid argument\nfailed\n"


@pytest.mark.parametrize("call", [SWAPOFF, SETTIMEOFDAY])
def test_the_kernels_own_swap_and_clock_are_out_of_reach(nodes: Lab, call: int) -> None:
    library = "import ctypes; c = ctypes.CDLL(None, use_errno=True)"
    program = f"{library}; print(c.syscall({call}, 0, 0), ctypes.get_errno())"
    assert on(nodes, nodes.nodes[0], f"python3 -c '{program}'") == "-1 1\n"  # EPERM


# Each for itself


def test_what_one_node_does_with_its_cgroups_no_other_node_sees(nodes: Lab) -> None:
    unit = f"apart-{uuid.uuid4().hex[:8]}"
    on(nodes, nodes.nodes[0], f"systemd-run --quiet --unit {unit} sleep 1000")
    seen = [on(nodes, each, f"find /sys/fs/cgroup -name '{unit}*' | wc -l") for each in nodes.nodes]
    on(nodes, nodes.nodes[0], f"systemctl stop {unit}")
    assert int(seen[0]) > 0
    assert seen[1:] == ["0\n", "0\n"]


def test_a_node_comes_back_from_reboot_with_its_files_and_the_others_go_on(nodes: Lab) -> None:
    rebooted, other = nodes.nodes[1], nodes.nodes[2]
    boots = "stat --format %Z /proc/1"
    before, before_of_other = on(nodes, rebooted, f"touch /root/kept; {boots}"), on(nodes, other, boots)
    subprocess.run(ssh_command(nodes, rebooted, "systemctl reboot"), capture_output=True, check=False)
    assert running_again(nodes, rebooted, before) == "running"
    assert on(nodes, rebooted, "ls /root/kept; swapon --show --noheadings | wc -l") == "/root/kept\n1\n"
    assert on(nodes, other, boots) == before_of_other


def running_again(lab: Lab, node: Node, boot: str) -> str:
    """systemd's word once the node has another pid 1 than that of `boot`."""
    for _ in range(200):
        machines.wait_for_ssh([node])
        said = subprocess.run(
            ssh_command(lab, node, "stat --format %Z /proc/1"), capture_output=True, text=True, check=False
        )
        if said.returncode == 0 and said.stdout != boot:
            return running(lab, node)
    return "never rebooted"


def test_fresh_nodes_are_bare_and_still_who_they_were(nodes: Lab) -> None:
    first = nodes.nodes[0]
    on(nodes, first, "touch /root/mark /var/lib/docker/mark; swapoff -a")
    lifecycle.fresh(nodes.name)
    # The known_hosts of before: another host key would be refused.
    assert (
        on(nodes, first, "ls /root /var/lib/docker; swapon --show --noheadings | wc -l")
        == "/root:\n\n/var/lib/docker:\n1\n"
    )


def test_a_key_whose_making_was_interrupted_is_made_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    lab = Lab("half", 99, TOPOLOGIES["single"])
    lab.state.mkdir(parents=True)
    lab.key.write_text("half")
    machines.make_identities(lab)
    derived = subprocess.run(["ssh-keygen", "-y", "-f", lab.key], check=True, capture_output=True, text=True)
    assert derived.stdout == Path(f"{lab.key}.pub").read_text()


def test_the_keys_are_for_nobody_else_to_read(nodes: Lab) -> None:
    keys = [nodes.key, *(nodes.identity(each) / "ssh_host_ed25519_key" for each in nodes.nodes)]
    assert {key.stat().st_mode & 0o077 for key in keys} == {0}
