"""Settings of kubelet and kube-proxy that need something else are refused without it, each with the reason."""

from __future__ import annotations

from typing import Any

import pytest

from kube.checks.fitness import proxy_findings
from kube.checks.needs import NEEDS, kernel_defaults, needs_table
from kube.settings.inventory import Inventory
from nodewright.inventory import Finding
from tests.unit.kube.clusters import cluster

MIRROR = {"packages": {"kubernetes": {"url": "http://mirror/", "key": "http://mirror/key"}}}


def found(host: dict[str, Any] | None = None, **settings: Any) -> list[Finding]:
    """What is said of a containerd cluster with these settings, the second host's own among them."""
    checked = Inventory.model_validate(
        {
            "cluster": {"name": "test", "runtime": "containerd", "kubernetes": "1.34.2", **settings},
            "mirrors": MIRROR,
            "control_planes": {"node1": {"address": "192.168.56.11"}},
            "workers": {"node2": {"address": "192.168.56.12", **(host or {})}},
        }
    )
    return list(checked.findings())


def said(host: dict[str, Any] | None = None, **settings: Any) -> str:
    (finding,) = found(host, **settings)
    return finding.what


REFUSED: list[dict[str, Any]] = [
    {"cpuManagerPolicy": "static"},
    {"memoryManagerPolicy": "Static"},
    {"maxParallelImagePulls": 5},
    {"enforceNodeAllocatable": ["pods", "system-reserved"]},
    {"enforceNodeAllocatable": ["pods", "kube-reserved-compressible"]},
    {"reservedSystemCPUs": "0", "systemReservedCgroup": "/system.slice"},
    {"cgroupsPerQOS": False},
    {"systemCgroups": "/system"},
    {"evictionSoft": {"memory.available": "1Gi"}},
    {"imageGCHighThresholdPercent": 80},
    {"imageGCLowThresholdPercent": 90},
    {"maxPods": 254},
    {"memorySwap": {"swapBehavior": "LimitedSwap"}},
    {"staticPodPath": "/etc/kubelet.d"},
    {"authentication": {"x509": {"clientCAFile": "/etc/ca.crt"}}},
    {"rotateCertificates": False},
    {"serverTLSBootstrap": True},
    {"enableServer": False},
    {"registerNode": False},
    {"runOnce": True},
    {"containerRuntimeEndpoint": "unix:///run/crio.sock"},
    {"crashLoopBackOff": {"maxContainerRestartPeriod": "10s"}},
    {"resolvConf": "resolv.conf"},
]
TAKEN: list[dict[str, Any]] = [
    {"cpuManagerPolicy": "static", "systemReserved": {"cpu": "1"}},
    {"cpuManagerPolicy": "static", "reservedSystemCPUs": "0,1"},
    {"cpuManagerPolicy": "none"},
    {
        "memoryManagerPolicy": "Static",
        "systemReserved": {"memory": "1Gi"},
        "reservedMemory": [{"numaNode": 0, "limits": {"memory": "1124Mi"}}],
    },
    {"maxParallelImagePulls": 5, "serializeImagePulls": False},
    {"maxParallelImagePulls": 1},
    {"enforceNodeAllocatable": ["pods", "system-reserved"], "systemReservedCgroup": "/system.slice"},
    {"cgroupsPerQOS": False, "enforceNodeAllocatable": ["none"]},
    {
        "evictionSoft": {"memory.available": "1Gi"},
        "evictionSoftGracePeriod": {"memory.available": "1m"},
    },
    {"imageGCLowThresholdPercent": 85, "imageGCHighThresholdPercent": 90},
    {"maxPods": 253},
    {"failSwapOn": False, "memorySwap": {"swapBehavior": "NoSwap"}},
    {"staticPodPath": "/etc/kubernetes/manifests"},
    {"protectKernelDefaults": True},
    {
        "crashLoopBackOff": {"maxContainerRestartPeriod": "10s"},
        "featureGates": {"KubeletCrashLoopBackOffMax": True},
    },
    {"resolvConf": ""},
    {"readOnlyPort": 10255},
]


@pytest.mark.parametrize("kubelet", REFUSED, ids=str)
def test_a_setting_that_lacks_what_it_needs_is_refused_with_the_reason(kubelet: dict[str, Any]) -> None:
    (finding,) = found(kubelet=kubelet)
    assert finding.path[:2] == ("cluster", "kubelet")
    assert finding.what
    assert finding.advice


@pytest.mark.parametrize("kubelet", TAKEN, ids=str)
def test_a_setting_that_has_what_it_needs_is_taken(kubelet: dict[str, Any]) -> None:
    assert [finding.what for finding in found(kubelet=kubelet)] == []


