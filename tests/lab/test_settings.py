"""A lab's name decides where it is; its topology decides what is in it."""

import json
from ipaddress import IPv4Network
from pathlib import Path

import pytest

from lab.errors import LabError
from lab.settings import TOPOLOGIES, Lab, Topology, checked_name, free_number, topology

LAB = Lab("default", 77, TOPOLOGIES["default"])


@pytest.fixture(autouse=True)
def state(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    return tmp_path / "nodewright" / "labs"


def test_the_default_lab_has_one_control_plane_and_two_workers_at_known_addresses() -> None:
    assert [(n.name, n.address, n.control_plane) for n in LAB.nodes] == [
        ("node1", "10.77.0.11", True),
        ("node2", "10.77.0.12", False),
        ("node3", "10.77.0.13", False),
    ]


def test_the_mirror_answers_at_the_gateway_and_the_pool_is_no_nodes_address() -> None:
    assert (LAB.gateway, LAB.registry, LAB.http) == ("10.77.0.1", "10.77.0.1:5000", "http://10.77.0.1:8081")
    assert LAB.pool == "10.77.0.200-10.77.0.220"


def test_no_two_nodes_of_any_two_labs_share_a_hardware_address() -> None:
    macs = [node.mac for number in (77, 78) for node in Lab("x", number, TOPOLOGIES["default"]).nodes]
    assert len(set(macs)) == 6


def test_a_number_of_nodes_changes_the_workers_alone() -> None:
    assert topology("vagrant", 5) == Topology(control_planes=1, workers=4, nat=True)


@pytest.mark.parametrize("nodes", [-1, 0, 101])
def test_too_few_or_too_many_nodes_are_refused(nodes: int) -> None:
    with pytest.raises(LabError, match=rf"{nodes} nodes cannot be: this topology takes 1 to 100"):
        topology("default", nodes)


def test_an_unknown_topology_is_refused_with_those_there_are() -> None:
    with pytest.raises(LabError, match="default, single, vagrant"):
        topology("star", None)


@pytest.mark.parametrize("name", ["", "A", "1st", "with-dash", "../x", "elevenchars"])
def test_a_name_that_no_interface_table_and_folder_could_have_is_refused(name: str) -> None:
    with pytest.raises(LabError, match="cannot name a lab"):
        checked_name(name)


def test_a_node_that_is_not_there_is_refused_with_those_that_are() -> None:
    with pytest.raises(LabError, match="no node 'node9': it has node1, node2, node3"):
        LAB.node("node9")


def test_the_default_and_the_test_lab_never_change_their_subnets() -> None:
    assert (free_number("default", []), free_number("test", [])) == (77, 78)


def test_another_name_gets_the_first_subnet_that_no_lab_has_and_nobody_routes(state: Path) -> None:
    saved("one", 79, state)
    assert free_number("two", [IPv4Network("10.80.0.0/15")]) == 82


def test_a_fixed_subnet_that_is_routed_elsewhere_is_refused() -> None:
    with pytest.raises(LabError, match=r"10\.77\.0\.0/24.*lab.down --name default"):
        free_number("default", [IPv4Network("10.0.0.0/8")])


def test_what_is_saved_is_loaded(state: Path) -> None:
    lab = saved("one", 79, state)
    assert Lab.load("one") == lab
    assert Lab.load("two") is None


def saved(name: str, number: int, state: Path) -> Lab:
    (state / name).mkdir(parents=True)
    lab = Lab(name, number, TOPOLOGIES["vagrant"])
    lab.save()
    assert json.loads((state / name / "lab.json").read_text())["number"] == number
    return lab
