"""Loads an inventory for a user's command, and runs workflows over its hosts."""

from __future__ import annotations

import os
from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from kube.facts.cluster import ADMIN_DIGEST, KUBELET_SETTINGS, LIVE
from kube.facts.host import FRAGMENTS
from kube.settings.inventory import Inventory
from nodewright import inventory
from nodewright.errors import ConfigurationError
from nodewright.facts import BASE_FRAGMENTS
from nodewright.reports.events import Reporter
from nodewright.reports.summary import Result
from nodewright.run.interruption import Interruption
from nodewright.run.runner import run
from nodewright.script.compile import Mode
from nodewright.transport import Transport
from nodewright.transport.by_target import ByTarget
from nodewright.transport.local import LocalTransport
from nodewright.transport.ssh import SshTransport
from nodewright.workflow.context import Host
from nodewright.workflow.preflight import Preflight
from nodewright.workflow.stages import Workflow
from workflows.manifests import with_addons

ALL_FRAGMENTS = (*BASE_FRAGMENTS, *FRAGMENTS, LIVE, ADMIN_DIGEST, KUBELET_SETTINGS)


@dataclass(frozen=True, kw_only=True)
class Session:
    """Holds a loaded inventory, and where the records of runs go.

    Args:
        inventory: the inventory, which is valid.
        runs: the folder of all runs.
    """

    inventory: inventory.Inventory[Inventory]
    runs: Path

    @property
    def hosts(self) -> Sequence[Host[Any]]:
        """Returns the hosts in the inventory's order."""
        return tuple(self.inventory.hosts.values())

    @property
    def cluster(self) -> str:
        """Returns the cluster's name and the inventory's file, for messages."""
        return f"cluster {self.inventory.settings.cluster.name} from {self.inventory.source.document.file}"

    @property
    def about(self) -> str:
        """Returns the description of the cluster for the first line of a run."""
        cluster = self.inventory.settings.cluster
        return f"{self.cluster}, Kubernetes {cluster.kubernetes}, {cluster.runtime}"

    def with_addons(self) -> Sequence[Host[Any]]:
        """Fetches the cluster's manifests, and returns the hosts with them in their settings.

        Raises:
            ConfigurationError: a manifest cannot be fetched, has another checksum, or is not what it should be.
        """
        return with_addons(self.inventory.settings, self.inventory.hosts, _cache() / "manifests")

    def run(
        self,
        workflow: Workflow,
        hosts: Sequence[Host[Any]],
        *,
        reporters: Sequence[Reporter],
        mode: Mode = Mode.APPLY,
        limit: Collection[str] | None = None,
        preflight: Preflight | None = None,
    ) -> Result:
        """Runs a workflow over the hosts; meanwhile Ctrl-C interrupts the run.

        Raises:
            ConfigurationError: `limit` names an unknown host, or the run's folder cannot be made.
        """
        interruption = Interruption()
        with _transport() as transport, interruption.signals():
            return run(
                workflow,
                hosts,
                about=self.about,
                mode=mode,
                transport=transport,
                fragments=ALL_FRAGMENTS,
                reporters=reporters,
                runs_dir=self.runs,
                limit=limit,
                preflight=preflight,
                interruption=interruption,
            )


def open_session(path: str, *, for_run: bool = True) -> Session:
    """Loads an inventory.

    Args:
        path: the inventory's file.
        for_run: secrets from the environment must be there.

    Raises:
        ConfigurationError: the file does not exist or is not valid; the error lists everything that is wrong.
    """
    if not Path(path).exists():
        raise ConfigurationError(
            f"there is no inventory at {path}",
            advice="name one: --inventory FILE, or `inventory:` in invoke.yaml, or INVOKE_INVENTORY",
        )
    return Session(inventory=inventory.load(path, Inventory, for_run=for_run), runs=Path("runs"))


@contextmanager
def _transport() -> Iterator[Transport]:
    transport = ByTarget(local=LocalTransport(), remote=SshTransport())
    try:
        yield transport
    finally:
        transport.close()


def _cache() -> Path:
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "nodewright"
