"""Runs the tasks of a stage on the operator's side; offers contexts, answers, and a pause that hears Ctrl-C."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from typing import Any

from nodewright.errors import Interrupted, NodewrightError, NotProven, StepFailed
from nodewright.reports.events import TaskProgressed
from nodewright.run.ask import ask
from nodewright.run.execs import bug
from nodewright.run.interruption import Interruption
from nodewright.run.run import Shared
from nodewright.script.records import Outcome
from nodewright.transport import Transport
from nodewright.workflow.context import Context, Host
from nodewright.workflow.stages import Operator, Stage


class OperatorSide:
    """Serves one stage of tasks as its Operator; only the thread that runs the tasks uses it.

    Args:
        hosts: of the inventory, by name.
        run_id: of the run.
        transport: carries the questions.
        context: returns a host's context.
        ended: returns the outcomes of a stage's jobs, by host.
        progress: passes a line to the reporters.
        interruption: its first press makes the next `ask` or `pause` raise, once.
    """

    def __init__(
        self,
        *,
        hosts: Mapping[str, Host[Any]],
        run_id: str,
        transport: Transport,
        context: Callable[[str], Context[Any]],
        ended: Callable[[str], Mapping[str, str]],
        progress: Callable[[str], None],
        interruption: Interruption,
    ) -> None:
        self.hosts = hosts
        self._run_id = run_id
        self._transport = transport
        self._context = context
        self._ended = ended
        self._progress = progress
        self._interruption = interruption
        self._heard = False

    def context(self, host: str) -> Context[Any]:
        """See Operator.context."""
        return self._context(host)

    def ended(self, stage: str) -> Mapping[str, str]:
        """See Operator.ended."""
        return self._ended(stage)

    def progress(self, text: str) -> None:
        """See Operator.progress."""
        self._progress(text)

    def pause(self, seconds: float) -> None:
        """See Operator.pause."""
        if self._heard:
            # The press was raised already; a task that cleans up still needs its pauses.
            time.sleep(seconds)
        else:
            self._interruption.wait(seconds)
            self._raise_if_pressed()

    def ask(self, host: str, script: str, *, timeout: float = 60.0) -> str:
        """See Operator.ask."""
        self._raise_if_pressed()
        target = self.hosts[host].target
        answers = ask(self._transport, target, {"answer": script}, run_id=self._run_id, timeout=timeout)
        if answers.status != 0:
            raise StepFailed(
                f"a question to the host failed with status {answers.status}",
                host=host,
                output="\n".join(part for part in (answers.texts["answer"], answers.complaint) if part),
                advice="look at the host; the output above is its own",
            )
        return answers.texts["answer"]

    def _raise_if_pressed(self) -> None:
        if self._interruption.presses and not self._heard:
            self._heard = True
            raise Interrupted("the tasks were interrupted")


def start_tasks(
    shared: Shared,
    stage: Stage,
    ended_jobs: Callable[[str], Mapping[str, str]],
    ended: Callable[[tuple[NodewrightError, ...]], None],
) -> None:
    """Runs the tasks of a stage in a thread of its own.

    Args:
        ended_jobs: returns the outcomes of a stage's jobs, by host.
        ended: gets the errors that were found.
    """

    def progress(text: str) -> None:
        event = TaskProgressed(at=time.time(), stage=stage.name, text=text)
        shared.execs.post(lambda: shared.journal.tell(event))

    def done(found: tuple[NodewrightError, ...] | None, error: NodewrightError | None) -> None:
        ended(found or ((error,) if error else ()))

    operator = OperatorSide(
        hosts=shared.hosts,
        run_id=shared.run_id,
        transport=shared.execs.lend("ask", (stage.name,)),
        context=shared.context,
        ended=ended_jobs,
        progress=progress,
        interruption=shared.interruption,
    )
    shared.execs.spawn(lambda: run_tasks(stage, operator), done)


def run_tasks(stage: Stage, operator: Operator) -> tuple[NodewrightError, ...]:
    """Runs the tasks one after the other, and returns the errors that they found.

    After a task that failed no other runs, since each builds on those before it. A result that could not be
    checked (NotProven) stops nothing.
    """
    errors: list[NodewrightError] = []
    for task in stage.tasks:
        try:
            task(operator)
        except NotProven as error:
            errors.append(error)
        except NodewrightError as error:
            return (*errors, error)
        except Exception as error:  # a bug in the task must not affect the hosts that still work
            return (*errors, bug(error))
    return tuple(errors)


def outcome_of(errors: tuple[NodewrightError, ...]) -> Outcome:
    """Returns the outcome of a stage whose tasks ended with these errors."""
    if any(isinstance(error, Interrupted) for error in errors):
        return Outcome.NOT_RUN
    if any(not isinstance(error, NotProven) for error in errors):
        return Outcome.FAILED
    return Outcome.NOT_PROVEN if errors else Outcome.OK
