"""Runs one script on one host: for its jobs, or to give values to other hosts or revoke them."""

from __future__ import annotations

import shlex
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import partial
from typing import Any, Protocol

from nodewright.errors import NodewrightError
from nodewright.reports.events import OutputGiven, StepBegan, StepEnded, StepTicked, unified
from nodewright.reports.summary import most_telling
from nodewright.run.reading import BAD, Reading
from nodewright.run.run import Shared
from nodewright.script.compile import Script, Section, compile_script
from nodewright.script.records import Begin, Done, Hello, JobDone, Outcome, OutputValue, Record, Tick
from nodewright.script.step import Step
from nodewright.secret import Secret
from nodewright.transport import Message
from nodewright.workflow.context import Context, Role
from nodewright.workflow.graph import Job
from nodewright.workflow.stages import Input, Stage, variable
from nodewright.workflow.values import Given

#: Returns the context of the present host, given the names of the inputs' variables.
Contexts = Callable[[Mapping[str, str]], Context[Any]]

OWN_MACHINE = "a reboot is due, and nodewright runs on this very machine: reboot it yourself, then run again"


class Board(Protocol):
    """Hears from a chain what happens to its jobs. All calls come in the run's own thread."""

    def job_started(self, job: Job) -> None:
        """Hears that the script has reached the job."""
        ...

    def job_done(self, job: Job, outcome: Outcome) -> None:
        """Hears that all steps of the job are done."""
        ...

    def script_begun(self, chain: Chain) -> None:
        """Hears that the script runs, so that it can be asked to stop."""
        ...

    def script_ended(self, chain: Chain, error: NodewrightError | None) -> None:
        """Hears that the exec has ended."""
        ...


