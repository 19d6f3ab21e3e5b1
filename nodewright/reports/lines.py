"""Prints lines for a person: each change and problem as it happens, then a table and the verdict."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import IO

from rich import markup
from rich.console import Console
from rich.table import Table

from nodewright.printable import printable
from nodewright.reports.events import (
    Event,
    FactsGathered,
    HostSummary,
    JobEnded,
    OutputGiven,
    ProblemMet,
    RebootAwaited,
    Rebooted,
    RunEnded,
    RunInterrupted,
    RunStarted,
    StepEnded,
    StepTicked,
    TaskProgressed,
)
from nodewright.script.records import Outcome

_STYLES = {
    Outcome.OK: "green",
    Outcome.CHANGE: "yellow",
    Outcome.CHANGED: "yellow",
    Outcome.FAILED: "bold red",
    Outcome.UNCONVERGED: "bold red",
    Outcome.LOST: "bold red",
    Outcome.BLOCKED: "magenta",
    Outcome.NOT_RUN: "dim",
    Outcome.NOT_PROVEN: "magenta",
}

#: Seconds, at least, between two lines about a step that still runs.
_TICK_SECONDS = 10.0

_OPERATOR = "operator"


class Lines:
    """Prints a line for each event that a person wants to know. Steps with nothing to do are only counted.

    Args:
        stream: where it prints; in colour if this is a terminal.
    """

    def __init__(self, stream: IO[str]) -> None:
        self._console = Console(file=stream, highlight=False, soft_wrap=True)
        self._begun = 0.0
        self._width = len(_OPERATOR)
        self._unchanged: dict[tuple[str, str], int] = {}
        self._ticked: dict[str, float] = {}
        self._shown: Mapping[type[Event], Callable[..., None]] = {
            RunStarted: self._run_started,
            FactsGathered: self._facts_gathered,
            StepTicked: self._step_ticked,
            StepEnded: self._step_ended,
            JobEnded: self._job_ended,
            OutputGiven: self._output_given,
            TaskProgressed: self._task_progressed,
            ProblemMet: self._problem_met,
            RebootAwaited: self._reboot_awaited,
            Rebooted: self._rebooted,
            RunInterrupted: self._interrupted,
            RunEnded: self._run_ended,
        }

    def __call__(self, event: Event) -> None:
        """Prints the event's lines."""
        show = self._shown.get(type(event))
        if show is not None:
            show(event)

    # ---- While it goes on --------------------------------------------------------------------------------

    def _run_started(self, event: RunStarted) -> None:
        self._begun = event.at
        self._width = max(map(len, (*event.hosts, _OPERATOR)))
        limit = f", limited to {', '.join(event.limit)}" if event.limit is not None else ""
        count = len(event.hosts)
        hosts = f"{count} host{'' if count == 1 else 's'}"
        about = f" {_escaped(event.about)}," if event.about else ""
        self._console.print(
            f"[bold]{_escaped(event.workflow)}[/] ({event.mode}):{about} {hosts}{_escaped(limit)}, run {event.run}"
        )

    def _facts_gathered(self, event: FactsGathered) -> None:
        if event.again:
            self._line(event, event.host, "facts gathered again")

    def _step_ticked(self, event: StepTicked) -> None:
        if event.at - self._ticked.get(event.host, 0.0) >= _TICK_SECONDS:
            self._ticked[event.host] = event.at
            said = f": {event.last_line.strip()}" if event.last_line.strip() else ""
            self._line(event, event.host, f"{event.step} … {event.seconds:.0f} s{said}", "dim")

    def _step_ended(self, event: StepEnded) -> None:
        if event.outcome is Outcome.OK:
            key = (event.host, event.stage)
            self._unchanged[key] = self._unchanged.get(key, 0) + 1
            return
        if event.outcome not in (Outcome.CHANGE, Outcome.CHANGED):
            return  # the problem that follows says all about it
        took = f" ({event.seconds:.1f} s)" if event.seconds >= 1 else ""
        self._line(event, event.host, f"{event.outcome:<8} {event.step}{took}", _STYLES[event.outcome])
        if event.outcome is Outcome.CHANGE:
            self._difference(event.diff or event.output)

    def _job_ended(self, event: JobEnded) -> None:
        host = event.host or _OPERATOR
        unchanged = self._unchanged.pop((event.host, event.stage), 0)
        count = f", {unchanged} step{'' if unchanged == 1 else 's'} unchanged" if unchanged else ""
        because = f" by {event.because}" if event.because else ""
        took = f" in {event.at - event.started:.1f} s" if event.started is not None else ""
        self._line(
            event, host, f"{event.stage}: {event.outcome}{because}{took}{count}", _STYLES[event.outcome]
        )

    def _output_given(self, event: OutputGiven) -> None:
        self._line(event, event.host, f"gives {event.name}", "dim")

    def _task_progressed(self, event: TaskProgressed) -> None:
        self._line(event, _OPERATOR, f"{event.stage}: {event.text}", "dim")

    def _reboot_awaited(self, event: RebootAwaited) -> None:
        self._line(event, event.host, f"reboots for: {event.step}", "yellow")

    def _rebooted(self, event: Rebooted) -> None:
        self._line(event, event.host, f"is back after {event.seconds:.0f} s", "yellow")

    def _interrupted(self, event: RunInterrupted) -> None:
        if event.presses == 1:
            self._line(
                event,
                _OPERATOR,
                "Ctrl-C: stops once the running steps are finished; press again to give up at once",
                "bold",
            )
        else:
            self._line(event, _OPERATOR, "Ctrl-C again: gives up at once", "bold")
        for running in event.running:
            self._line(event, _OPERATOR, f"still runs: {running}")

    def _problem_met(self, event: ProblemMet) -> None:
        style = "bold red" if event.exit_code else "yellow"
        kind = "warning: " if not event.exit_code else ""
        problem = event.problem
        where = f" ({problem.where})" if problem.where else ""
        step = f"{problem.step}: " if problem.step else ""
        self._line(event, problem.host or _OPERATOR, f"{kind}{step}{problem.what}{where}", style)
        for line in problem.output.rstrip("\n").splitlines():
            self._console.print(f"    {_escaped(line)}")
        if problem.advice:
            self._console.print(f"  → {_escaped(problem.advice)}")

    # ---- At the end --------------------------------------------------------------------------------------

    def _run_ended(self, event: RunEnded) -> None:
        self._console.print()
        changed = "change" if event.mode == "plan" else "changed"
        table = Table(box=None, pad_edge=False, header_style="bold")
        table.add_column("host", overflow="fold")
        table.add_column("status")
        for title in ("ok", changed, "failed", "jobs blocked", "jobs not run", "seconds"):
            table.add_column(title, justify="right")
        for host in event.hosts:
            table.add_row(*self._row(host, changed))
        self._console.print(table)
        for job in event.jobs:
            if not job.host:
                self._console.print(f"{_escaped(job.stage)}: [{_STYLES[job.outcome]}]{job.outcome}[/]")
        style = {0: "bold green", 2: "bold yellow"}.get(event.exit_code, "bold red")
        end = "" if event.exit_code == 0 else f" (exit code {event.exit_code})"
        self._console.print(f"\n[{style}]{_escaped(event.verdict)}[/]{end}, {event.seconds:.1f} s")

    def _row(self, host: HostSummary, changed: str) -> tuple[str, ...]:
        steps, jobs = host.steps, list(host.jobs.values())
        failed = sum(steps.get(outcome, 0) for outcome in ("failed", "unconverged", "lost"))
        return (
            _escaped(host.host),
            f"[{_STYLES[host.status]}]{host.status}[/]",
            str(steps.get("ok", 0)),
            str(steps.get(changed, 0)),
            str(failed),
            str(jobs.count("blocked")),
            str(jobs.count("not run")),
            f"{host.seconds:.1f}",
        )

    def _difference(self, text: str) -> None:
        for line in text.splitlines():
            style = {"+": "green", "-": "red", "@": "cyan"}.get(line[:1], "dim")
            self._console.print(f"    [{style}]{_escaped(line)}[/]")

    def _line(self, event: Event, host: str, text: str, style: str = "default") -> None:
        at = f"{event.at - self._begun:7.1f}"
        self._console.print(
            f"[dim]{at}[/]  [cyan]{_escaped(host):<{self._width}}[/]  [{style}]{_escaped(text)}[/]"
        )


def _escaped(text: str) -> str:
    """Returns text from elsewhere without markup and terminal controls."""
    return markup.escape(printable(text))
