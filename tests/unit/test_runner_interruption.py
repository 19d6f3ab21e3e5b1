"""Ctrl-C: once finishes the running steps, stops, and revokes what was given; twice gives up at once."""

from __future__ import annotations

import os
import signal
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from nodewright.errors import Interrupted, Unreachable, VerificationFailed
from nodewright.reports.events import RunInterrupted, TaskProgressed
from nodewright.run.interruption import Interruption
from nodewright.run.run import Limits
from nodewright.script.compile import Mode
from nodewright.script.records import Begin, Done, Outcome, OutputValue, Record
from nodewright.transport import Message, Target
from nodewright.workflow.stages import Input, Operator, Stage, Workflow
from tests.unit.fleet import (
    PATIENCE,
    Fleet,
    Gate,
    Runs,
    everyone,
    first,
    gives,
    hosts,
    others,
    outcomes,
    reboots,
    role,
    stage,
    workflow,
)

MACHINES = hosts("cp1", "w1")
TOKEN = Input(names=("token",), source=first, give=role("make token"), revoke=role("drop token"))
GIVES = {("cp1", "make token"): gives(token="abc.def")}


@pytest.fixture
def runs(tmp_path: Path) -> Runs:
    """Runs with their folders in a temporary one."""
    return Runs(tmp_path / "runs")


@pytest.fixture
def ctrl_c() -> Interruption:
    """What the tests press."""
    return Interruption()


def two_steps() -> Workflow:
    """Two steps in each host's first script, and a job behind both hosts."""
    return workflow(stage("prepare", everyone, "one", "two"), stage("init", first, needs=("prepare",)))


class Stops(Fleet):
    """A fleet that says when a host was told to stop."""

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        self.told = threading.Event()

    def answer(self, target: Target, message: Message) -> Iterator[Record]:
        """See Fleet."""
        yield from super().answer(target, message)
        if target.name in self.stopped:
            self.told.set()

    def wait(self) -> None:
        """Waits until a host was told."""
        assert self.told.wait(PATIENCE)


# ---- Once ----------------------------------------------------------------------------------------------------


def test_the_running_step_is_finished_and_nothing_more_is_begun(runs: Runs, ctrl_c: Interruption) -> None:
    gate = Gate()
    fleet = Stops({("cp1", "one"): gate})
    result = runs.begin(two_steps(), hosts("cp1"), fleet, interruption=ctrl_c)
    gate.reached()
    ctrl_c.press()
    fleet.wait()
    gate.open()
    assert outcomes(result()) == {"prepare on cp1": "not run", "init on cp1": "not run"}
    assert result().hosts[0].steps == {"changed": 1}
    assert result().exit_code == 130


def test_the_summary_says_which_host_is_where(runs: Runs, ctrl_c: Interruption) -> None:
    gate, done = Gate(), Gate()
    fleet = Stops({("cp1", "one"): gate, ("w1", "two"): done})
    result = runs.begin(two_steps(), MACHINES, fleet, interruption=ctrl_c)
    gate.reached()
    done.reached()
    ctrl_c.press()
    fleet.wait()
    done.open()
    gate.open()
    problem = result().problems[-1]
    assert isinstance(problem, Interrupted)
    assert problem.output.splitlines() == ["cp1: stopped before: two", "w1: done"]


def test_what_was_given_is_revoked_after_an_interruption(runs: Runs, ctrl_c: Interruption) -> None:
    gate = Gate()
    fleet = Stops({**GIVES, ("w1", "join"): gate})
    flow = workflow(stage("init", first), stage("join", others, needs=("init",), inputs=(TOKEN,)))
    result = runs.begin(flow, MACHINES, fleet, interruption=ctrl_c)
    gate.reached()
    ctrl_c.press()
    fleet.wait()
    gate.open()
    assert result().exit_code == 130
    assert fleet.scripts[-1] == ("cp1", ("drop token",))


def test_a_value_that_is_just_being_given_is_revoked(runs: Runs, ctrl_c: Interruption) -> None:
    gate = Gate()

    def slowly(index: int) -> Iterator[Record]:
        yield from gate(index)
        yield OutputValue("token", "abc.def")

    fleet = Fleet({("cp1", "make token"): slowly})
    flow = workflow(stage("join", others, inputs=(TOKEN,)))
    result = runs.begin(flow, MACHINES, fleet, interruption=ctrl_c)
    gate.reached()
    ctrl_c.press()
    gate.open()
    assert outcomes(result()) == {"join on w1": "not run"}
    assert fleet.scripts == [("cp1", ("make token",)), ("cp1", ("drop token",))]


