"""Asks a control plane what the running cluster says of itself."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import yaml

from kube.objects.go_yaml import read_documents
from kube.paths import ADMIN_KUBECONFIG, KUBELET_STAMP
from kube.versions.releases import Version
from nodewright.facts.fragment import Fragment

_CONFIGURATION = "--- configuration"
_COLUMNS = ",".join(
    (
        "NAME:.metadata.name",
        "KUBELET:.status.nodeInfo.kubeletVersion",
        "RUNTIME:.status.nodeInfo.containerRuntimeVersion",
        'READY:.status.conditions[?(@.type=="Ready")].status',
        'ADDRESS:.status.addresses[?(@.type=="InternalIP")].address',
    )
)


@dataclass(frozen=True)
class LiveNode:
    """Describes a node as the API has it.

    Args:
        kubelet: the version of its kubelet; None where it is not a version that we read.
        runtime: docker, containerd or another.
        address: its InternalIP.
        ready: whether its condition Ready is true.
    """

    name: str
    kubelet: Version | None
    runtime: str
    address: str
    ready: bool


@dataclass(frozen=True)
class LiveCluster:
    """Describes a running cluster.

    Args:
        nodes: in the API's order; empty when the API does not answer.
        configuration: kubeadm's ClusterConfiguration; empty when it does not answer.
    """

    nodes: tuple[LiveNode, ...] = ()
    configuration: Mapping[str, Any] = field(default_factory=dict)

    @property
    def answers(self) -> bool:
        """Returns whether the API answered."""
        return bool(self.nodes)

    @property
    def version(self) -> Version | None:
        """Returns the version of the control plane; None where it is not known."""
        return _version(str(self.configuration.get("kubernetesVersion", "")))

    def networking(self, key: str) -> str:
        """Returns podSubnet, serviceSubnet or dnsDomain; empty where it is not known."""
        networking = self.configuration.get("networking")
        return str(networking.get(key, "")) if isinstance(networking, Mapping) else ""


def parse_live(text: str) -> LiveCluster:
    """Reads a line per node (name, kubelet, runtime, ready, address), and kubeadm's configuration as YAML."""
    nodes, _, configuration = text.partition(f"{_CONFIGURATION}\n")
    rows = (line.split() for line in nodes.splitlines())
    return LiveCluster(tuple(_node(row) for row in rows if len(row) == 5), _document(configuration))


def _node(row: list[str]) -> LiveNode:
    name, kubelet, runtime, ready, address = row
    return LiveNode(name, _version(kubelet), runtime.partition("://")[0], address, ready == "True")


def _version(text: str) -> Version | None:
    try:
        return Version.parse(text)
    except ValueError:
        return None


def _document(text: str) -> Mapping[str, Any]:
    try:
        document = next(iter(read_documents(text)), None)
    except yaml.YAMLError:
        return {}
    return document if isinstance(document, dict) else {}


#: It is empty where the host is no control plane, or its API does not answer within seconds.
LIVE = Fragment(
    "live-cluster",
    f"""if [ -r {ADMIN_KUBECONFIG} ]; then
    export KUBECONFIG={ADMIN_KUBECONFIG}
    kubectl --request-timeout=5s get nodes --no-headers --output='custom-columns={_COLUMNS}'
    echo '{_CONFIGURATION}'
    kubectl --request-timeout=5s --namespace=kube-system get configmap kubeadm-config \\
        --output='jsonpath={{.data.ClusterConfiguration}}'
fi""",
    parse_live,
)

#: The digest of the administrator's kubeconfig; empty where there is none.
ADMIN_DIGEST = Fragment(
    "admin-kubeconfig", f"sha256sum <{ADMIN_KUBECONFIG}", lambda text: text.partition(" ")[0].strip()
)

KUBELET_SETTINGS = Fragment("kubelet-settings", f"cat {KUBELET_STAMP}", str.strip)
