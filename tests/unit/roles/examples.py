"""The nodes whose scripts are golden files: one for each turn that Kubernetes and EL took, each with both roles."""

from __future__ import annotations

from typing import Any

from kube.facts.host import SELINUX, SeLinux
from kube.settings.inventory import Inventory
from kube.settings.node import NodeSettings
from nodewright.workflow.context import Context
from tests.unit.roles.villages import CLOUD, DNF, YUM, Answers, contexts, inventory

_OWN_REPOSITORIES = {
    "packages": {
        "kubernetes": {
            "url": "https://mirror.example.org/kubernetes/",
            "key": "https://mirror.example.org/key",
        },
        "docker": {"url": "https://mirror.example.org/docker/", "key": "https://mirror.example.org/key"},
    }
}
_CRI_DOCKERD = {"cri_dockerd": {"url": "https://mirror.example.org/cri-dockerd.rpm", "sha256": "0" * 64}}
_POOL = {"metallb": {"addresses": ["192.168.56.240-192.168.56.250"]}}
_PLAIN = {"kubernetes": "1.34.2", **_POOL}

_EVERYTHING: dict[str, Any] = {
    "kubernetes": "1.36.1",
    "runtime": "containerd",
    "api_endpoint": "api.example.org:6443",
    "package_versions": {"containerd": "2.2.0"},
    "time_servers": ["time1.example.org", "time2.example.org"],
    "sysctls": {"vm.max_map_count": "262144"},
    "proxy": {
        "http": "http://proxy.example.org:3128",
        "https": "http://user:50%25@proxy.example.org:3129",
        "no_proxy": ["mirror.example.org", ".internal"],
    },
    "flannel": {"backend": "host-gw", "interface": "eth1"},
    "kube_proxy": {"mode": "nftables"},
    "cluster_configuration": {
        "apiServer": {"extraArgs": [{"name": "service-node-port-range", "value": "20000-22767"}]}
    },
    "ignore_preflight_errors": ["NumCPU"],
    **_POOL,
}
_EVERYTHING_OF_A_HOST = {
    "labels": {"zone": "a", "disk": "ssd"},
    "taints": ["dedicated=db:NoSchedule", "spot:NoExecute"],
    "sysctls": {"vm.max_map_count": "524288", "net.core.somaxconn": "1024"},
    "kubelet": {"maxPods": 50},
}
_SITE = {
    "kubernetes": "1.36.1",
    "runtime": "containerd",
    "packages": ["nfs-utils"],
    "kernel_modules": ["ceph"],
    "hosts_lines": ["10.0.0.9 registry.example.org"],
    "resolver": {"nameservers": ["10.0.0.1"], "search": ["example.org"]},
}
_FILES = {
    name: {"url": f"https://files.example.org/{name}", "sha256": "0" * 64}
    for name in ("kubeadm", "kubelet", "kubectl", "cni_plugins", "crictl")
}
_OFF: Answers = {**DNF, SELINUX: SeLinux("disabled")}

#: node1 is a control plane, and node2, where there is one, a worker. The first is what the others differ from.
_EXAMPLES: dict[str, tuple[Inventory, Answers]] = {
    "1.34.2-docker": (inventory(_PLAIN), DNF),
    "1.13.3-docker": (inventory({"kubernetes": "1.13.3"}, mirrors=_OWN_REPOSITORIES), YUM),
    "1.20.15-docker": (inventory({"kubernetes": "1.20.15"}, mirrors=_OWN_REPOSITORIES), DNF),
    "1.24.17-docker": (inventory({"kubernetes": "1.24.17"}, mirrors={"packages": _CRI_DOCKERD}), DNF),
    "1.31.14-containerd": (inventory({"kubernetes": "1.31.14", "runtime": "containerd"}), CLOUD),
    "1.34.2-containerd-mirrored": (
        inventory(
            {**_PLAIN, "runtime": "containerd"},
            mirrors={
                "images": {"docker.io": "10.77.0.1:5000", "quay.io": "registry.example.org/quay"},
                "insecure_registries": ["10.77.0.1:5000"],
            },
        ),
        DNF,
    ),
    "1.34.2-docker-mirrored": (
        inventory(
            _PLAIN,
            mirrors={
                "packages": {
                    **_OWN_REPOSITORIES["packages"],
                    "cri_dockerd": _OWN_REPOSITORIES["packages"]["docker"],
                },
                "images": dict.fromkeys(("docker.io", "registry.k8s.io", "quay.io"), "10.77.0.1:5000"),
                "insecure_registries": ["10.77.0.1:5000"],
            },
        ),
        DNF,
    ),
    "1.36.1-everything": (
        inventory(
            _EVERYTHING,
            control_planes={"node1": {"address": "192.168.56.11", **_EVERYTHING_OF_A_HOST}},
            workers={"node2": {"address": "192.168.56.12", **_EVERYTHING_OF_A_HOST}},
        ),
        DNF,
    ),
    "1.36.1-site": (
        inventory(
            _SITE,
            mirrors={
                "packages": {
                    "kubernetes": _FILES,
                    "others": {"tools": _OWN_REPOSITORIES["packages"]["docker"]},
                },
                "images": {"registry.k8s.io": {"prefix": "registry.example.org/k8s", "flat": True}},
                "logins": {"registry.example.org": {"user": "nodes", "password": "a password"}},
            },
        ),
        DNF,
    ),
    "single-node": (
        inventory({**_PLAIN, "kube_proxy": {"mode": "ipvs"}}, workers={}),
        DNF,
    ),
    "selinux-disabled": (
        inventory({**_PLAIN, "selinux": "disabled"}),
        DNF,
    ),
    "selinux-enforcing": (
        inventory({**_PLAIN, "selinux": "enforcing"}),
        DNF,
    ),
    "selinux-enforcing-at-last": (
        inventory({**_PLAIN, "selinux": "enforcing"}),
        _OFF,
    ),
}


def _nodes() -> dict[str, Context[NodeSettings]]:
    kinds = {"node1": "control-plane", "node2": "worker"}
    return {
        f"{example}-{kinds[host]}": ctx
        for example, (of, answers) in _EXAMPLES.items()
        for host, ctx in contexts(of, answers).items()
    }


#: What a role sees on each of them, by the name that golden files give it.
NODES = _nodes()
