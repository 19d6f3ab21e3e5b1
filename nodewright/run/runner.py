"""Runs a workflow on hosts: facts, preflight, jobs, result. It prints nothing."""

from __future__ import annotations

import getpass
import secrets
import socket
import time
from collections.abc import Collection, Iterable, Sequence
from functools import partial
from pathlib import Path
from typing import Any

from nodewright.errors import Interrupted, NodewrightError
from nodewright.facts.fragment import Facts, Fragment
from nodewright.reports.events import (
    FactsGathered,
    Reporter,
    RunEnded,
    RunInterrupted,
    RunStarted,
)
from nodewright.reports.folder import FolderReport
from nodewright.reports.journal import Journal, secrets_in, warning
from nodewright.reports.summary import Ledger, Result, verdict_of
from nodewright.run.ask import gather
from nodewright.run.execs import Execs, Inbox, bug
from nodewright.run.interruption import Interruption
from nodewright.run.jobs import Jobs
from nodewright.run.run import Limits, Shared
from nodewright.script.compile import Mode
from nodewright.transport import Transport
from nodewright.workflow import graph
from nodewright.workflow.context import Host
from nodewright.workflow.preflight import Preflight
from nodewright.workflow.stages import Stage, Workflow


class GivenUp(Exception):
    """The user pressed Ctrl-C twice; steps that still run are left to themselves."""


def run(
    workflow: Workflow,
    hosts: Sequence[Host[Any]],
    *,
    mode: Mode,
    transport: Transport,
    fragments: Iterable[Fragment[Any]],
    reporters: Iterable[Reporter],
    runs_dir: Path,
    about: str = "",
    limit: Collection[str] | None = None,
    preflight: Preflight | None = None,
    interruption: Interruption | None = None,
    limits: Limits | None = None,
) -> Result:
    """Runs a workflow and returns its result.

    Args:
        hosts: all hosts of the inventory, in its order.
        about: what the hosts form together, and who says so, for the first line of the run.
        mode: plan shows the changes, apply makes them.
        transport: carries scripts; the caller closes it afterwards.
        fragments: the facts that roles, tasks and preflight need of each host.
        reporters: get each event, as the run's folder does.
        runs_dir: the folder for the run's folder.
        limit: names of the hosts that may be changed; None for all.
        preflight: checks all hosts together, before anything is changed.
        interruption: the caller's Ctrl-C.
        limits: how long to wait, and how many hosts to connect to at once.

    Raises:
        ConfigurationError: the workflow's table is wrong, `limit` names an unknown host, or the run's folder
            cannot be made. Later errors are in the result.
    """
    graph.check(workflow)
    named = graph.limited(hosts, limit)
    begun = time.time()
    utc = time.strftime("%Y-%m-%dT%H-%M-%SZ", time.gmtime(begun))
    run_id = f"{utc}-{secrets.token_hex(3)}"
    folder = FolderReport(runs_dir, f"{utc}-{workflow.name}")
    ledger = Ledger()
    known = list(secrets_in(tuple(hosts)))
    journal = Journal([ledger, folder, *reporters], known)
    inbox: Inbox = Inbox()
    limits = limits or Limits()
    shared = Shared(
        run_id=run_id,
        holder=f"{workflow.name} by {getpass.getuser()} on {socket.gethostname()} since {utc}",
        workflow=workflow,
        hosts={host.name: host for host in hosts},
        fragments=tuple(fragments),
        mode=mode,
        limits=limits,
        own_boot_id=_own_boot_id(),
        execs=Execs(transport, inbox, journal.tell, limits.connects),
        journal=journal,
        interruption=interruption or Interruption(),
    )
    contacts = graph.contacts(workflow, hosts, named)
    journal.tell(
        RunStarted(
            at=begun,
            run=run_id,
            workflow=workflow.name,
            about=about,
            mode=mode,
            stages=tuple(stage.name for stage in workflow.stages),
            hosts=tuple(host.name for host in hosts if host.name in contacts),
            limit=None if limit is None else tuple(host.name for host in hosts if host.name in named),
        )
    )
    _Run(shared, inbox, named=named, contacts=contacts).carry_out(preflight)
    return _result(shared, ledger, folder.path, begun)


