"""Checks on the operator's side: what they may do, and what becomes of what they find."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from nodewright.errors import NotProven, StepFailed, Unreachable, VerificationFailed
from nodewright.facts.fragment import Fragment
from nodewright.reports.events import ExecEnded
from nodewright.reports.summary import Result
from nodewright.script.records import Done, End, Outcome, OutputValue, Record
from nodewright.workflow.stages import Operator, Task
from tests.unit.fleet import Fleet, Runs, fails, hosts, others, outcomes, stage, workflow

MACHINES = hosts("cp1", "w1")


@pytest.fixture
def runs(tmp_path: Path) -> Runs:
    """Runs with their folders in a temporary one."""
    return Runs(tmp_path / "runs")


def asking(host: str) -> Task:
    """A task that asks one host a question."""

    def task(operator: Operator) -> None:
        operator.ask(host, "true")

    return task


def checked(runs: Runs, *tasks: Task, fleet: Fleet | None = None) -> Result:
    """A run whose last stage are these tasks."""
    flow = workflow(stage("join", others), stage("smoke", None, tasks=tasks, settled=("join",)))
    return runs(flow, MACHINES, fleet or Fleet())


def fine(operator: Operator) -> None:
    """Finds nothing wrong."""


def test_tasks_that_find_nothing_are_ok(runs: Runs) -> None:
    result = checked(runs, fine, fine)
    assert result.exit_code == 0
    assert outcomes(result)["smoke on operator"] == "ok"


def test_what_fails_is_an_error_and_what_stands_on_it_is_not_looked_at(runs: Runs) -> None:
    def fails_first(operator: Operator) -> None:
        raise VerificationFailed("w1 is not Ready", advice="look at its kubelet")

    def never(operator: Operator) -> None:
        raise AssertionError("the task before has failed")

    result = checked(runs, fails_first, never)
    assert result.exit_code == 8
    assert result.verdict == "w1 is not Ready"
    assert outcomes(result)["smoke on operator"] == "failed"


def test_what_cannot_be_looked_at_is_neither_ok_nor_failed_and_stops_nothing(runs: Runs) -> None:
    looked: list[Operator] = []

    def blind(operator: Operator) -> None:
        raise NotProven("the load balancer's network cannot be seen from here")

    result = checked(runs, blind, looked.append)
    assert result.exit_code == 10
    assert outcomes(result)["smoke on operator"] == "not proven"
    assert len(looked) == 1


def test_a_bug_in_a_task_ends_with_1(runs: Runs) -> None:
    def broken(operator: Operator) -> None:
        raise ZeroDivisionError

    result = checked(runs, broken)
    assert result.exit_code == 1
    assert outcomes(result) == {"join on w1": "ok", "smoke on operator": "failed"}


def test_a_question_is_answered_by_the_host(runs: Runs) -> None:
    answers = []
    checked(runs, lambda operator: answers.append(operator.ask("w1", "kubectl get nodes")))
    assert answers == ["answer of w1"]


def test_a_question_that_fails_tells_what_it_printed(runs: Runs) -> None:
    class Broken(Fleet):
        def _answers(self, host: str, names: list[str]) -> Iterator[Record]:
            if names == ["answer"]:
                yield OutputValue("answer", "the connection to the server was refused\n")
                yield Done(0, Outcome.FAILED, 0.1, "exit 1", status=1)
                yield End(1)
            else:
                yield from super()._answers(host, names)

    caught: list[StepFailed] = []

    def asks(operator: Operator) -> None:
        with pytest.raises(StepFailed) as found:
            operator.ask("w1", "kubectl get nodes")
        caught.append(found.value)

    checked(runs, asks, fleet=Broken())
    assert caught[0].what == "a question to the host failed with status 1"
    assert caught[0].host == "w1"
    assert "the connection to the server was refused" in caught[0].output


def test_a_question_to_a_host_that_is_down_is_an_error_of_the_connection(runs: Runs) -> None:
    fleet = Fleet(refused={"w1": Unreachable("no route to the host", host="w1")})
    result = checked(runs, asking("w1"), fleet=fleet)
    assert result.exit_code == 5


def test_what_became_of_a_settled_stage_is_known(runs: Runs) -> None:
    seen = []
    fleet = Fleet({("w1", "join"): fails()})
    result = checked(runs, lambda operator: seen.append(dict(operator.ended("join"))), fleet=fleet)
    assert seen == [{"w1": "failed"}]
    assert outcomes(result)["smoke on operator"] == "ok"


def test_the_contexts_of_hosts_hold_their_facts(runs: Runs) -> None:
    kernel = Fragment("kernel", "uname -r", str)
    seen = []
    flow = workflow(
        stage("smoke", None, tasks=(lambda operator: seen.append(operator.context("w1").mine[kernel]),))
    )
    runs(flow, MACHINES, Fleet(), fragments=[kernel])
    assert seen == ["kernel of w1"]


def test_questions_are_counted_as_execs(runs: Runs) -> None:
    checked(runs, asking("cp1"))
    assert [e.host for e in runs.events if isinstance(e, ExecEnded) and e.purpose == "ask"] == ["cp1"]


def test_failed_tasks_block_what_needs_them(runs: Runs) -> None:
    def wrong(operator: Operator) -> None:
        raise VerificationFailed("no page")

    flow = workflow(stage("smoke", None, tasks=(wrong,)), stage("label", others, needs=("smoke",)))
    assert outcomes(runs(flow, MACHINES, Fleet()))["label on w1"] == "blocked"