class Chain:
    """Runs the script of consecutive jobs of a host.

    Args:
        shared: state of the run.
        board: hears what happens to the jobs.
        jobs: in order, all of one host.
        values: what other hosts gave, by output name.
        rebooted: stage and name of the steps that have rebooted the host in this run.

    Attributes:
        reading: what the records have said so far.
        begun: whether the script runs on the host.
        turn: index of the job that the script has reached, or that is being compiled.
    """

    def __init__(
        self,
        shared: Shared,
        board: Board,
        jobs: tuple[Job, ...],
        *,
        values: Mapping[str, Secret],
        rebooted: frozenset[tuple[str, str]] = frozenset(),
    ) -> None:
        self.jobs = jobs
        self.host = jobs[0].host
        self.values = values
        self.rebooted = rebooted
        self.reading = Reading(self.host)
        self.begun = False
        self.turn = 0
        self._shared = shared
        self._board = board
        self._script = Script((), "")
        self._outcomes: dict[Job, Outcome] = {}

    def start(self) -> None:
        """Compiles and sends the script, in a thread of its own."""
        self._board.job_started(self.jobs[0])
        self._shared.execs.spawn(self._carry, lambda _, error: self._board.script_ended(self, error))

    def job_of(self, step: int) -> Job:
        """Returns the job of the step with this index."""
        return self.jobs[self._script.section_of(step)]

    def step(self, step: int) -> Step:
        """Returns the step with this index."""
        return self._script.steps[step]

    def position(self) -> str:
        """Returns how far the script is, for a person."""
        return self.reading.position() if self.begun else "not begun"

    def lost(self) -> None:
        """Notes that the link was lost, so that the outcome of the running step is unknown."""
        if self.reading.running is not None:
            self._tell(StepEnded, self.reading.running, outcome=Outcome.LOST, seconds=0.0)

    def failed_jobs(self) -> tuple[Job, ...]:
        """Returns the jobs with failed steps; if no step failed, the job that the script had reached."""
        found = {self.job_of(done.step): None for done in self.reading.failed}
        return tuple(found) or (self.jobs[min(self.turn, len(self.jobs) - 1)],)

    def _carry(self) -> None:
        stages = [self._shared.stage(job.stage) for job in self.jobs]
        _carry(
            self._shared,
            self.host,
            self._sections(stages),
            purpose="script",
            stages=tuple(stage.name for stage in stages),
            stopped=lambda: self._shared.stopping,
            variables=_variables((entry for stage in stages for entry in stage.inputs), self.values),
            compiled=self._compiled,
            read=self._read,
        )

    def _sections(self, stages: Sequence[Stage]) -> Iterator[Section]:
        for self.turn, stage in enumerate(stages):
            yield _section(self._shared, self.host, stage.name, stage.inputs, stage.roles)
        self.turn = 0

    def _compiled(self, script: Script) -> None:
        self._script = script
        self.reading.steps = script.steps

    def _read(self, record: Record) -> None:
        self.reading.read(record)
        if isinstance(record, Hello):
            self.begun = True
            self._board.script_begun(self)
        elif isinstance(record, Begin):
            self._tell(StepBegan, record.step)
        elif isinstance(record, Tick):
            self._tell(StepTicked, record.step, seconds=record.seconds, last_line=record.last_line)
        elif isinstance(record, OutputValue):
            _keep_secret(self._shared, self.host, record)
        elif isinstance(record, Done):
            self._step_done(record)
        elif isinstance(record, JobDone):
            self._job_done(record.job)

    def _step_done(self, done: Done) -> None:
        step, job = self.step(done.step), self.job_of(done.step)
        outcome = done.outcome
        if outcome is Outcome.OK and (job.stage, step.name) in self.rebooted:
            outcome = Outcome.CHANGED
        self._outcomes[job] = most_telling((self._outcomes.get(job, Outcome.OK), outcome))
        planned = outcome is Outcome.CHANGE and step.want is not None
        self._tell(
            StepEnded,
            done.step,
            outcome=outcome,
            seconds=done.seconds,
            diff=unified(done.text, step.want) if planned and step.want is not None else "",
            output="" if planned or outcome not in BAD | {Outcome.CHANGE} else done.text,
            where=step.where,
            timed_out=done.timed_out,
        )

    def _job_done(self, index: int) -> None:
        job = self.jobs[index]
        self._board.job_done(job, self._outcomes.get(job, Outcome.OK))
        self.turn = index + 1
        if self.turn < len(self.jobs):
            self._board.job_started(self.jobs[self.turn])

    def _tell(
        self, kind: Callable[..., StepBegan | StepTicked | StepEnded], step: int, **more: object
    ) -> None:
        stage, name = self.job_of(step).stage, self.step(step).name
        self._shared.journal.tell(kind(at=time.time(), host=self.host, stage=stage, step=name, **more))


#: Gets the values that arrived, by output name, and the errors.
Ended = Callable[[Mapping[str, Secret], tuple[NodewrightError, ...]], None]


def give(shared: Shared, entry: Input, source: str, ended: Ended) -> None:
    """Makes a host give the values of an input, by an exec of its own."""
    _ValueScript(shared, "give", entry, source, ended).start(entry.give, {})


def revoke(shared: Shared, given: Given, role: Role[Any], ended: Ended) -> None:
    """Makes the host that gave values revoke them, by an exec of its own."""
    _ValueScript(shared, "revoke", given.entry, given.source, ended).start(role, given.values)


