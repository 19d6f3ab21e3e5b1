"""What settings must not say together, and where the message points."""

from ipaddress import IPv4Network
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kube.settings.inventory import Inventory

CRI_DOCKERD = {"url": "https://example.org/cri-dockerd.rpm", "sha256": "0" * 64}


def inventory(**settings: Any) -> Inventory:
    base: dict[str, Any] = {
        "cluster": {"name": "test"},
        "mirrors": {"packages": {"cri_dockerd": CRI_DOCKERD}},
        "control_planes": {"node1": {"address": "192.168.56.11"}},
        "workers": {"node2": {"address": "192.168.56.12"}, "node3": {"address": "192.168.56.13"}},
    }
    for key, value in settings.items():
        replaces = key in {"control_planes", "workers", "mirrors"}
        base[key] = value if replaces else {**base.get(key, {}), **value}
    return Inventory.model_validate(base)


def found(**settings: Any) -> list[tuple[tuple[str | int, ...], str]]:
    return [(finding.path, finding.what) for finding in inventory(**settings).findings()]


def one(**settings: Any) -> tuple[tuple[str | int, ...], str]:
    (finding,) = found(**settings)
    return finding


def hosts(*addresses: str) -> dict[str, dict[str, str]]:
    return {f"cp{number}": {"address": address} for number, address in enumerate(addresses)}


def test_a_plain_cluster_is_right() -> None:
    assert found() == []


def test_a_firewall_that_stays_comes_later() -> None:
    path, what = one(cluster={"firewall": "keep"})
    assert path == ("cluster", "firewall")
    assert "later release" in what


@pytest.mark.parametrize("version", ["1.12.3", "1.99.0", "2.0.0"])
def test_an_unknown_version_is_refused_with_those_that_are_known(version: str) -> None:
    path, what = one(cluster={"kubernetes": version})
    assert path == ("cluster", "kubernetes")
    assert "1.13 to 1.36" in what


def test_a_version_without_public_packages_needs_a_mirror() -> None:
    path, what = one(cluster={"kubernetes": "1.23.17"})
    assert path == ("cluster", "kubernetes")
    assert "pkgs.k8s.io starts at 1.24" in what
    mirror = {"url": "http://mirror/{minor}/", "key": "http://mirror/key"}
    assert found(cluster={"kubernetes": "1.23.17"}, mirrors={"packages": {"kubernetes": mirror}}) == []


def test_a_repository_for_old_packages_has_a_key_of_its_own() -> None:
    url_alone = {"packages": {"kubernetes": {"url": "http://mirror/{minor}/"}}}
    path, what = one(cluster={"kubernetes": "1.23.17"}, mirrors=url_alone)
    assert path == ("mirrors", "packages", "kubernetes")
    assert "`key` is missing" in what


def test_docker_with_public_sources_needs_no_setting_of_cri_dockerd() -> None:
    assert found(mirrors={}) == []
    assert (
        found(mirrors={}, cluster={"package_versions": {"cri_dockerd": "0.3.21", "docker": "28.5.2"}}) == []
    )


def test_a_cri_dockerd_that_this_docker_refuses_is_told_before_any_host_is_asked() -> None:
    old = {"cri_dockerd": "0.3.14"}
    path, what = one(mirrors={}, cluster={"package_versions": {**old, "docker": "29.0.1"}})
    assert path == ("cluster", "package_versions", "cri_dockerd")
    assert what == "Docker 29.0.1 takes clients of API 1.44 and newer, and cri-dockerd 0.3.14 is older"
    assert "Docker 29 takes" in one(mirrors={}, cluster={"package_versions": old})[1]
    assert found(mirrors={}, cluster={"package_versions": {**old, "docker": "28.5.2"}}) == []


def test_a_cri_dockerd_whose_checksum_nobody_knows_here_is_refused_with_those_that_are_known() -> None:
    path, what = one(mirrors={}, cluster={"package_versions": {"cri_dockerd": "0.2.0"}})
    assert path == ("cluster", "package_versions", "cri_dockerd")
    assert "0.2.0 is not known here: 0.3.26, " in what
    assert found(cluster={"package_versions": {"cri_dockerd": "0.2.0"}}) == []


def test_an_old_kubelet_does_not_speak_to_containerd_2() -> None:
    mirrors = {"packages": {"kubernetes": {"url": "http://mirror/", "key": "http://mirror/key"}}}
    old = {"kubernetes": "1.22.17", "runtime": "containerd"}
    assert one(cluster=old, mirrors=mirrors)[0] == ("cluster", "runtime")
    pinned = {**old, "package_versions": {"containerd": "2.1.0"}}
    assert one(cluster=pinned, mirrors=mirrors)[0] == ("cluster", "package_versions", "containerd")
    assert found(cluster={**old, "package_versions": {"containerd": "1.6.33"}}, mirrors=mirrors) == []


def test_two_control_planes_are_worse_than_one() -> None:
    paths = found(cluster={"api_endpoint": "api.example.org"}, control_planes=hosts("10.1.0.1", "10.1.0.2"))
    assert [path for path, _ in paths] == [("control_planes",)]
    assert "no more failures than 1" in paths[0][1]


def test_three_control_planes_need_an_endpoint_of_the_users_own() -> None:
    three = hosts("10.1.0.1", "10.1.0.2", "10.1.0.3")
    assert one(control_planes=three)[0] == ("control_planes",)
    assert found(cluster={"api_endpoint": "api.example.org:6443"}, control_planes=three) == []


