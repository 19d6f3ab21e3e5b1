"""Holds what all parts of a run share."""

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
    """Limits how long a run waits, and how many hosts it connects to at once.

    Args:
        connects: number of hosts that may be connecting at once.
        reboot: seconds that a host may take to come back.
        poll: seconds between two attempts to reach it.
    """

    connects: int = 64
    reboot: float = 900.0
    poll: float = 2.0


@dataclass(kw_only=True)
class Shared:
    """Holds one run's settings, and what it learns as it goes on. Only the run's own thread changes it.

    Args:
        holder: who runs this and since when, for a user who finds a host locked.
        own_boot_id: the boot id of the machine that we run on.
        facts: of the hosts that answered; replaced as a whole, so that contexts never change.
        problems: the errors so far, masked.
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
        """Stores the facts of a host; all facts stay in the inventory's order."""
        known = {**self.facts, host: facts}
        self.facts = MappingProxyType({name: known[name] for name in self.hosts if name in known})

    def is_own_machine(self, host: str) -> bool:
        """Returns whether the host is the machine that we run on, which must not be rebooted."""
        return self.hosts[host].target.local or self.execs.boot_ids.get(host) == self.own_boot_id

    def meet(self, error: NodewrightError) -> None:
        """Tells the user of an error, and counts it for the exit code."""
        self.problems.append(self.journal.masked_error(error))
        self.journal.tell(problem_met(error))
