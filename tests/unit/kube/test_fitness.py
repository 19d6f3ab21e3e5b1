"""Hosts that cannot carry a version are known before anything is changed."""

from ipaddress import IPv4Network

import pytest

from kube.checks.fitness import (
    cgroup_findings,
    kernel_findings,
    network_findings,
    pool_findings,
    resolver_findings,
)
from kube.facts.host import Resolver
from tests.unit.kube.clusters import cluster


@pytest.mark.parametrize(
    ("kubernetes", "kernel", "fits"),
    [
        ("1.31.14", "3.10.0-1160.el7.x86_64", True),
        ("1.32.0", "4.18.0-553.el8_10.x86_64", False),
        ("1.32.0", "4.19.0", True),
        ("1.33.9", "4.18.0-553.el8_10.x86_64", False),
        ("1.34.0", "4.18.0-553.el8_10.x86_64", True),
        ("1.13.3", "4.18.0-553.el8_10.x86_64", True),
        ("1.13.3", "5.4.0", False),
        ("1.14.0", "5.4.0", True),
        ("1.34.2", "5.14.0-427.el9.x86_64", True),
        ("1.34.2", "6.18.5", True),
        ("1.34.2", "custom", True),
    ],
)
def test_kernels_below_the_floor_are_named(kubernetes: str, kernel: str, fits: bool) -> None:
    assert (list(kernel_findings(cluster(kubernetes=kubernetes), kernel)) == []) == fits


def test_a_kernel_is_not_looked_at_where_kubeadm_is_told_not_to() -> None:
    lenient = cluster(kubernetes="1.34.2", ignore_preflight_errors=["SystemVerification"])
    assert list(kernel_findings(lenient, "3.10.0")) == []


def test_cgroups_of_version_1_stop_the_kubelet_from_1_35_on() -> None:
    assert list(cgroup_findings(cluster(kubernetes="1.34.2"), 1)) == []
    assert list(cgroup_findings(cluster(kubernetes="1.35.0"), 2)) == []
    (finding,) = cgroup_findings(cluster(kubernetes="1.35.0"), 1)
    assert finding.path == ("cluster", "kubelet")


def test_the_kubelet_can_be_told_to_bear_cgroups_of_version_1() -> None:
    told = cluster(kubernetes="1.35.0", kubelet={"failCgroupV1": False})
    assert list(cgroup_findings(told, 1)) == []


def test_a_host_that_asks_itself_for_names_breaks_the_names_of_pods() -> None:
    (finding,) = resolver_findings(cluster(), Resolver(("127.0.0.1",)))
    assert "127.0.0.1" in finding.what
    assert list(resolver_findings(cluster(), Resolver(("127.0.0.53",), ("10.0.0.1",)))) == []
    assert list(resolver_findings(cluster(), Resolver(("127.0.0.1", "10.0.0.1")))) == []
    assert list(resolver_findings(cluster(kubelet={"resolvConf": "/etc/r"}), Resolver(("127.0.0.1",)))) == []


def test_a_host_without_name_servers_breaks_the_names_of_pods_likewise() -> None:
    (finding,) = resolver_findings(cluster(), Resolver())
    assert "no name server" in finding.what
    assert list(resolver_findings(cluster(kubelet={"resolvConf": "/etc/r"}), Resolver())) == []


@pytest.mark.parametrize("setting", ["pod_cidr", "service_cidr"])
def test_a_network_of_the_cluster_that_is_the_hosts_own_is_refused(setting: str) -> None:
    network = IPv4Network("192.168.0.0/20")
    (finding,) = network_findings(cluster(**{setting: "192.168.12.0/24"}), [network])
    assert finding.path == ("cluster", setting)
    assert "the hosts' own network" in finding.what
    assert list(network_findings(cluster(), [network])) == []


def test_a_pool_outside_of_the_nodes_network_is_doubtful() -> None:
    network = IPv4Network("192.168.56.0/24")
    inside = cluster(metallb={"addresses": ["192.168.56.200-192.168.56.220"]})
    outside = cluster(metallb={"addresses": ["192.168.56.250-192.168.57.5"]})
    assert list(pool_findings(inside, [network])) == []
    assert list(pool_findings(outside, [])) == []
    assert list(pool_findings(cluster(), [network])) == []
    (finding,) = pool_findings(outside, [network])
    assert finding.path == ("cluster", "metallb", "addresses", 0)