def test_addresses_are_given_once() -> None:
    workers = {"node2": {"address": "192.168.56.11"}}
    assert one(workers=workers) == (
        ("workers", "node2", "address"),
        "node2 has the address of node1, 192.168.56.11",
    )


def test_pods_and_services_do_not_share_addresses() -> None:
    path, what = one(cluster={"service_cidr": "10.244.128.0/20"})
    assert path == ("cluster", "service_cidr")
    assert "10.244.0.0/16" in what


def test_a_host_is_no_pod() -> None:
    path, what = one(workers={"node2": {"address": "10.244.1.1"}})
    assert path == ("workers", "node2", "address")
    assert "cluster.pod_cidr" in what


def test_the_pool_holds_no_host() -> None:
    path, what = one(cluster={"metallb": {"addresses": ["192.168.56.200/29", "192.168.56.10-192.168.56.11"]}})
    assert path == ("cluster", "metallb", "addresses", 1)
    assert "address of node1" in what


def test_the_pool_is_apart_from_pods_and_services() -> None:
    path, what = one(cluster={"metallb": {"addresses": ["10.97.0.0/24"]}})
    assert path == ("cluster", "metallb", "addresses", 0)
    assert "cluster.service_cidr" in what


def test_the_pool_names_no_address_twice() -> None:
    twice = ["192.168.56.200-192.168.56.210", "192.168.56.210-192.168.56.220"]
    assert one(cluster={"metallb": {"addresses": twice}})[0] == ("cluster", "metallb", "addresses", 1)


def test_the_pool_does_not_hold_the_api() -> None:
    settings = {"api_endpoint": "192.168.56.205:6443", "metallb": {"addresses": ["192.168.56.192/28"]}}
    assert one(cluster=settings)[0] == ("cluster", "metallb", "addresses", 0)


def test_every_node_gets_its_part_of_the_pod_network() -> None:
    path, what = one(cluster={"pod_cidr": "10.244.0.0/23"})
    assert path == ("cluster", "pod_cidr")
    assert "for 2 nodes; the inventory has 3 hosts" in what
    assert found(cluster={"pod_cidr": "10.244.0.0/22"}) == []


def test_a_network_of_services_has_a_size_that_kubeadm_takes() -> None:
    assert one(cluster={"service_cidr": "172.16.0.0/29"})[0] == ("cluster", "service_cidr")


@pytest.mark.parametrize("name", ["Node2", "node_2", "x" * 64])
def test_a_host_bears_a_name_that_a_node_can_bear(name: str) -> None:
    assert one(workers={name: {"address": "192.168.56.12"}})[0] == ("workers", name)


def test_the_smoke_test_looks_from_a_host_that_is_there() -> None:
    assert one(smoke={"from": "node9"})[0] == ("smoke", "from")
    assert found(smoke={"from": "node3"}) == []


def test_one_kubelet_differs_from_1_25_on() -> None:
    workers = {"node2": {"address": "192.168.56.12", "kubelet": {"maxPods": 50}}}
    assert found(workers=workers) == []
    assert one(workers=workers, cluster={"kubernetes": "1.24.17"})[0] == ("workers", "node2", "kubelet")


def test_a_line_of_etc_hosts_does_not_say_another_address_of_a_host() -> None:
    path, what = one(cluster={"hosts_lines": ["10.0.0.9 registry", "10.0.0.1 node2"]})
    assert path == ("cluster", "hosts_lines", 1)
    assert "its address is 192.168.56.12" in what


def test_kubernetes_as_files_needs_crictl_where_kubeadm_calls_it() -> None:
    file = {"url": "https://files.example.org/x", "sha256": "0" * 64}
    files = dict.fromkeys(("kubeadm", "kubelet", "kubectl", "cni_plugins"), file)
    old = {"kubernetes": "1.30.14", "runtime": "containerd"}
    path, what = one(cluster=old, mirrors={"packages": {"kubernetes": files}})
    assert path == ("mirrors", "packages", "kubernetes")
    assert "does not run without crictl" in what
    assert found(cluster=old, mirrors={"packages": {"kubernetes": {**files, "crictl": file}}}) == []
    new = {"kubernetes": "1.34.2", "runtime": "containerd"}
    assert found(cluster=new, mirrors={"packages": {"kubernetes": files}}) == []


addresses = st.ip_addresses(v=4, network="10.0.0.0/8").map(str) | st.ip_addresses(
    v=4, network="172.0.0.0/6"
).map(str)


@given(st.lists(addresses, min_size=1, max_size=4), addresses, st.integers(0, 32), st.integers(0, 32))
def test_any_addresses_end_in_findings_and_never_in_an_error(
    nodes: list[str], base: str, pods: int, services: int
) -> None:
    checked = inventory(
        cluster={
            "pod_cidr": str(IPv4Network(f"{base}/{pods}", strict=False)),
            "service_cidr": str(IPv4Network(f"{base}/{services}", strict=False)),
            "metallb": {"addresses": [f"{base}-{base}"]},
        },
        control_planes=hosts(*nodes),
        workers={},
    )
    findings = list(checked.findings())
    assert any("overlaps" in finding.what for finding in findings)
    for finding in findings:
        assert_there(checked, finding.path)


def assert_there(checked: Inventory, path: tuple[str | int, ...]) -> None:
    value: Any = checked.model_dump(by_alias=True)
    for key in path:
        value = value[key]
