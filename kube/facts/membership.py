"""Tells which cluster a host is a node of, and as what: by a file of ours, and by whatever else is found on it.

The file is written before kubeadm init or join, and completed after it with the hash of the cluster's CA. So a
host on which ours was cut short is known from one that was never ours, and a host that was joined under another
name, in another role or to an earlier cluster of the same name is known from one that fits the inventory.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from kube.paths import (
    ADMIN_KUBECONFIG,
    CA,
    ETCD,
    KUBELET,
    KUBELET_CREDENTIALS,
    KUBERNETES,
    MEMBERSHIP_FILE,
    STATIC_PODS,
)
from nodewright.facts.fragment import Fragment

#: What a host was joined as.
CONTROL_PLANE, WORKER = "control-plane", "worker"

#: A cluster leaves these on its nodes, and no package does. A folder without a file in it is no trace.
TRACES = (
    ADMIN_KUBECONFIG,
    KUBELET_CREDENTIALS,
    f"{KUBERNETES}/bootstrap-kubelet.conf",
    f"{STATIC_PODS}/kube-apiserver.yaml",
    CA,
    f"{ETCD}/member",
    f"{KUBELET}/config.yaml",
    "/var/lib/rancher",
    "/var/lib/k0s",
    "/var/snap/microk8s",
)


class Standing(StrEnum):
    """Says how a host stands to a cluster."""

    BARE = "bare"
    """Nothing of any cluster is found."""
    BEGUN = "begun"
    """Our init or join was cut short: to be cleaned up and done again."""
    MEMBER = "member"
    """It is a node of this cluster."""
    FOREIGN = "foreign"
    """It is or was a node of another cluster: to be refused."""


@dataclass(frozen=True)
class Membership:
    """Holds what tells which cluster a host belongs to.

    Args:
        cluster: the name in our file; empty where there is none.
        ca_hash: of the cluster's CA, `sha256:…`; empty until init or join was done.
        found: paths of TRACES that exist.
        node: the name that it was joined under; empty where there is no file.
        role: what it was joined as, CONTROL_PLANE or WORKER; empty where there is no file.
    """

    cluster: str = ""
    ca_hash: str = ""
    found: tuple[str, ...] = ()
    node: str = ""
    role: str = ""

    def standing(self, cluster: str) -> Standing:
        """Returns how the host stands to the cluster of this name.

        A host of ours that somebody ran `kubeadm reset` on is begun again.
        """
        if self.cluster == cluster:
            joined = self.ca_hash and KUBELET_CREDENTIALS in self.found
            return Standing.MEMBER if joined else Standing.BEGUN
        if self.cluster or self.found:
            return Standing.FOREIGN
        return Standing.BARE


def membership_file(cluster: str, run: str, ca_hash: str = "", *, node: str, role: str) -> str:
    """Returns the content of MEMBERSHIP_FILE.

    Args:
        ca_hash: given once init or join is done; a placeholder where only the host knows it.
        node: the name that the host joins under.
        role: CONTROL_PLANE or WORKER.
    """
    lines = [f"cluster {cluster}", f"node {node}", f"role {role}", f"run {run}"]
    if ca_hash:
        lines.append(f"ca {ca_hash}")
    return "\n".join([*lines, ""])


def parse_membership(text: str) -> Membership:
    """Returns the membership from lines `KEY VALUE`; `found` comes once for each path, `run` is for people."""
    values: dict[str, list[str]] = {}
    for key, value in _pairs(text):
        values.setdefault(key, []).append(value)

    def one(key: str) -> str:
        return values.get(key, [""])[0]

    found = tuple(values.get("found", ()))
    return Membership(one("cluster"), one("ca"), found, one("node"), one("role"))


def _pairs(text: str) -> Iterator[tuple[str, str]]:
    for line in text.splitlines():
        key, _, value = line.strip().partition(" ")
        if value.strip():
            yield key, value.strip()


MEMBERSHIP = Fragment(
    "membership",
    f"""if [ -r {MEMBERSHIP_FILE} ]; then cat {MEMBERSHIP_FILE}; fi
for path in {" ".join(TRACES)}; do
    if [ ! -e "$path" ]; then continue; fi
    if [ -n "$(find "$path" ! -type d -print -quit)" ]; then echo "found $path"; fi
done""",
    parse_membership,
)
