"""Each way to break a node, seen from outside, and that mending undoes it."""

import subprocess
import time
from collections.abc import Iterator

import pytest

from lab import faults, lifecycle
from lab import nodes as machines
from lab.errors import LabError
from lab.nodes import answers_ssh, on
from lab.settings import Lab, Node


@pytest.fixture
def node(nodes: Lab) -> Iterator[Node]:
    last = nodes.nodes[-1]
    yield last
    faults.mend(nodes, last)
    assert answers_ssh(last)
    assert faults.in_force(nodes) == {}


def test_a_killed_node_stays_dead_until_it_is_mended(nodes: Lab, node: Node) -> None:
    faults.apply(nodes, node, "kill")
    assert not answers_ssh(node)
    assert faults.in_force(nodes) == {node.name: ["dead"]}


def test_a_frozen_node_accepts_connections_and_says_nothing(nodes: Lab, node: Node) -> None:
    faults.apply(nodes, node, "freeze")
    assert not answers_ssh(node, timeout=0.5)
    assert faults.in_force(nodes) == {node.name: ["frozen"]}


def test_a_restarted_node_has_another_pid_1(nodes: Lab, node: Node) -> None:
    boot = "stat --format %Z /proc/1"
    before = on(nodes, node, boot)
    faults.apply(nodes, node, "restart")
    assert on(nodes, node, boot) != before


def test_a_cut_node_is_reached_by_nobody_and_runs_on(nodes: Lab, node: Node) -> None:
    boot = "stat --format %Z /proc/1"
    before = on(nodes, node, boot)
    faults.apply(nodes, node, "cut")
    assert not answers_ssh(node, timeout=0.5)
    assert "0 received" in on(nodes, nodes.nodes[0], f"ping -c 1 -W 1 {node.address} || true")
    faults.mend(nodes, node)
    assert on(nodes, node, boot) == before


def test_a_share_of_the_packets_is_dropped(nodes: Lab, node: Node) -> None:
    faults.apply(nodes, node, "drop", 50)
    said = on(nodes, nodes.nodes[0], f"ping -q -c 100 -i 0.01 -W 1 {node.address} || true")
    lost = float(said.partition("% packet loss")[0].split()[-1])
    # Either way counts, so a quarter comes through: 75 % lost, and 50 to 95 % but once in millions of runs.
    assert 50 <= lost <= 95


def test_a_delayed_ssh_takes_longer_by_every_round_trip(nodes: Lab, node: Node) -> None:
    faults.apply(nodes, node, "delay", 100)
    begin = time.monotonic()
    assert through_the_proxy(nodes, node).returncode == 0
    assert time.monotonic() - begin > 0.6


def test_a_reset_ssh_breaks_in_the_middle(nodes: Lab, node: Node) -> None:
    faults.apply(nodes, node, "reset", 3000)
    assert through_the_proxy(nodes, node).returncode == 255


def test_a_stalled_ssh_hangs(nodes: Lab, node: Node) -> None:
    faults.apply(nodes, node, "stall", 3000)
    with pytest.raises(subprocess.TimeoutExpired):
        through_the_proxy(nodes, node, timeout=1.5)


def through_the_proxy(lab: Lab, node: Node, timeout: float = 30) -> subprocess.CompletedProcess[bytes]:
    """ssh to the lab's proxy; its host key is in the lab's known_hosts under that address, too."""
    command = machines.ssh_command(lab, node, "true")
    command[command.index(f"root@{node.address}")] = f"root@{lab.gateway}"
    command[1:1] = ["-p", str(lab.proxy_port(node))]
    return subprocess.run(command, capture_output=True, timeout=timeout, check=False)


def test_a_node_that_does_not_run_is_not_broken_further(nodes: Lab, node: Node) -> None:
    faults.apply(nodes, node, "freeze")
    with pytest.raises(LabError, match=r"node3 is frozen already: `invoke lab\.up --name test`"):
        faults.apply(nodes, node, "kill")


def test_fresh_nodes_have_no_fault(nodes: Lab, node: Node) -> None:
    faults.apply(nodes, node, "drop", 10)
    faults.apply(nodes, node, "delay", 10)
    assert faults.in_force(nodes) == {node.name: ["drop 10%", "proxy"]}
    lifecycle.fresh(nodes.name)
    assert faults.in_force(nodes) == {}


@pytest.mark.parametrize(
    ("how", "amount", "message"),
    [
        ("burn", None, "cannot be broken by 'burn': --how is one of kill, freeze"),
        ("kill", 3, "kill knows no amount"),
        ("delay", 0, "an amount of 0 breaks nothing"),
        ("drop", 100, "100 % cannot be dropped: take 1 to 99"),
    ],
)
def test_what_cannot_be_done_is_refused(
    nodes: Lab, node: Node, how: str, amount: int | None, message: str
) -> None:
    with pytest.raises(LabError, match=message):
        faults.apply(nodes, node, how, amount)
