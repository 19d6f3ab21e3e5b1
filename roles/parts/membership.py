"""Keeps on a node which cluster it belongs to and as what: a file begun before init or join, completed after it."""

from __future__ import annotations

from kube.facts.membership import CONTROL_PLANE, WORKER, membership_file
from kube.paths import CA, KUBELET_CREDENTIALS, MEMBERSHIP_FILE
from nodewright.paths import CONFIGURATION
from nodewright.script.shell import quote, renamed, sh
from roles import NodeContext


def begin_membership(ctx: NodeContext) -> str:
    """Returns commands that note: this host is on its way into the cluster."""
    return _write(_file(ctx))


def complete_membership(ctx: NodeContext) -> str:
    """Returns commands that note: this host is in, and this is the digest of the cluster's CA certificate."""
    return sh(
        """
        ca=$(sha256sum <@ca)
        ca=sha256:${ca%% *}
        @write
        """,
        ca=CA,
        write=_write(_file(ctx, "$ca")),
    )


def membership_is_complete(cluster: str) -> str:
    """Returns commands that succeed on a member of that cluster."""
    return sh(
        """
        grep -qxF @line @file
        grep -q '^ca sha256:' @file
        [ -s @kubelet_credentials ]
        """,
        line=quote(f"cluster {cluster}"),
        file=MEMBERSHIP_FILE,
        kubelet_credentials=KUBELET_CREDENTIALS,
    )


def _file(ctx: NodeContext, ca_hash: str = "") -> str:
    role = CONTROL_PLANE if ctx.settings.control_plane else WORKER
    cluster = ctx.settings.cluster.name
    return membership_file(cluster, "$nw_run_id", ca_hash, node=ctx.host.name, role=role)


def _write(content: str) -> str:
    written = renamed(MEMBERSHIP_FILE, f"cat >@new <<END\n{content}END")
    return f"mkdir -p {CONFIGURATION}\n{written}"
