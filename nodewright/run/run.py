"""What all parts of a run share."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

from nodewright.errors import NodewrightError
from nodewright.facts.fragment import Facts, Fragment
from nodewright.reports.journal import Journal, problem_met
from nodewright.run.execs import Execs
from nodewright.run.interruption import Interruption
from nodewright.script.compile import Mode
from nodewright.workflow.context import Context, Host
from nodewright.workflow.stages import Stage, Workflow


@dataclass(frozen=True, kw_only=True)
class Limits:
    """How patient and how wide a run is.

    Args:
        connects: hosts that are being connected to at once.
        reboot: seconds that a host may take to come back.
        poll: seconds between two looks whether it is back.
    """

    connects: int = 64
    reboot: float = 900.0
    poll: float = 2.0


@dataclass(kw_only=True)
class Shared:
    """One run's settings, and what becomes known while it goes on. Changed by the run's own thread only.

    Args:
        holder: who runs this and since when, for whoever finds a host locked.
        own_boot_id: of the machine that we run on.
        facts: of the hosts that answered; replaced as a whole, so that contexts never change.
        problems: met so far, masked.
    """

    run_id: str
    holder: str
    workflow: Workflow
    hosts: Mapping[str, Host[Any]]
    fragments: tuple[Fragment[Any], ...]
    mode: Mode
    limits: Limits
    own_boot_id: str
    execs: Execs
    journal: Journal
    interruption: Interruption
    facts: Mapping[str, Facts] = field(default_factory=dict)
    problems: list[NodewrightError] = field(default_factory=list)

    @property
    def stopping(self) -> bool:
        """Returns whether Ctrl-C was pressed."""
        return self.interruption.presses > 0

    def stage(self, name: str) -> Stage:
        """Returns the stage of that name."""
        return next(stage for stage in self.workflow.stages if stage.name == name)

    def context(self, host: str, inputs: Mapping[str, str] = MappingProxyType({})) -> Context[Any]:
        """Returns what a role on this host sees now."""
        return Context(host=self.hosts[host], hosts=self.hosts, facts=self.facts, inputs=inputs)

    def learn(self, host: str, facts: Facts) -> None:
        """Keeps what a host said of itself; all facts stay in the inventory's order."""
        known = {**self.facts, host: facts}
        self.facts = MappingProxyType({name: known[name] for name in self.hosts if name in known})

    def is_own_machine(self, host: str) -> bool:
        """Returns whether the host is the machine that we run on: it must not be rebooted."""
        return self.hosts[host].target.local or self.execs.boot_ids.get(host) == self.own_boot_id

    def meet(self, error: NodewrightError) -> None:
        """Reports an error to the user; it counts for the exit code."""
        self.problems.append(self.journal.masked_error(error))
        self.journal.tell(problem_met(error))
