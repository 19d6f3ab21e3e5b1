"""Reads the records of one script, and tells how it ended."""

from __future__ import annotations

from collections.abc import Sequence

from nodewright.errors import ConnectError, ConnectionLost, Locked, NodewrightError, StepFailed
from nodewright.script.records import Begin, Done, End, Held, Outcome, OutputValue, Reboot, Record, Stopped
from nodewright.script.step import Step
from nodewright.secret import Secret

BAD = frozenset({Outcome.FAILED, Outcome.UNCONVERGED})
_LAST_WORDS = End | Held | Reboot


class Reading:
    """Reads the records of one script on one host.

    Args:
        host: its name.

    Attributes:
        steps: of the script, in order; empty until it is compiled.
        running: the step whose apply runs now.
        outputs: values that the script gave.
        stopped: the step before which it was stopped.
        reboot: the host reboots, and the script has to be sent again.
        failed: the steps that failed: the one where the script ended, or those that its last look found undone.
    """

    def __init__(self, host: str) -> None:
        self.host = host
        self.steps: Sequence[Step] = ()
        self.running: int | None = None
        self.outputs: dict[str, Secret] = {}
        self.stopped: Stopped | None = None
        self.reboot: Reboot | None = None
        self.failed: list[Done] = []
        self._holder: str | None = None
        self._last: End | Held | Reboot | None = None

    def read(self, record: Record) -> None:
        """Reads one record."""
        if isinstance(record, Begin):
            self.running = record.step
        elif isinstance(record, Done):
            self.running = None
            if record.outcome in BAD:
                self.failed.append(record)
        elif isinstance(record, OutputValue):
            self.outputs[record.name] = Secret(record.value)
        elif isinstance(record, Stopped):
            self.stopped = record
        elif isinstance(record, Reboot):
            self.reboot = record
        elif isinstance(record, Held):
            self._holder = record.holder
        if isinstance(record, _LAST_WORDS):
            self._last = record

    def failures(self, error: NodewrightError | None) -> tuple[NodewrightError, ...]:
        """Returns why the script did not finish its work; a stop and a reboot are no failures.

        Args:
            error: the error that the transport raised at the end.
        """
        if error is not None:
            if isinstance(error, ConnectError | ConnectionLost):
                error.place(host=self.host, step=self._name(self.running))
            return (error,)
        if self._holder is not None:
            locked = Locked(
                f"another run holds this host: {self._holder}",
                host=self.host,
                advice="wait for it to end, then run again",
            )
            return (locked,)
        if self.failed:
            return tuple(self._step_failed(done) for done in self.failed)
        if self._last is None:
            lost = ConnectionLost(
                "the records broke off before the script's end",
                host=self.host,
                step=self._name(self.running),
                advice="the script stops at its next step boundary; run again",
            )
            return (lost,)
        return ()

    def position(self) -> str:
        """Returns how far the script is, for a person."""
        if self.stopped is not None:
            return f"stopped before: {self._name(self.stopped.step)}"
        if self.failed:
            return f"failed at: {self._name(self.failed[0].step)}"
        if self.reboot is not None:
            return "reboots"
        if isinstance(self._last, End):
            return "done"
        return self._name(self.running) or "between two steps"

    def _name(self, step: int | None) -> str | None:
        return None if step is None else self.steps[step].name

    def _step_failed(self, done: Done) -> StepFailed:
        step = self.steps[done.step]
        if done.timed_out:
            what = f"was killed: it took longer than {step.timeout:g} s"
        elif done.outcome is Outcome.UNCONVERGED:
            what = "did not converge: its check still fails after its apply"
        else:
            what = f"failed with status {done.status}"
        return StepFailed(
            what,
            host=self.host,
            step=step.name,
            where=step.where or None,
            output=done.text,
            advice="remove the cause and run again: what is done is found done",
        )
