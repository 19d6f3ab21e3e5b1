"""The operator's way into the cluster: a kubeconfig of its own, never merged into another one."""

from __future__ import annotations

import hashlib
import os
import stat
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from kube.live import ADMIN_DIGEST, ADMIN_KUBECONFIG
from nodewright.context import Host
from nodewright.errors import ConnectError, ConnectionLost, StepFailed, VerificationFailed
from nodewright.workflow import Check, Operator, Stage, Workflow

_MODE = 0o600


def kubeconfig_path(cluster: str) -> Path:
    """Where the operator's kubeconfig of a cluster is kept."""
    return Path.home() / ".kube" / f"nodewright-{cluster}.yaml"


def kubeconfig_workflow(path: Path | None = None) -> Workflow:
    """The table of fetching it alone, to `path` or where it is kept."""
    return Workflow(
        name="kubeconfig",
        stages=(Stage(name="kubeconfig", on=None, checks=(fetch_kubeconfig(path),)),),
        lanes={},
    )


def fetch_kubeconfig(path: Path | None = None) -> Check:
    """The check that keeps the administrator's kubeconfig in `path`, for the operator alone.

    Args:
        path: the file; by default where the cluster's is kept.
    """

    def check(operator: Operator) -> None:
        planes = [host for host in operator.hosts.values() if host.settings.control_plane]
        file = path or kubeconfig_path(planes[0].settings.cluster.name)
        facts = operator.context(planes[0].name).facts
        # As it was when the run began: a host that has none yet says nothing, and is asked.
        digests = {facts[host.name][ADMIN_DIGEST] for host in planes if host.name in facts} - {""}
        if _digest(file) not in digests:
            write_private(file, _asked(operator, planes))
        operator.progress(str(file))

    return check


def _digest(file: Path) -> str | None:
    """Of a file that is the operator's alone; None where it has to be written."""
    try:
        private = stat.S_IMODE(file.stat().st_mode) == _MODE
        return hashlib.sha256(file.read_bytes()).hexdigest() if private else None
    except OSError:
        return None


def _asked(operator: Operator, planes: Sequence[Host[Any]]) -> str:
    """The kubeconfig of the first control plane that has one and can be asked."""
    said: list[str] = []
    for host in planes:
        try:
            return operator.ask(host.name, f"cat {ADMIN_KUBECONFIG}")
        except (ConnectError, ConnectionLost, StepFailed) as error:
            said.append(str(error))
    raise VerificationFailed(
        "no control plane gives a kubeconfig",
        output="\n".join(said),
        advice="invoke status shows what there is; invoke provision makes the cluster",
    )


def write_private(path: Path, content: str) -> None:
    """Writes a file that its owner alone can read, whole or not at all."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    temporary = path.with_name(f"{path.name}.{os.getpid()}")
    handle = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, _MODE)
    with os.fdopen(handle, "w") as file:
        file.write(content)
    temporary.replace(path)
