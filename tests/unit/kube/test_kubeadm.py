"""kubeadm's configuration: golden files for a version of each API, and the rules behind them."""

from typing import Any

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from kube.kubeadm.configuration import (
    JoinSecrets,
    init_configuration,
    join_configuration,
    kubelet_configuration,
    kubelet_patch,
    merged,
    preflight_arguments,
)
from kube.paths import KUBELET_PATCH, PATCHES_FOLDER
from kube.settings.node import NodeSettings
from kube.versions.releases import NEWEST, OLDEST, Version
from tests.golden import assert_golden
from tests.unit.kube.clusters import cluster, host, mirrors, node

GOLDEN = ["1.13.3", "1.15.12", "1.20.15", "1.24.17", "1.31.14", "1.34.2", "1.36.1"]
SECRETS = JoinSecrets(token="THE-TOKEN", ca_hash="THE-CA-HASH", certificate_key="THE-CERTIFICATE-KEY")
LAB_MIRRORS = mirrors(images={"registry.k8s.io": "10.77.0.1:5000"})


def documents(text: str) -> dict[str, dict[str, Any]]:
    return {document["kind"]: document for document in yaml.safe_load_all(text)}


def init(on: NodeSettings) -> dict[str, dict[str, Any]]:
    return documents(init_configuration(on))


def join(on: NodeSettings) -> dict[str, Any]:
    text = join_configuration(on, api="192.168.56.11:6443", secrets=SECRETS)
    return documents(text)["JoinConfiguration"]


@pytest.mark.parametrize("version", GOLDEN)
def test_init_of_a_plain_cluster(version: str) -> None:
    text = init_configuration(node(of=cluster(kubernetes=version)))
    assert_golden(f"kube/init-{version}.yaml", text)


@pytest.mark.parametrize("version", GOLDEN)
def test_join_of_a_worker(version: str) -> None:
    worker = node("node2", control_plane=False, of=cluster(kubernetes=version))
    text = join_configuration(worker, api="192.168.56.11:6443", secrets=SECRETS)
    assert_golden(f"kube/join-worker-{version}.yaml", text)


@pytest.mark.parametrize("version", GOLDEN[1:])
def test_join_of_a_control_plane(version: str) -> None:
    further = node("node2", of=cluster(kubernetes=version, api_endpoint="api.example.org"))
    text = join_configuration(further, api="api.example.org:6443", secrets=SECRETS)
    assert_golden(f"kube/join-control-plane-{version}.yaml", text)


def test_init_with_every_setting_that_shows() -> None:
    everything = cluster(
        runtime="containerd",
        api_endpoint="api.example.org:8443",
        certificate_names=["api.example.org", "10.0.0.1"],
        log_rotation={"max_size": "10Mi", "max_files": 3},
        kubelet={"cgroupDriver": "cgroupfs", "evictionHard": {"nodefs.available": "1%"}},
        kube_proxy={"mode": "ipvs", "conntrack": {"maxPerCore": 0}},
        cluster_configuration={"apiServer": {"extraArgs": [{"name": "profiling", "value": "false"}]}},
    )
    settings = host("192.168.56.11", taints=["dedicated=api:NoSchedule"], kubelet={"maxPods": 50})
    text = init_configuration(node(of=everything, behind=LAB_MIRRORS, settings=settings))
    assert_golden("kube/init-everything.yaml", text)


@given(
    st.builds(Version, st.just(1), st.integers(OLDEST.minor, NEWEST.minor), st.integers(0, 30)),
    st.sampled_from(["docker", "containerd"]),
)
@settings(deadline=None)
def test_every_known_version_gets_four_documents_of_one_api(version: Version, runtime: str) -> None:
    written = init(node(of=cluster(kubernetes=str(version), runtime=runtime)))
    assert list(written) == [
        "InitConfiguration",
        "ClusterConfiguration",
        "KubeletConfiguration",
        "KubeProxyConfiguration",
    ]
    assert written["InitConfiguration"]["apiVersion"] == written["ClusterConfiguration"]["apiVersion"]
    assert written["ClusterConfiguration"]["kubernetesVersion"] == version.tag


def test_kubelets_and_api_server_use_the_address_of_the_inventory() -> None:
    registered = init(node(settings=host("10.1.2.3")))["InitConfiguration"]
    assert registered["localAPIEndpoint"]["advertiseAddress"] == "10.1.2.3"
    assert registered["nodeRegistration"]["kubeletExtraArgs"] == [{"name": "node-ip", "value": "10.1.2.3"}]


def test_the_only_host_of_a_cluster_carries_everything() -> None:
    assert init(node(only_host=True))["InitConfiguration"]["nodeRegistration"]["taints"] == []
    assert "taints" not in init(node())["InitConfiguration"]["nodeRegistration"]


def test_a_taint_without_a_value_has_none_in_the_file() -> None:
    tainted = node("node2", control_plane=False, settings=host("10.0.0.2", taints=["spot:NoExecute"]))
    assert join(tainted)["nodeRegistration"]["taints"] == [{"key": "spot", "effect": "NoExecute"}]


def test_a_worker_is_told_nothing_of_control_planes() -> None:
    assert "controlPlane" not in join(node("node2", control_plane=False))


def test_a_host_with_a_kubelet_of_its_own_gets_a_patch() -> None:
    special = host("10.0.0.2", kubelet={"maxPods": 50})
    assert join(node(settings=special))["patches"] == {"directory": PATCHES_FOLDER}
    assert yaml.safe_load(kubelet_patch(special)) == {"maxPods": 50}
    assert KUBELET_PATCH.startswith(PATCHES_FOLDER)
    assert "patches" not in join(node())
    assert kubelet_patch(host("10.0.0.2")) == ""


def test_ipvs_leaves_arp_to_metallb() -> None:
    ipvs = init(node(of=cluster(kube_proxy={"mode": "ipvs"})))["KubeProxyConfiguration"]
    assert ipvs["ipvs"] == {"strictARP": True}
    assert "ipvs" not in init(node())["KubeProxyConfiguration"]


def test_ignored_preflight_errors_are_named() -> None:
    lenient = cluster(ignore_preflight_errors=["SystemVerification", "Port-10250"])
    assert preflight_arguments(lenient) == ("--ignore-preflight-errors=SystemVerification,Port-10250",)
    assert preflight_arguments(cluster()) == ()


trees = st.recursive(
    st.integers() | st.text(max_size=3),
    lambda inner: st.dictionaries(st.sampled_from("abc"), inner, max_size=3),
    max_leaves=8,
).map(lambda tree: tree if isinstance(tree, dict) else {"a": tree})


@given(trees, trees)
def test_what_is_merged_in_wins_and_the_rest_stays(base: dict[str, Any], over: dict[str, Any]) -> None:
    result = merged(base, over)
    assert merged(result, over) == result
    assert merged(base, {}) == base
    assert merged({}, over) == over
    assert set(result) == set(base) | set(over)
    for key, value in over.items():
        if not isinstance(value, dict):
            assert result[key] == value


def test_pods_ask_the_name_servers_of_the_inventory_also_where_systemd_resolved_runs() -> None:
    assert "resolvConf" not in kubelet_configuration(cluster())
    own = cluster(resolver={"nameservers": ["10.0.0.1"]})
    assert kubelet_configuration(own)["resolvConf"] == "/etc/resolv.conf"
