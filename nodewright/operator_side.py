"""What checks on the operator's side are given: contexts, questions, and a pause that hears Ctrl-C."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from typing import Any

from nodewright.context import Context, Host
from nodewright.errors import Interrupted, StepFailed
from nodewright.interruption import Interruption
from nodewright.question import question
from nodewright.record import Done, End, OutputValue
from nodewright.transport import Message, Transport


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