def test_a_host_has_what_the_cluster_gives_it_and_is_blamed_for_its_own() -> None:
    assert found({"kubelet": {"cpuManagerPolicy": "static"}}, kubelet={"systemReserved": {"cpu": "1"}}) == []
    (finding,) = found({"kubelet": {"cpuManagerPolicy": "static"}})
    assert finding.path == ("workers", "node2", "kubelet", "cpuManagerPolicy")


def test_one_hosts_cgroup_driver_would_not_be_that_of_its_runtime() -> None:
    assert "follows cluster.kubelet" in said({"kubelet": {"cgroupDriver": "cgroupfs"}})
    assert found(kubelet={"cgroupDriver": "cgroupfs"}) == []


def test_more_pods_than_addresses_need_larger_parts_of_the_pod_network() -> None:
    larger = {"controllerManager": {"extraArgs": [{"name": "node-cidr-mask-size", "value": "22"}]}}
    assert "/24" in said(kubelet={"maxPods": 500})
    assert found(kubelet={"maxPods": 500}, cluster_configuration=larger) == []


def test_a_gate_that_the_minor_has_on_is_not_asked_for() -> None:
    aged = {"imageMaximumGCAge": "24h"}
    assert "ImageMaximumGCAge before 1.30" in said(kubernetes="1.29.0", kubelet=aged)
    assert found(kubernetes="1.30.0", kubelet=aged) == []


def test_kubeadm_before_1_31_asks_the_kubelet_at_one_port() -> None:
    assert "10248" in said(kubernetes="1.30.0", kubelet={"healthzPort": 10249})
    assert found(kubernetes="1.31.0", kubelet={"healthzPort": 10249}) == []


def test_a_kubelet_that_sets_no_kernel_settings_finds_them_set() -> None:
    wanted = kernel_defaults({"protectKernelDefaults": True})
    assert wanted == {
        "vm.overcommit_memory": "1",
        "vm.panic_on_oom": "0",
        "kernel.panic": "10",
        "kernel.panic_on_oops": "1",
        "kernel.keys.root_maxkeys": "1000000",
        "kernel.keys.root_maxbytes": "25000000",
    }
    assert kernel_defaults({}) == {}


def test_a_kernel_setting_against_the_kubelets_is_refused_where_it_stands() -> None:
    protected = {"protectKernelDefaults": True}
    (finding,) = found(kubelet=protected, sysctls={"kernel.panic": "0"})
    assert finding.path == ("cluster", "sysctls", "kernel.panic")
    (finding,) = found({"sysctls": {"kernel.panic": "5"}}, kubelet=protected)
    assert finding.path == ("workers", "node2", "sysctls", "kernel.panic")
    assert found(sysctls={"kernel.panic": "0"}) == []


@pytest.mark.parametrize(
    "proxy",
    [
        {"mode": "userspace"},
        {"nodePortAddresses": ["127.0.0.0/8"]},
        {"nodePortAddresses": ["here"]},
        {"clientConnection": {"kubeconfig": "/root/config"}},
        {"hostnameOverride": "node1"},
    ],
    ids=str,
)
def test_a_setting_of_kube_proxy_that_cannot_work_here_is_refused(proxy: dict[str, Any]) -> None:
    (finding,) = found(kube_proxy=proxy)
    assert finding.path[:2] == ("cluster", "kube_proxy")


@pytest.mark.parametrize(
    "proxy",
    [{"mode": "ipvs"}, {"nodePortAddresses": ["192.168.56.0/24"]}, {"nodePortAddresses": ["primary"]}],
    ids=str,
)
def test_a_setting_of_kube_proxy_that_works_is_taken(proxy: dict[str, Any]) -> None:
    assert found(kube_proxy=proxy) == []


def test_nftables_came_with_1_29_and_by_a_gate_until_1_31() -> None:
    gate = {"NFTablesProxyMode": True}
    assert "1.29" in said(kubernetes="1.30.0", kube_proxy={"mode": "nftables"})
    assert found(kubernetes="1.30.0", kube_proxy={"mode": "nftables", "featureGates": gate}) == []
    assert found(kubernetes="1.31.0", kube_proxy={"mode": "nftables"}) == []


def test_nftables_wants_a_kernel_that_the_hosts_have_to_have() -> None:
    nftables = cluster(kube_proxy={"mode": "nftables"})
    (finding,) = proxy_findings(nftables, "4.18.0-553.el8_10.x86_64")
    assert finding.path == ("cluster", "kube_proxy", "mode")
    assert list(proxy_findings(nftables, "5.14.0-427.el9.x86_64")) == []
    assert list(proxy_findings(cluster(), "4.18.0")) == []


def test_every_row_names_its_source_and_stands_in_the_docs() -> None:
    page = needs_table()
    for need in NEEDS:
        assert need.source
        assert need.advice
        assert f"`{need.setting}`" in page
