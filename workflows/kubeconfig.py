"""The operator's way into the cluster: a kubeconfig of its own, never merged into another one."""

from __future__ import annotations

import os
from pathlib import Path

from kube.live import ADMIN_KUBECONFIG
from nodewright.workflow import Check, Operator


def kubeconfig_path(cluster: str) -> Path:
    """Where the operator's kubeconfig of a cluster is kept."""
    return Path.home() / ".kube" / f"nodewright-{cluster}.yaml"


def fetch_kubeconfig(path: Path) -> Check:
    """The check that writes the administrator's kubeconfig to `path`, for the operator alone."""

    def check(operator: Operator) -> None:
        host = next(host for host in operator.hosts.values() if host.settings.control_plane)
        write_private(path, operator.ask(host.name, f"cat {ADMIN_KUBECONFIG}"))
        operator.progress(f"kubeconfig in {path}")

    return check


def write_private(path: Path, content: str) -> None:
    """Writes a file that its owner alone can read, whole or not at all."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    temporary = path.with_name(f"{path.name}.{os.getpid()}")
    handle = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "w") as file:
        file.write(content)
    temporary.replace(path)
