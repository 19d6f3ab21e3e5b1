"""What checks on the operator's side are given: contexts, questions, and a pause that hears Ctrl-C."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from typing import Any

from nodewright.errors import Interrupted, NodewrightError, NotProven, StepFailed
from nodewright.reports.events import CheckProgressed
from nodewright.run.execs import bug
from nodewright.run.interruption import Interruption
from nodewright.run.run import Shared
from nodewright.script.compile import question
from nodewright.script.records import Done, End, Outcome, OutputValue
from nodewright.transport import Message, Transport
from nodewright.workflow.context import Context, Host
from nodewright.workflow.stages import Operator, Stage


class OperatorSide:
    """The Operator of one stage of checks; used by the one thread that runs them.

    Args:
        hosts: of the inventory, by name.
        run_id: of the run.
        transport: carries the questions.
        context: makes a host's context.
        ended: what became of a stage's jobs, by host.
        progress: passes a line on to the reporters.
        interruption: its first press is raised in the next `ask` or `pause`, once.
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
            # The press was heard once; a check that cleans up still wants its pauses.
            time.sleep(seconds)
        else:
            self._interruption.wait(seconds)
            self._raise_if_pressed()

    def ask(self, host: str, script: str, *, timeout: float = 60.0) -> str:
        """See Operator.ask."""
        self._raise_if_pressed()
        text = question(self._run_id, {"answer": script}, timeout)
        # A script that hangs says nothing until it is killed at its timeout.
        message = Message(run_id=self._run_id, text=text, timeout=timeout + 30)
        answer = said = ""
        status = 0
        for record in self._transport.run(self.hosts[host].target, message):
            if isinstance(record, OutputValue):
                answer = record.value
            elif isinstance(record, Done):
                said = record.text
            elif isinstance(record, End):
                status = record.status
        if status != 0:
            raise StepFailed(
                f"a question to the host failed with status {status}",
                host=host,
                output="\n".join(part for part in (answer, said) if part),
                advice="look at the host; the output above is its own",
            )
        return answer

    def _raise_if_pressed(self) -> None:
        if self._interruption.presses and not self._heard:
            self._heard = True
            raise Interrupted("the checks were interrupted")


def start_checks(
    shared: Shared,
    stage: Stage,
    ended_jobs: Callable[[str], Mapping[str, str]],
    ended: Callable[[tuple[NodewrightError, ...]], None],
) -> None:
    """Runs the checks of a stage in a thread of its own.

    Args:
        ended_jobs: what became of a stage's jobs, by host.
        ended: is given what was found wrong.
    """

    def progress(text: str) -> None:
        event = CheckProgressed(at=time.time(), stage=stage.name, text=text)
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
    shared.execs.spawn(lambda: run_checks(stage, operator), done)


def run_checks(stage: Stage, operator: Operator) -> tuple[NodewrightError, ...]:
    """Runs them one after the other; returns what they found wrong.

    After a check that failed no other is run: what it looks at stands on what failed. What could not be
    looked at stops nothing.
    """
    errors: list[NodewrightError] = []
    for check in stage.checks:
        try:
            check(operator)
        except NotProven as error:
            errors.append(error)
        except NodewrightError as error:
            return (*errors, error)
        except Exception as error:  # a bug in the check: it must not reach the hosts that still work
            return (*errors, bug(error))
    return tuple(errors)


def outcome_of(errors: tuple[NodewrightError, ...]) -> Outcome:
    """What became of a stage whose checks ended with these errors."""
    if any(isinstance(error, Interrupted) for error in errors):
        return Outcome.NOT_RUN
    if any(not isinstance(error, NotProven) for error in errors):
        return Outcome.FAILED
    return Outcome.NOT_PROVEN if errors else Outcome.OK
