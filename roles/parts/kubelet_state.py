"""Removes what the kubelet's CPU and memory managers remember before the kubelet starts with other settings.

Under another policy, or with other reserves, the kubelet does not start with the old files. kubernetes.io, "Control
CPU Management Policies on the Node", says: drain the node, stop the kubelet, remove the file.
"""

from __future__ import annotations

import hashlib

from kube.kubeadm.configuration import kubelet_settings_of
from kube.objects.go_yaml import write_documents
from kube.paths import KUBELET_MANAGERS, KUBELET_MANAGERS_STAMP
from nodewright.script.shell import quote, quote_all, renamed, sh
from roles import NodeContext

_SETTINGS = (
    "cpuManagerPolicy",
    "cpuManagerPolicyOptions",
    "evictionHard",
    "kubeReserved",
    "memoryManagerPolicy",
    "reservedMemory",
    "reservedSystemCPUs",
    "systemReserved",
)
_OCCUPIED = (
    "pods on this node have CPUs or memory of their own, which the kubelet forgets with these settings: "
    "kubectl drain NODE --ignore-daemonsets --delete-emptydir-data, run this again, then kubectl uncordon NODE"
)


def look_at_old_state(ctx: NodeContext) -> str:
    """Returns commands that find out whether the managers' files must go; they run before anything changes.

    They fail while pods have CPUs or memory of their own, since the kubelet would give these to other pods as well.
    """
    return sh(
        """
        started_with=
        if [ -e @stamp ]; then
          started_with=$(cat @stamp)
        fi
        if [ "$started_with" != @digest ]; then
          if grep -qs '"entries":{' @states; then
            echo @occupied
            exit 1
          fi
        fi
        """,
        stamp=KUBELET_MANAGERS_STAMP,
        digest=_digest(ctx),
        states=quote_all(KUBELET_MANAGERS),
        occupied=quote(_OCCUPIED),
    )


def forget_old_state(ctx: NodeContext) -> str:
    """Returns commands that remove the managers' files where `look_at_old_state` found that they must go.

    They run after those of `look_at_old_state`, and before the kubelet starts with the current settings.
    """
    return sh(
        """
        if [ "$started_with" != @digest ]; then
          systemctl stop kubelet
          rm -f @states
        fi
        """,
        digest=_digest(ctx),
        states=quote_all(KUBELET_MANAGERS),
    )


def leave_state_stamp(ctx: NodeContext) -> str:
    """Returns commands that record that the kubelet was started with the current settings of its managers."""
    return renamed(KUBELET_MANAGERS_STAMP, f"echo {_digest(ctx)} >@new")


def _digest(ctx: NodeContext) -> str:
    kubelet = kubelet_settings_of(ctx.settings)
    settings = {key: kubelet.get(key) for key in _SETTINGS}
    return hashlib.sha256(write_documents([settings]).encode()).hexdigest()
