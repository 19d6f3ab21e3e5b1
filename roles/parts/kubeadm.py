"""What the roles around kubeadm share: its files, and commands that several of them run."""

from __future__ import annotations

from kube.paths import ADMIN_KUBECONFIG
from kube.versions.releases import cri_socket, release
from nodewright.script.shell import quote, quote_all
from roles import NodeContext

KUBECTL = f"kubectl --kubeconfig={ADMIN_KUBECONFIG}"


def api_answers(ctx: NodeContext) -> str:
    """The command that succeeds on a control plane whose API server is ready."""
    path = release(ctx.settings.cluster.kubernetes).readiness_path
    return f"{KUBECTL} get --raw {path} --request-timeout=5s"


def anything_in(*paths: str) -> str:
    """The condition that something lies in these folders, or is one of these files; packages make empty ones."""
    return f'[ -n "$(find {quote_all(paths)} ! -type d 2>/dev/null)" ]'


def reset_command(ctx: NodeContext) -> str:
    """kubeadm's own reset, which asks nobody."""
    cluster = ctx.settings.cluster
    return f"kubeadm reset --force --cri-socket {quote(cri_socket(cluster.kubernetes, cluster.runtime))}"