def test_while_facts_are_gathered_the_run_ends_at_once(runs: Runs, ctrl_c: Interruption) -> None:
    asked = threading.Event()

    class Deaf(Fleet):
        def answer(self, target: Target, message: Message) -> Iterator[Record]:
            asked.set()
            threading.Event().wait(PATIENCE)
            raise Unreachable("no answer")

    fleet = Deaf()
    result = runs.begin(two_steps(), MACHINES, fleet, interruption=ctrl_c)
    assert asked.wait(PATIENCE)
    ctrl_c.press()
    assert result().exit_code == 130
    assert set(outcomes(result()).values()) == {"not run"}
    assert result().seconds < PATIENCE


def test_a_press_during_the_preflight_starts_no_script(runs: Runs, ctrl_c: Interruption) -> None:
    def presses(contexts: Any) -> list[Any]:
        ctrl_c.press()
        return []

    fleet = Fleet()
    result = runs(two_steps(), MACHINES, fleet, interruption=ctrl_c, preflight=presses)
    assert result.exit_code == 130
    assert fleet.scripts == []


def test_a_script_that_has_not_connected_yet_is_not_sent(runs: Runs, ctrl_c: Interruption) -> None:
    class Queue(Fleet):
        def answer(self, target: Target, message: Message) -> Iterator[Record]:
            if "nw_mode=apply" in message.text:
                ctrl_c.press()
            yield from super().answer(target, message)

    fleet = Queue()
    machines = hosts("w1", "w2", "w3")
    result = runs(two_steps(), machines, fleet, interruption=ctrl_c, limits=Limits(connects=1))
    assert result.exit_code == 130


def test_a_host_that_reboots_is_not_waited_for(runs: Runs, ctrl_c: Interruption) -> None:
    class Dead(Fleet):
        def answer(self, target: Target, message: Message) -> Iterator[Record]:
            if self.boots.get(target.name):
                ctrl_c.press()
                raise Unreachable("no route to the host")
            yield from super().answer(target, message)

    flow = workflow(Stage(name="kernel", on=everyone, roles=(role("boot it", reboot=True),)))
    result = runs(flow, hosts("w1"), Dead({("w1", "boot it"): reboots("w1-boot-0")}), interruption=ctrl_c)
    assert result.exit_code == 130
    assert result.problems[-1].output == "w1: reboots"


def test_a_plan_can_be_interrupted(runs: Runs, ctrl_c: Interruption) -> None:
    def presses(contexts: Any) -> list[Any]:
        ctrl_c.press()
        return []

    result = runs(two_steps(), MACHINES, Fleet(), interruption=ctrl_c, preflight=presses, mode=Mode.PLAN)
    assert result.exit_code == 130


def test_an_interruption_outranks_other_errors_in_the_exit_code(runs: Runs, ctrl_c: Interruption) -> None:
    gate = Gate()

    def fails_after(index: int) -> Iterator[Record]:
        yield Begin(index)
        gate.open()
        yield from gate(index)
        ctrl_c.press()
        yield Done(index, Outcome.FAILED, 0.1, "", status=1)

    result = runs(two_steps(), hosts("cp1"), Fleet({("cp1", "one"): fails_after}), interruption=ctrl_c)
    assert result.exit_code == 130
    assert outcomes(result)["prepare on cp1"] == "failed"


# ---- Checks --------------------------------------------------------------------------------------------------


def test_a_check_hears_the_press_in_its_pause_and_cleans_up(runs: Runs, ctrl_c: Interruption) -> None:
    waits, cleaned = threading.Event(), []

    def check(operator: Operator) -> None:
        try:
            waits.set()
            operator.pause(PATIENCE)
            raise VerificationFailed("the pause was not interrupted")
        finally:
            operator.pause(0)
            cleaned.append(operator.ask("cp1", "kubectl delete pod smoke"))

    flow = workflow(stage("smoke", None, tasks=(check,)))
    result = runs.begin(flow, MACHINES, Fleet(), interruption=ctrl_c)
    assert waits.wait(PATIENCE)
    ctrl_c.press()
    assert outcomes(result()) == {"smoke on operator": "not run"}
    assert result().exit_code == 130
    assert cleaned == ["answer of cp1"]


