"""Waiting for what the cluster starts."""

from __future__ import annotations

from nodewright.resources import wait_until
from nodewright.resources.shell import script
from nodewright.step import Step
from roles.kubeadm import KUBECTL


def rolled_out(name: str, namespace: str, workload: str, *, deadline: float = 180) -> Step:
    """All pods of a workload are there and ready; when they are not in time, what Kubernetes says of them."""
    kubectl = f"{KUBECTL} --namespace {namespace}"
    return wait_until(
        name,
        f'{kubectl} rollout status {workload} --watch=false --timeout=20s >"$nw_tmp/rollout"\n'
        'grep -q "successfully rolled out" "$nw_tmp/rollout"',
        deadline=deadline,
        every=0.5,
        explain=script(
            f"{kubectl} get pods --output wide",
            f"{kubectl} get events --field-selector type=Warning --sort-by .lastTimestamp",
        ),
    )
