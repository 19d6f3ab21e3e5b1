"""Which cluster a node belongs to: a file of root's, begun before init or join and completed after it."""

from __future__ import annotations

from kube.facts.membership import MEMBERSHIP_FILE, membership_file
from nodewright.script.shell import quote, script

_CA = "/etc/kubernetes/pki/ca.crt"


def begin_membership(cluster: str) -> str:
    """Commands that say: from here on this host is on its way into that cluster."""
    return _write(membership_file(cluster, "$nw_run_id"))


def complete_membership(cluster: str) -> str:
    """Commands that say: this host is in, and by the digest of this CA's certificate the cluster is known."""
    return script(
        f"ca=$(sha256sum <{_CA})",
        "ca=sha256:${ca%% *}",
        _write(membership_file(cluster, "$nw_run_id", "$ca")),
    )


def membership_is_complete(cluster: str) -> str:
    """Commands that succeed on a member of that cluster."""
    return script(
        f"grep -qxF {quote(f'cluster {cluster}')} {MEMBERSHIP_FILE}",
        f"grep -q '^ca sha256:' {MEMBERSHIP_FILE}",
        "[ -s /etc/kubernetes/kubelet.conf ]",
    )


def _write(content: str) -> str:
    return script(
        "mkdir -p /etc/nodewright",
        f"cat >{MEMBERSHIP_FILE}.new <<END\n{content}END",
        f"mv -fT {MEMBERSHIP_FILE}.new {MEMBERSHIP_FILE}",
    )
