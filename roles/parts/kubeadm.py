"""Holds the commands that several roles around kubeadm run."""

from __future__ import annotations

from kube.paths import ADMIN_KUBECONFIG
from kube.versions.releases import cri_socket, release
from nodewright.script.shell import quote, quote_all
from roles import NodeContext

KUBECTL = f"kubectl --kubeconfig={ADMIN_KUBECONFIG}"


def api_answers(ctx: NodeContext) -> str:
    """Returns the command that succeeds on a control plane whose API server is ready."""
    path = release(ctx.settings.cluster.kubernetes).readiness_path
    return f"{KUBECTL} get --raw {path} --request-timeout=5s"


def anything_in(*paths: str) -> str:
    """Returns the condition that one of these files exists, or one of these folders holds a file.

    Empty folders do not count, since packages make them.
    """
    return f'[ -n "$(find {quote_all(paths)} ! -type d 2>/dev/null)" ]'


def reset_command(ctx: NodeContext) -> str:
    """Returns the command that runs kubeadm's own reset without a question."""
    cluster = ctx.settings.cluster
    return f"kubeadm reset --force --cri-socket {quote(cri_socket(cluster.kubernetes, cluster.runtime))}"