class _ValueScript:
    """Runs the script that gives or revokes the values of one input."""

    def __init__(self, shared: Shared, purpose: str, entry: Input, source: str, ended: Ended) -> None:
        self._shared = shared
        self._purpose = purpose
        self._entry = entry
        self._source = source
        self._ended = ended
        self._reading = Reading(source)
        self._tries = 0

    def start(self, role: Role[Any], values: Mapping[str, Secret]) -> None:
        """Compiles and sends the script, in a thread of its own."""
        self._tries += 1
        self._reading = Reading(self._source)
        self._shared.execs.spawn(
            partial(self._carry, role, values), lambda _, error: self._over(role, values, error)
        )

    def _carry(self, role: Role[Any], values: Mapping[str, Secret]) -> None:
        name = " ".join(self._entry.names)
        _carry(
            self._shared,
            self._source,
            [_section(self._shared, self._source, name, [self._entry], [role])],
            purpose=self._purpose,
            variables=_variables([self._entry], values),
            compiled=self._compiled,
            read=self._read,
        )

    def _compiled(self, script: Script) -> None:
        self._reading.steps = script.steps

    def _read(self, record: Record) -> None:
        self._reading.read(record)
        if isinstance(record, OutputValue) and record.name in self._entry.names:
            _keep_secret(self._shared, self._source, record)

    def _over(self, role: Role[Any], values: Mapping[str, Secret], error: NodewrightError | None) -> None:
        reading = self._reading
        if self._purpose == "revoke" and reading.stopped and self._tries == 1:
            # The stop file was meant for the job that ran beside it; the values still have to be revoked.
            self.start(role, values)
            return
        given = {name: value for name, value in reading.outputs.items() if name in self._entry.names}
        self._ended(given, reading.failures(error) or self._lacking(given))

    def _lacking(self, given: Mapping[str, Secret]) -> tuple[NodewrightError, ...]:
        missing = [name for name in self._entry.names if name not in given]
        if self._purpose == "revoke" or not missing or self._reading.stopped:
            return ()
        what = f"its steps are done, and gave no {' and no '.join(missing)}"
        return (NodewrightError(what, host=self._source, advice="this is a bug in the role that gives it"),)


def _carry(
    shared: Shared,
    host: str,
    sections: Iterable[Section],
    *,
    purpose: str,
    variables: Mapping[str, str | Secret],
    compiled: Callable[[Script], None],
    read: Callable[[Record], None],
    stages: tuple[str, ...] = (),
    stopped: Callable[[], bool] = lambda: False,
) -> None:
    """Compiles the sections into one script, sends it, and passes its records on; in a thread of its own.

    Args:
        sections: are made here, so that an error of a role becomes the script's error.
        compiled: gets the script before it is sent, in the run's own thread.
        read: gets each record, in the run's own thread.

    Raises:
        Whatever a role raises, and what the transport does.
    """
    script = compile_script(tuple(sections))
    shared.execs.post(partial(compiled, script))
    text = script.text(run_id=shared.run_id, mode=shared.mode, holder=shared.holder, variables=variables)
    message = Message(run_id=shared.run_id, text=text)
    transport = shared.execs.lend(purpose, stages, stopped=stopped)
    for record in transport.run(shared.hosts[host].target, message):
        shared.execs.post(partial(read, record))


def section(
    name: str, inputs: Sequence[Input], roles: Iterable[Role[Any]], context: Contexts, *, own_machine: bool
) -> Section:
    """Returns a section with the steps of roles for one host.

    Args:
        name: the section's name.
        inputs: the roles find their variables in the context.
        own_machine: nodewright runs on this host, so its steps must not reboot it.

    Raises:
        Whatever a role raises.
    """
    ctx = context({output: variable(output) for entry in inputs for output in entry.names})
    steps = tuple(step for role in roles for step in role(ctx))
    return Section(name, tuple(_without_reboots(steps)) if own_machine else steps)


def _section(
    shared: Shared, host: str, name: str, inputs: Sequence[Input], roles: Iterable[Role[Any]]
) -> Section:
    context = partial(shared.context, host)
    return section(name, inputs, roles, context, own_machine=shared.is_own_machine(host))


def _variables(entries: Iterable[Input], values: Mapping[str, Secret]) -> dict[str, str | Secret]:
    """Returns the preamble's variables for inputs: the given values, or empty texts."""
    return {variable(name): values.get(name, "") for entry in entries for name in entry.names}


def _without_reboots(steps: Iterable[Step]) -> Iterator[Step]:
    refusal = f"printf '%s\\n' {shlex.quote(OWN_MACHINE)}\nexit 1"
    return (replace(step, apply=refusal, reboots=False) if step.reboots else step for step in steps)


def _keep_secret(shared: Shared, host: str, record: OutputValue) -> None:
    shared.journal.add_secret(Secret(record.value))
    shared.journal.tell(OutputGiven(at=time.time(), host=host, name=record.name))
