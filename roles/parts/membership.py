"""Which cluster a node belongs to: a file of root's, begun before init or join and completed after it."""

from __future__ import annotations

from kube.facts.membership import membership_file
from kube.paths import CA, KUBELET_CREDENTIALS, MEMBERSHIP_FILE
from nodewright.paths import CONFIGURATION
from nodewright.script.shell import quote, renamed, sh


def begin_membership(cluster: str) -> str:
    """Commands that say: from here on this host is on its way into that cluster."""
    return _write(membership_file(cluster, "$nw_run_id"))


def complete_membership(cluster: str) -> str:
    """Commands that say: this host is in, and by the digest of this CA's certificate the cluster is known."""
    return sh(
        """
        ca=$(sha256sum <@ca)
        ca=sha256:${ca%% *}
        @write
        """,
        ca=CA,
        write=_write(membership_file(cluster, "$nw_run_id", "$ca")),
    )


def membership_is_complete(cluster: str) -> str:
    """Commands that succeed on a member of that cluster."""
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


def _write(content: str) -> str:
    written = renamed(MEMBERSHIP_FILE, f"cat >@new <<END\n{content}END")
    return f"mkdir -p {CONFIGURATION}\n{written}"
