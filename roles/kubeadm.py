"""What the roles around kubeadm share: its files, and commands that several of them run."""

from __future__ import annotations

from kube.live import ADMIN_KUBECONFIG
from kube.versions import cri_socket
from nodewright.resources.shell import quote
from roles import NodeContext

#: kubeadm's configuration on the first control plane, kept for what is written anew later.
CONFIG = "/etc/nodewright/kubeadm-init.yaml"
KUBECTL = f"kubectl --kubeconfig={ADMIN_KUBECONFIG}"


def reset_command(ctx: NodeContext) -> str:
    """kubeadm's own reset, which asks nobody."""
    cluster = ctx.settings.cluster
    return f"kubeadm reset --force --cri-socket {quote(cri_socket(cluster.kubernetes, cluster.runtime))}"
