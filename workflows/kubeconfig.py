"""Gives the operator a kubeconfig of the cluster in a file of its own, never merged into another one."""

from __future__ import annotations

import hashlib
import stat
from pathlib import Path

from kube.facts.cluster import ADMIN_DIGEST
from kube.paths import ADMIN_KUBECONFIG
from nodewright.whole import PRIVATE, write_whole
from nodewright.workflow.stages import Operator, Stage, Task, Workflow
from workflows.kubectl import first_answer


def kubeconfig_path(cluster: str) -> Path:
    """Returns where the operator's kubeconfig of a cluster is kept."""
    return Path.home() / ".kube" / f"nodewright-{cluster}.yaml"


def kubeconfig_workflow(path: Path) -> Workflow:
    """Returns the workflow that only fetches the kubeconfig, to `path`."""
    return Workflow(
        name="kubeconfig",
        stages=(Stage(name="kubeconfig", on=None, tasks=(fetch_kubeconfig(path),)),),
        lanes={},
    )


def fetch_kubeconfig(path: Path | None = None) -> Task:
    """Returns the task that keeps the administrator's kubeconfig in `path`, readable by the operator alone.

    Args:
        path: the file; by default that of `kubeconfig_path`.
    """

    def check(operator: Operator) -> None:
        planes = [host for host in operator.hosts.values() if host.settings.control_plane]
        file = path or kubeconfig_path(planes[0].settings.cluster.name)
        facts = operator.context(planes[0].name).facts
        # Facts are as they were when the run began. A host that had no kubeconfig then has no digest, and is asked.
        digests = {facts[host.name][ADMIN_DIGEST] for host in planes if host.name in facts} - {""}
        if _digest(file) not in digests:
            text = first_answer(
                [host.name for host in planes],
                lambda name: operator.ask(name, f"cat {ADMIN_KUBECONFIG}"),
                what="no control plane gives a kubeconfig",
                advice="invoke status shows what there is; invoke provision makes the cluster",
            )
            write_whole(file, text)
        operator.progress(str(file))

    return check


def _digest(file: Path) -> str | None:
    """Returns the digest of a file that only the operator can read; None where it has to be written."""
    try:
        private = stat.S_IMODE(file.stat().st_mode) == PRIVATE
        return hashlib.sha256(file.read_bytes()).hexdigest() if private else None
    except OSError:
        return None
