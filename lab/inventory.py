"""The inventory that makes a cluster of a lab's nodes: what a user would write, and what this machine needs.

The overrides under kubelet and kube_proxy are this machine's, not the product's: a host without
CAP_SYS_RESOURCE, perhaps with cgroups of version 1, and a disk that other things fill as well.
"""

from collections.abc import Mapping
from typing import Any

import yaml

from lab import host
from lab.manifests import MirrorFile
from lab.mirror import Mirror
from lab.settings import Lab

HEADER = """\
# Made by `invoke lab.up`, and made again by the next one. To change it, copy it first.
"""
REGISTRIES = ("registry.k8s.io", "docker.io", "ghcr.io", "quay.io")


def text(lab: Lab, mirror: Mirror) -> str:
    """Returns the inventory of a lab, as YAML."""
    return HEADER + yaml.safe_dump(document(lab, mirror), sort_keys=False)


def document(lab: Lab, mirror: Mirror) -> dict[str, Any]:
    """Returns the inventory of a lab, as YAML's own types."""
    hosts = {True: {}, False: {}}  # type: dict[bool, dict[str, dict[str, str]]]
    for node in lab.nodes:
        hosts[node.control_plane][node.name] = {"address": node.address}
    return {
        "cluster": _cluster(lab, mirror),
        "mirrors": _mirrors(lab, mirror),
        "ssh": {"user": "root", "key": str(lab.key), "known_hosts": str(lab.known_hosts)},
        "smoke": {"from": "operator"},
        "control_planes": hosts[True],
        "workers": hosts[False],
    }


def _cluster(lab: Lab, mirror: Mirror) -> dict[str, Any]:
    return {
        "name": f"lab-{lab.name}",
        "kubernetes": mirror.kubernetes,
        "runtime": "docker",
        "pod_cidr": "10.244.0.0/16",
        "service_cidr": "10.96.0.0/12",
        "flannel": {"backend": "vxlan"},
        "metallb": {"mode": "layer2", "addresses": [lab.pool]},
        "firewall": "off",
        "selinux": "permissive",
        "kubelet": {
            **host.kubelet_settings(),
            "oomScoreAdj": 0,
            # The host's disk is full of other things: kubelet would take that for disk pressure.
            "evictionHard": {
                "imagefs.available": "1%",
                "nodefs.available": "1%",
                "nodefs.inodesFree": "1%",
                "memory.available": "100Mi",
            },
            "imageGCHighThresholdPercent": 100,
        },
        # These are the host's, and a node may not write them.
        "kube_proxy": {
            "oomScoreAdj": 0,
            "conntrack": {"maxPerCore": 0, "tcpEstablishedTimeout": "0s", "tcpCloseWaitTimeout": "0s"},
        },
        # kubeadm looks for cgroups and modules that a container's host need not have.
        "ignore_preflight_errors": ["SystemVerification"],
    }


def _mirrors(lab: Lab, mirror: Mirror) -> dict[str, Any]:
    kubernetes = f"{lab.http}/pkgs.k8s.io/core:/stable:/v{{minor}}/rpm/"
    docker = f"{lab.http}/download.docker.com/linux/centos"
    return {
        "packages": {
            "kubernetes": _repository(kubernetes, f"{kubernetes}repodata/repomd.xml.key"),
            "docker": _repository(f"{docker}/9/x86_64/stable/", f"{docker}/gpg"),
            "cri_dockerd": _file(lab, mirror.cri_dockerd),
        },
        "images": dict.fromkeys(REGISTRIES, lab.registry),
        "insecure_registries": [lab.registry],
        "manifests": {name: _file(lab, file) for name, file in mirror.manifests.items()},
    }


def _repository(url: str, key: str) -> Mapping[str, str]:
    return {"url": url, "key": key}


def _file(lab: Lab, file: MirrorFile) -> Mapping[str, str]:
    return {"url": f"{lab.http}/{file.path}", "sha256": file.sha256}