def test_the_press_is_raised_in_a_question_too(runs: Runs, ctrl_c: Interruption) -> None:
    def check(operator: Operator) -> None:
        ctrl_c.press()
        operator.ask("cp1", "kubectl get nodes")

    result = runs(workflow(stage("smoke", None, tasks=(check,))), MACHINES, Fleet(), interruption=ctrl_c)
    assert outcomes(result) == {"smoke on operator": "not run"}


# ---- Twice ---------------------------------------------------------------------------------------------------


def test_a_second_press_gives_up_at_once_and_says_what_still_runs(runs: Runs, ctrl_c: Interruption) -> None:
    gate = Gate()
    result = runs.begin(two_steps(), MACHINES, Fleet({("cp1", "one"): gate}), interruption=ctrl_c)
    gate.reached()
    ctrl_c.press()
    ctrl_c.press()
    assert result().exit_code == 130
    assert outcomes(result())["prepare on cp1"] == "lost"
    problem = result().problems[-1]
    assert problem.what.startswith("interrupted twice and given up")
    assert "cp1: one" in problem.output.splitlines()
    gate.open()


def test_a_second_press_says_what_is_not_revoked(runs: Runs, ctrl_c: Interruption) -> None:
    gate = Gate()
    fleet = Fleet({**GIVES, ("w1", "join"): gate})
    result = runs.begin(
        workflow(stage("join", others, inputs=(TOKEN,))), MACHINES, fleet, interruption=ctrl_c
    )
    gate.reached()
    ctrl_c.press()
    ctrl_c.press()
    assert "cp1: token is not revoked" in result().problems[-1].output.splitlines()
    gate.open()


def test_a_second_press_during_a_revoke_says_so(runs: Runs, ctrl_c: Interruption) -> None:
    gate = Gate()
    fleet = Fleet({**GIVES, ("cp1", "drop token"): gate})
    result = runs.begin(
        workflow(stage("join", others, inputs=(TOKEN,))), MACHINES, fleet, interruption=ctrl_c
    )
    gate.reached()
    ctrl_c.press()
    ctrl_c.press()
    assert "cp1: token is not revoked" in result().problems[-1].output.splitlines()
    gate.open()


def test_a_second_press_while_facts_are_gathered_is_an_ordinary_end(runs: Runs, ctrl_c: Interruption) -> None:
    ctrl_c.press()
    ctrl_c.press()
    result = runs(two_steps(), MACHINES, Fleet(), interruption=ctrl_c)
    assert result.exit_code == 130
    assert set(outcomes(result).values()) == {"not run"}


def test_presses_are_events(runs: Runs, ctrl_c: Interruption) -> None:
    gate = Gate()
    result = runs.begin(two_steps(), hosts("cp1"), Fleet({("cp1", "one"): gate}), interruption=ctrl_c)
    gate.reached()
    ctrl_c.press()
    ctrl_c.press()
    result()
    told = [e for e in runs.events if isinstance(e, RunInterrupted)]
    assert [e.running[:1] for e in told] == [("cp1: one",), ("cp1: one",)]
    gate.open()


# ---- Signals -------------------------------------------------------------------------------------------------


def test_sigint_is_a_press_and_sigterm_only_ever_the_first() -> None:
    ctrl_c = Interruption()
    before = signal.getsignal(signal.SIGINT), signal.getsignal(signal.SIGTERM)
    with ctrl_c.signals():
        os.kill(os.getpid(), signal.SIGTERM)
        assert ctrl_c.presses == 1
        os.kill(os.getpid(), signal.SIGTERM)
        assert ctrl_c.presses == 1
        os.kill(os.getpid(), signal.SIGINT)
        assert ctrl_c.presses == 2
    assert (signal.getsignal(signal.SIGINT), signal.getsignal(signal.SIGTERM)) == before


def test_progress_of_checks_is_told(runs: Runs) -> None:
    flow = workflow(stage("smoke", None, tasks=(lambda operator: operator.progress("nodes"),)))
    runs(flow, MACHINES, Fleet())
    assert [(e.stage, e.text) for e in runs.events if isinstance(e, TaskProgressed)] == [("smoke", "nodes")]