class _Run:
    """Carries out one run, in the thread that called `run`."""

    def __init__(
        self, shared: Shared, inbox: Inbox, *, named: frozenset[str], contacts: frozenset[str]
    ) -> None:
        self._shared = shared
        self._inbox = inbox
        self._named = named
        self._asked = dict.fromkeys(name for name in shared.hosts if name in contacts)
        self._gone: dict[str, NodewrightError] = {}
        self._jobs: Jobs | None = None

    def carry_out(self, preflight: Preflight | None) -> None:
        """Gathers facts, runs preflight, then the jobs."""
        self._shared.interruption.listen(lambda press: self._inbox.put(partial(self._pressed, press)))
        left: tuple[str, ...] = ()
        try:
            self._gather()
            ready = not self._shared.stopping and self._passes(preflight)
            self._jobs = Jobs(self._shared, self._graph(), self._inbox, self._gone)
            if ready:
                self._jobs.run()
            else:
                self._jobs.give_up()
        except GivenUp:
            left = self._jobs.give_up() if self._jobs else ()
        except Exception as error:  # a bug of ours; the report still says how far the hosts are
            self._shared.meet(bug(error))
            left = self._jobs.give_up() if self._jobs else ()
        if self._shared.stopping:
            self._shared.meet(self._interrupted(left))

    def _gather(self) -> None:
        """Gathers the facts of all hosts at once. A host that does not answer is gone; the others go on."""
        waiting = set(self._asked)

        def answered(host: str, begun: float, facts: Facts | None, error: NodewrightError | None) -> None:
            waiting.discard(host)
            if facts is not None:
                self._shared.learn(host, facts)
                now = time.time()
                self._shared.journal.tell(FactsGathered(at=now, host=host, seconds=now - begun, again=False))
            elif error is not None and not self._shared.stopping:
                self._lose(host, error)

        transport = self._shared.execs.lend("facts", stopped=lambda: self._shared.stopping)
        for host in self._asked:
            target = self._shared.hosts[host].target
            work = partial(gather, transport, target, self._shared.fragments)
            self._shared.execs.spawn(work, partial(answered, host, time.time()))
        while waiting and not self._shared.stopping:
            self._inbox.get()()

    def _lose(self, host: str, error: NodewrightError) -> None:
        error.place(host=host)
        self._gone[host] = error
        if host in self._named:
            self._shared.meet(error)

    def _passes(self, preflight: Preflight | None) -> bool:
        """Returns whether the hosts together can become what the inventory wants."""
        if preflight is None:
            return True
        try:
            found = preflight({host: self._shared.context(host) for host in self._shared.facts})
        except NodewrightError as error:
            found = (error,)
        except Exception as error:  # after a bug in the preflight nothing is changed
            found = (bug(error),)
        for met in found:
            if isinstance(met, NodewrightError):
                self._shared.meet(met)
            else:
                self._shared.journal.tell(warning(met))
        return not any(isinstance(met, NodewrightError) for met in found)

    def _graph(self) -> graph.Graph:
        hosts = tuple(self._shared.hosts.values())
        return graph.build(self._shared.workflow, hosts, limit=self._named, independent=self._is_independent)

    def _is_independent(self, stage: Stage, host: Host[Any]) -> bool:
        if self._shared.mode is Mode.PLAN:
            return True
        if stage.independent is None or host.name not in self._shared.facts:
            return False
        try:
            return stage.independent(self._shared.context(host.name))
        except Exception as error:  # a bug in the workflow must not affect other hosts
            self._lose(host.name, bug(error))
            return False

    def _pressed(self, press: int) -> None:
        running = self._jobs.running() if self._jobs else ()
        self._shared.journal.tell(RunInterrupted(at=time.time(), presses=press, running=running))
        if press > 1:
            raise GivenUp
        if self._jobs:
            self._jobs.stop()

    def _interrupted(self, left: tuple[str, ...]) -> Interrupted:
        if left:
            return Interrupted(
                "interrupted twice and given up; this was left as it is",
                output="\n".join(left),
                advice="what still runs stops before its next step; run again: what is done is found done",
            )
        positions = self._jobs.positions if self._jobs else {}
        return Interrupted(
            "interrupted; running steps were finished, and nothing more was begun",
            output="\n".join(f"{host}: {positions.get(host, 'not begun')}" for host in self._asked),
            advice="run again: what is done is found done",
        )


def _result(shared: Shared, ledger: Ledger, folder: Path, begun: float) -> Result:
    order = {host: index for index, host in enumerate(shared.hosts)}
    problems = tuple(sorted(shared.problems, key=lambda error: order.get(error.host or "", len(order))))
    hosts, jobs = ledger.hosts(), ledger.jobs()
    code, verdict = verdict_of(shared.mode, problems, hosts)
    now = time.time()
    shared.journal.tell(
        RunEnded(
            at=now,
            run=shared.run_id,
            workflow=shared.workflow.name,
            mode=shared.mode,
            exit_code=code,
            verdict=verdict,
            problems=len(problems),
            seconds=now - begun,
            hosts=hosts,
            jobs=jobs,
        )
    )
    return Result(
        exit_code=code,
        run_id=shared.run_id,
        folder=folder,
        verdict=verdict,
        problems=problems,
        hosts=hosts,
        jobs=jobs,
        seconds=now - begun,
    )


def _own_boot_id() -> str:
    try:
        return Path("/proc/sys/kernel/random/boot_id").read_text(encoding="ascii").strip()
    except OSError:
        return ""  # not on Linux, so no host is this machine by its boot id
