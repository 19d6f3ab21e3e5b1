"""One bad worker of three machines: the others become a cluster, and exit code and report name the one."""

from __future__ import annotations

import pytest

from lab import faults
from tests.e2e.machines import Machines
from tests.e2e.terminal import Ended, Terminal


@pytest.fixture(scope="module")
def machines(all_machines: Machines) -> Machines:
    """Bare, or reset: a cluster is made of either."""
    all_machines.plain()
    all_machines.touched()
    return all_machines


@pytest.fixture(scope="module")
def without_node3(machines: Machines, tmp_path_factory: pytest.TempPathFactory) -> Ended:
    """A provision during which node3 freezes, while packages are installed or images pulled."""
    terminal = Terminal(tmp_path_factory.mktemp("terminal"))
    document = machines.document()
    document["ssh"]["keepalive"] = 2
    running = terminal.start("provision", "--inventory", terminal.inventory(document))
    running.until(r"node3 +changed ")
    faults.freeze(machines.lab, machines.node("node3"))
    ended = running.ended()
    faults.mend(machines.lab, machines.node("node3"))
    return ended


def test_a_worker_that_is_lost_is_named_with_the_exit_code_of_its_loss(without_node3: Ended) -> None:
    assert without_node3.exit_code == 6
    problem = without_node3.problem("node3")
    assert problem.kind == "ConnectionLost"
    assert without_node3.problems("node1") == without_node3.problems("node2") == []
    assert without_node3.text.splitlines()[-1].startswith("node3: ")


def test_the_report_shows_how_each_host_ended(without_node3: Ended) -> None:
    assert {host["host"]: host["status"] for host in without_node3.report["hosts"]} == {
        "node1": "changed",
        "node2": "changed",
        "node3": "lost",
    }


def test_the_others_become_a_cluster_that_is_proven_without_it(
    without_node3: Ended, machines: Machines
) -> None:
    assert "smoke: without node3" in without_node3.text
    assert "of node1, node2\n" in without_node3.text
    assert "smoke: ok" in without_node3.text
    nodes = machines.kubectl("get nodes --no-headers --output custom-columns=:.metadata.name").split()
    assert nodes == ["node1", "node2"]


def test_the_next_run_takes_it_in(without_node3: Ended, machines: Machines, operator: Terminal) -> None:
    inventory = operator.inventory(machines.document())
    machines.become("cluster", lambda: operator.invoke("provision", "--inventory", inventory))
    nodes = machines.kubectl("get nodes --no-headers").splitlines()
    assert [node.split()[1] for node in nodes] == ["Ready"] * 3


def test_a_worker_that_does_not_answer_hinders_no_other_though_the_api_still_takes_it_for_ready(
    machines: Machines, operator: Terminal
) -> None:
    document = machines.document()
    document["ssh"]["connect_timeout"] = 2
    machines.touched()
    faults.freeze(machines.lab, machines.node("node3"))
    ended = operator.invoke("provision", "--inventory", operator.inventory(document, "frozen.yaml"))
    faults.mend(machines.lab, machines.node("node3"))
    assert ended.exit_code == 5
    assert ended.problem("node3").kind == "Unreachable"
    assert ended.problems("node1") == ended.problems("node2") == []
    assert "smoke: without node3" in ended.text
    assert "smoke: ok" in ended.text
