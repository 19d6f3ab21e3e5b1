"""Machines that are a function: they read a compiled script as a shell would, and answer as a test tells them."""

from __future__ import annotations

import re
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from nodewright.errors import ConnectionLost, NodewrightError
from nodewright.reports.events import Event
from nodewright.reports.summary import Result
from nodewright.run.run import Limits
from nodewright.run.runner import run
from nodewright.script.compile import Mode
from nodewright.script.records import (
    Begin,
    Done,
    End,
    Held,
    Hello,
    JobDone,
    Outcome,
    OutputValue,
    Reboot,
    Record,
    Stopped,
)
from nodewright.script.step import Step
from nodewright.transport import Message, Target
from nodewright.workflow.context import Context, Host, Role
from nodewright.workflow.stages import Stage, Workflow
from tests.fake_transport import FakeTransport

#: Long enough for any test that works; a test that waits for what never comes ends with this.
PATIENCE = 30.0

#: What a host does when a script comes to a step: yields records, or raises.
Behaviour = Callable[[int], Iterator[Record]]


class Fleet:
    """All hosts of a test. What is not told otherwise is found ok, or in a plan and for `new` steps changed.

    Args:
        behaviours: by (host, step); a list is used up call by call, its last one stays.
        refused: hosts that cannot be reached, with the error.
        held: hosts whose lock another run holds.
    """

    def __init__(
        self,
        behaviours: Mapping[tuple[str, str], Behaviour | list[Behaviour]] | None = None,
        *,
        refused: Mapping[str, NodewrightError] | None = None,
        held: Sequence[str] = (),
    ) -> None:
        self.behaviours = dict(behaviours or {})
        self.refused = dict(refused or {})
        self.held = held
        self.boots: dict[str, int] = {}
        self.stopped: set[str] = set()
        self.scripts: list[tuple[str, tuple[str, ...]]] = []
        self.texts: dict[str, list[str]] = {}
        self.lock = threading.Lock()
        self.transport = FakeTransport(self.answer)

    def answer(self, target: Target, message: Message) -> Iterator[Record]:
        """What the host answers to one script."""
        if target.name in self.refused:
            raise self.refused[target.name]
        message.traffic.sent += len(message.text)
        calls = re.findall(
            r"^    (?:nw_(ask) \d+ \d+ '(.*)'|nw_(step) (\d+) .*?  # (.*)|nw_(job)_done (\d+))$",
            message.text,
            re.MULTILINE,
        )
        yield Hello(self.boot_id(target.name))
        if any(ask for ask, *_ in calls) or not calls:
            yield from self._answers(target.name, [name for ask, name, *_ in calls if ask])
        else:
            steps = tuple(name for _, _, step, _, name, *_ in calls if step)
            with self.lock:
                self.scripts.append((target.name, steps))
                self.texts.setdefault(target.name, []).append(message.text)
            yield from self._script(target.name, calls, plan="nw_mode=plan" in message.text)

    def boot_id(self, host: str) -> str:
        """The host's boot id now."""
        return f"{host}-boot-{self.boots.get(host, 0)}"

    def _answers(self, host: str, names: list[str]) -> Iterator[Record]:
        for name in names:
            if name == "stop":
                self.stopped.add(host)
            behaviour = self._behaviour(host, f"ask {name}")
            if behaviour is None:
                yield OutputValue(name, f"{name} of {host}")
            else:
                yield from behaviour(0)
        yield End(0)

    def _script(self, host: str, calls: list[tuple[str, ...]], *, plan: bool) -> Iterator[Record]:
        if host in self.held:
            yield Held("run other by ada on desk")
            return
        for _, _, step, index, name, _, job in calls:
            if not step:
                yield JobDone(int(job))
                continue
            if host in self.stopped:
                yield Stopped(int(index))
                yield End(1)
                return
            behaviour = self._behaviour(host, name)
            if plan:
                yield Done(int(index), Outcome.CHANGE if "new" in name else Outcome.OK, 0.01, "old\n")
            elif behaviour is None:
                yield Done(int(index), Outcome.CHANGED if "new" in name else Outcome.OK, 0.01)
            else:
                for record in behaviour(int(index)):
                    yield record
                    if isinstance(record, Reboot):
                        self.boots[host] = self.boots.get(host, 0) + 1
                        return
                    if isinstance(record, Done) and record.outcome in (Outcome.FAILED, Outcome.UNCONVERGED):
                        yield End(1)
                        return
        yield End(0)

    def _behaviour(self, host: str, step: str) -> Behaviour | None:
        with self.lock:
            found = self.behaviours.get((host, step))
            if isinstance(found, list):
                return found.pop(0) if len(found) > 1 else found[0]
            return found


# ---- Behaviours ----------------------------------------------------------------------------------------------


def ok(index: int) -> Iterator[Record]:
    """The step finds nothing to do."""
    yield Done(index, Outcome.OK, 0.01)


def changes(index: int) -> Iterator[Record]:
    """The step changes the host."""
    yield Begin(index)
    yield Done(index, Outcome.CHANGED, 0.01)


