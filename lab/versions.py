"""Every version in the lab, in one table. `lab/go/*/go.mod` must agree; a test sees to that.

What a Kubernetes minor needs beside itself is what its own kubeadm asks for (`kubeadm config images list`).
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class Release:
    """One patch release of Kubernetes and the images that its kubeadm asks for, as versions without a "v"."""

    kubernetes: str
    etcd: str
    etcd_tag: str
    coredns: str
    pause: str


RELEASES = {
    "1.34": Release("1.34.2", etcd="3.6.5", etcd_tag="3.6.5-0", coredns="1.12.1", pause="3.10.1"),
    "1.35": Release("1.35.4", etcd="3.6.6", etcd_tag="3.6.6-0", coredns="1.13.1", pause="3.10.1"),
}
DEFAULT_MINORS = ("1.34",)

CNI_PLUGINS = "1.7.1"
CONTAINERD = "2.2.0"
CRI_DOCKERD = "0.4.0"
FLANNEL = "0.26.7"
METALLB = "0.15.2"
RUNC = "1.3.3"

# The engine's module says in its releases/versions.yaml which Docker is made from it next.
DOCKER = "29.8.1"
MOBY = "2.0.0-beta.24"

# flannel's own plugin module is not to be had: the tag is what kube-flannel.yml asks for, the code is the
# last version that lived among the CNI plugins.
FLANNEL_CNI_PLUGIN_TAG = "1.6.2-flannel1"
FLANNEL_CNI_PLUGIN = "0.9.1"

DEBIAN = "bookworm"
NGINX = "1.22"

# Every time stamp in what the lab makes, so that the same recipe gives the same bytes.
EPOCH = 1_760_000_000