def fails(output: str = "no space left on device", outcome: Outcome = Outcome.FAILED) -> Behaviour:
    """The step fails, having said so."""

    def behave(index: int) -> Iterator[Record]:
        yield Begin(index)
        yield Done(index, outcome, 0.5, output, status=1)

    return behave


def gives(**values: str) -> Behaviour:
    """The step gives values away."""

    def behave(index: int) -> Iterator[Record]:
        yield Begin(index)
        for name, value in values.items():
            yield OutputValue(name.replace("_", "-"), value)
        yield Done(index, Outcome.CHANGED, 0.01)

    return behave


def loses(index: int) -> Iterator[Record]:
    """The link goes away in the middle of the step."""
    yield Begin(index)
    raise ConnectionLost("the connection broke off while the script ran")


def reboots(boot_id: str) -> Behaviour:
    """The step reboots the host."""

    def behave(index: int) -> Iterator[Record]:
        yield Begin(index)
        yield Reboot(index, boot_id)

    return behave


class Gate:
    """A step that lasts until the test lets it end."""

    def __init__(self) -> None:
        self._reached = threading.Event()
        self._open = threading.Event()

    def __call__(self, index: int) -> Iterator[Record]:
        """The behaviour."""
        yield Begin(index)
        self._reached.set()
        if not self._open.wait(PATIENCE):
            raise AssertionError("nobody let the step end")
        yield Done(index, Outcome.CHANGED, 1.0)

    def reached(self) -> None:
        """Waits until the step runs."""
        if not self._reached.wait(PATIENCE):
            raise AssertionError("the step was never reached")

    def open(self) -> None:
        """Lets the step end."""
        self._open.set()

    def opens(self) -> Behaviour:
        """Another step that lets this one end, by being reached."""

        def behave(index: int) -> Iterator[Record]:
            self._open.set()
            yield Done(index, Outcome.OK, 0.01)

        return behave


# ---- Workflows -----------------------------------------------------------------------------------------------


def hosts(*names: str, **targets: Any) -> tuple[Host[Any], ...]:
    """Hosts of these names; those called cp… are control planes."""
    return tuple(
        Host(
            name=name,
            address=f"192.0.2.{index + 1}",
            groups=("control_planes",) if name.startswith("cp") else ("workers",),
            target=Target(name=name, host=name, **targets),
            settings=SimpleNamespace(),
        )
        for index, name in enumerate(names)
    )


def everyone(found: Sequence[Host[Any]]) -> Sequence[Host[Any]]:
    """All hosts."""
    return found


def first(found: Sequence[Host[Any]]) -> Sequence[Host[Any]]:
    """The first host."""
    return found[:1]


def others(found: Sequence[Host[Any]]) -> Sequence[Host[Any]]:
    """All but the first host."""
    return found[1:]


def role(*names: str, reboot: bool = False) -> Role[Any]:
    """A role with steps of these names."""

    def steps(ctx: Context[Any]) -> Iterator[Step]:
        for name in names:
            yield Step(
                name=name, check="false", apply=":", want="new\n", reboots=reboot, where="roles/it.py:7"
            )

    return steps


def stage(name: str, on: Any = everyone, *steps: str, **more: Any) -> Stage:
    """A stage; without steps of its own it has one of its own name."""
    return Stage(name=name, on=on, roles=() if on is None else (role(*(steps or (name,))),), **more)


def workflow(*stages: Stage, **lanes: int) -> Workflow:
    """A workflow of these stages."""
    return Workflow(name="provision", stages=stages, lanes=lanes)


class Runs:
    """Runs workflows on a fleet and keeps what was told.

    Args:
        folder: for the folders of runs.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.events: list[Event] = []

    def __call__(self, flow: Workflow, machines: Sequence[Host[Any]], fleet: Fleet, **more: Any) -> Result:
        """One run, to its end."""
        return self.begin(flow, machines, fleet, **more)()

    def begin(
        self,
        flow: Workflow,
        machines: Sequence[Host[Any]],
        fleet: Fleet,
        *,
        mode: Mode = Mode.APPLY,
        **more: Any,
    ) -> Callable[[], Result]:
        """One run in a thread of its own; what is returned waits for its result."""
        results: list[Result | BaseException] = []

        def work() -> None:
            try:
                result = run(
                    flow,
                    machines,
                    mode=mode,
                    transport=fleet.transport,
                    fragments=more.pop("fragments", ()),
                    reporters=[self.events.append, *more.pop("reporters", ())],
                    runs_dir=self.folder,
                    limits=more.pop("limits", Limits(poll=0, reboot=PATIENCE)),
                    **more,
                )
            except BaseException as error:
                results.append(error)
            else:
                results.append(result)

        thread = threading.Thread(target=work, daemon=True)
        thread.start()

        def result() -> Result:
            thread.join(2 * PATIENCE)
            if not results:
                raise AssertionError("the run does not end")
            if isinstance(results[0], BaseException):
                raise results[0]
            return results[0]

        return result


def outcomes(result: Result) -> dict[str, str]:
    """What became of each job: `stage on host` → outcome."""
    return {f"{job.stage} on {job.host or 'operator'}": str(job.outcome) for job in result.jobs}
