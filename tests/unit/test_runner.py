"""Whole runs on machines that are a function: what starts when, what becomes of it, and what the run comes to."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from nodewright.errors import ConfigurationError, NodewrightError, PreflightError, Problem, Unreachable
from nodewright.facts.fragment import Facts, Fragment
from nodewright.reports.events import FactsGathered, JobEnded, JobStarted, ProblemMet, StepEnded
from nodewright.run.run import Limits
from nodewright.script.compile import Mode
from nodewright.script.records import Done, End, JobDone, Outcome, OutputValue, Record
from nodewright.script.step import Step
from nodewright.workflow.context import Context
from nodewright.workflow.stages import Stage, Workflow
from tests.unit.fleet import (
    Fleet,
    Gate,
    Runs,
    everyone,
    fails,
    first,
    hosts,
    loses,
    others,
    outcomes,
    stage,
    workflow,
)

MACHINES = hosts("cp1", "w1", "w2")
DOWN = Unreachable("no route to the host", advice="look at its cable")


@pytest.fixture
def runs(tmp_path: Path) -> Runs:
    """Runs with their folders in a temporary one."""
    return Runs(tmp_path / "runs")


def provision() -> Workflow:
    """The shape of the main workflow, without its checks."""
    return workflow(
        stage("prepare"),
        stage("init", first, needs=("prepare",)),
        stage("network", first, needs=("init",)),
        stage("join", others, needs=("prepare", "init")),
        stage("pools", first, needs=("network",), after_any=("join",)),
    )


# ---- What starts when ----------------------------------------------------------------------------------------


def test_all_jobs_of_a_workflow_are_done(runs: Runs) -> None:
    result = runs(provision(), MACHINES, Fleet())
    assert result.exit_code == 0
    assert set(outcomes(result).values()) == {"ok"}


def test_consecutive_jobs_of_a_host_travel_in_one_script(runs: Runs) -> None:
    fleet = Fleet()
    runs(provision(), MACHINES, fleet)
    assert ("cp1", ("prepare", "init", "network")) in fleet.scripts


def test_a_slow_host_delays_no_other_one(runs: Runs) -> None:
    slow = Gate()
    # Everything of the other hosts, to the very last job, is done while w1 is still in its first step.
    fleet = Fleet({("w1", "prepare"): slow, ("cp1", "pools"): slow.opens()})
    result = runs(provision(), MACHINES, fleet)
    assert set(outcomes(result).values()) <= {"ok", "changed"}


def test_a_job_that_is_done_releases_others_while_its_script_still_runs(runs: Runs) -> None:
    network = Gate()
    # cp1's only script ends after `network`, which waits for a join, which needs `init` of that very script.
    fleet = Fleet({("cp1", "network"): network, ("w1", "join"): network.opens()})
    result = runs(provision(), MACHINES, fleet)
    assert result.exit_code == 0
    assert fleet.scripts.count(("cp1", ("prepare", "init", "network"))) == 1


def test_an_independent_job_rides_in_the_first_script(runs: Runs) -> None:
    flow = workflow(
        stage("prepare"),
        stage("init", first, needs=("prepare",)),
        stage("join", others, needs=("prepare", "init"), independent=lambda ctx: True),
    )
    fleet = Fleet()
    runs(flow, MACHINES, fleet)
    assert ("w1", ("prepare", "join")) in fleet.scripts


def test_a_rerun_costs_two_execs_per_host(runs: Runs) -> None:
    flow = workflow(stage("prepare"), stage("join", others, needs=("prepare",), independent=lambda ctx: True))
    result = runs(flow, MACHINES, Fleet())
    assert [host.execs for host in result.hosts] == [2, 2, 2]


def test_no_more_hosts_connect_at_once_than_the_width_allows(runs: Runs) -> None:
    class Counting(Fleet):
        most = now = 0
        guard = threading.Lock()

        def answer(self, target: Any, message: Any) -> Iterator[Record]:
            with self.guard:
                self.now += 1
                self.most = max(self.most, self.now)
            records = list(super().answer(target, message))
            with self.guard:
                self.now -= 1
            yield from records

    fleet = Counting()
    runs(workflow(stage("prepare")), hosts(*(f"w{i}" for i in range(40))), fleet, limits=Limits(connects=3))
    assert fleet.most <= 3


def test_a_thousand_hosts_take_seconds(runs: Runs) -> None:
    machines = hosts("cp1", *(f"w{number}" for number in range(999)))
    began = time.process_time()
    result = runs(provision(), machines, Fleet())
    assert result.exit_code == 0
    assert len(result.jobs) == 1000 + 1 + 1 + 999 + 1
    assert time.process_time() - began < 30  # of CPU; some 2 s on a quiet machine


# ---- What goes wrong -----------------------------------------------------------------------------------------


def test_a_failed_step_fails_its_job_and_blocks_what_needs_it(runs: Runs) -> None:
    result = runs(provision(), MACHINES, Fleet({("w1", "prepare"): fails()}))
    assert result.exit_code == 7
    assert outcomes(result) == {
        "prepare on cp1": "ok",
        "prepare on w1": "failed",
        "prepare on w2": "ok",
        "init on cp1": "ok",
        "network on cp1": "ok",
        "join on w1": "blocked",
        "join on w2": "ok",
        "pools on cp1": "ok",
    }


def test_a_failed_step_is_told_with_place_output_and_advice(runs: Runs) -> None:
    (problem,) = runs(provision(), MACHINES, Fleet({("w1", "prepare"): fails("disk full")})).problems
    assert str(problem).splitlines() == [
        "w1: prepare: failed with status 1 (roles/it.py:7)",
        "    disk full",
        "  → remove the cause and run again: what is done is found done",
    ]


def test_a_step_that_does_not_converge_is_told_as_such(runs: Runs) -> None:
    fleet = Fleet({("cp1", "prepare"): fails("", Outcome.UNCONVERGED)})
    (problem,) = runs(workflow(stage("prepare", first)), MACHINES, fleet).problems
    assert problem.what == "did not converge: its check still fails after its apply"


def test_a_step_killed_at_its_timeout_is_told_as_such(runs: Runs) -> None:
    def hangs(index: int) -> Iterator[Record]:
        yield Done(index, Outcome.FAILED, 300, "", timed_out=True, status=137)

    (problem,) = runs(
        workflow(stage("prepare", first)), MACHINES, Fleet({("cp1", "prepare"): hangs})
    ).problems
    assert problem.what == "was killed: it took longer than 300 s"


def test_a_failed_job_lets_those_of_the_host_go_on_that_do_not_need_it(runs: Runs) -> None:
    flow = workflow(stage("tune"), stage("look"))
    result = runs(flow, hosts("w1"), Fleet({("w1", "tune"): fails()}))
    assert outcomes(result) == {"tune on w1": "failed", "look on w1": "ok"}


def test_a_blocked_job_names_what_stands_in_its_way(runs: Runs) -> None:
    runs(provision(), MACHINES, Fleet({("cp1", "init"): fails()}))
    ended = [e for e in runs.events if isinstance(e, JobEnded) and e.outcome is Outcome.BLOCKED]
    assert {(e.stage, e.host, e.because) for e in ended} >= {("join", "w1", "init on cp1")}


def test_a_host_that_cannot_be_reached_is_lost_and_the_others_go_on(runs: Runs) -> None:
    result = runs(provision(), MACHINES, Fleet(refused={"w2": DOWN}))
    assert result.exit_code == 5
    assert {job: out for job, out in outcomes(result).items() if out != "ok"} == {
        "prepare on w2": "lost",
        "join on w2": "blocked",
    }


def test_a_link_lost_in_a_step_loses_the_host_and_names_the_step(runs: Runs) -> None:
    result = runs(provision(), MACHINES, Fleet({("w1", "join"): loses}))
    assert result.exit_code == 6
    assert outcomes(result)["join on w1"] == "lost"
    assert (result.problems[0].host, result.problems[0].step) == ("w1", "join")
    assert result.hosts[1].steps["lost"] == 1


def test_a_host_held_by_another_run_is_blocked_and_the_holder_named(runs: Runs) -> None:
    result = runs(provision(), MACHINES, Fleet(held=["w1"]))
    assert result.exit_code == 9
    assert outcomes(result)["prepare on w1"] == outcomes(result)["join on w1"] == "blocked"
    assert result.problems[0].what == "another run holds this host: run other by ada on desk"


def test_of_several_errors_the_first_in_the_order_is_the_exit_code(runs: Runs) -> None:
    fleet = Fleet({("w1", "prepare"): fails()}, refused={"w2": DOWN})
    result = runs(provision(), MACHINES, fleet)
    assert result.exit_code == 5
    assert result.verdict == "w2: no route to the host, and 1 more"


def test_a_bug_in_a_role_fails_its_job_only_and_ends_with_1(runs: Runs) -> None:
    def broken(ctx: Context[Any]) -> Iterator[Step]:
        if ctx.host.name == "w1":
            raise KeyError("swap")
        yield Step(name="fine", check="true", apply=":")

    result = runs(workflow(Stage(name="prepare", on=everyone, roles=(broken,))), MACHINES, Fleet())
    assert result.exit_code == 1
    assert outcomes(result) == {"prepare on cp1": "ok", "prepare on w1": "failed", "prepare on w2": "ok"}
    assert result.problems[0].what == "KeyError: 'swap'"
    assert result.problems[0].host == "w1"


def test_a_bug_in_a_stages_independent_loses_that_host_only(runs: Runs) -> None:
    def independent(ctx: Context[Any]) -> bool:
        if ctx.host.name == "w1":
            raise KeyError("member")
        return True

    result = runs(workflow(stage("join", independent=independent)), MACHINES, Fleet())
    assert result.exit_code == 1
    assert outcomes(result) == {"join on cp1": "ok", "join on w1": "lost", "join on w2": "ok"}


def test_a_step_found_undone_at_the_scripts_end_fails_its_job_after_all(runs: Runs) -> None:
    class Undoing(Fleet):
        def _script(self, host: str, calls: Any, *, plan: bool) -> Iterator[Record]:
            yield from list(super()._script(host, calls, plan=plan))[:-1]
            yield Done(0, Outcome.UNCONVERGED, 0.1, "it is back")
            yield End(1)

    result = runs(workflow(stage("tune"), stage("look")), hosts("w1"), Undoing())
    assert result.exit_code == 7
    assert outcomes(result) == {"tune on w1": "failed", "look on w1": "ok"}


def test_a_script_that_ends_without_doing_its_jobs_is_never_ok(runs: Runs) -> None:
    class Silent(Fleet):
        def _script(self, host: str, calls: Any, *, plan: bool) -> Iterator[Record]:
            yield End(0)

    result = runs(workflow(stage("tune")), hosts("w1"), Silent())
    assert result.exit_code == 1
    assert outcomes(result) == {"tune on w1": "failed"}


def test_records_that_just_stop_are_a_lost_link(runs: Runs) -> None:
    class Cut(Fleet):
        def _script(self, host: str, calls: Any, *, plan: bool) -> Iterator[Record]:
            yield JobDone(0)

    result = runs(workflow(stage("tune"), stage("look")), hosts("w1"), Cut())
    assert result.exit_code == 6
    assert outcomes(result) == {"tune on w1": "ok", "look on w1": "lost"}


def test_a_wrong_workflow_is_refused_before_anything_happens(runs: Runs) -> None:
    fleet = Fleet()
    with pytest.raises(ConfigurationError):
        runs(workflow(stage("a", needs=("b",))), MACHINES, fleet)
    assert fleet.transport.sent == []
    assert not runs.folder.exists()


# ---- Facts and preflight -------------------------------------------------------------------------------------

KERNEL = Fragment("kernel", "uname -r", str)


def test_roles_see_what_every_host_said_of_itself(runs: Runs) -> None:
    seen: dict[str, Any] = {}

    def looks(ctx: Context[Any]) -> Iterator[Step]:
        seen[ctx.host.name] = (ctx.mine[KERNEL], sorted(ctx.facts))
        yield Step(name="fine", check="true", apply=":")

    flow = workflow(Stage(name="prepare", on=everyone, roles=(looks,)))
    runs(flow, MACHINES, Fleet(refused={"w2": DOWN}), fragments=[KERNEL])
    assert seen == {"cp1": ("kernel of cp1", ["cp1", "w1"]), "w1": ("kernel of w1", ["cp1", "w1"])}


def test_preflight_errors_stop_the_run_before_any_change(runs: Runs) -> None:
    fleet = Fleet()
    refusal = PreflightError("two hosts have one machine id", host="w2")
    result = runs(provision(), MACHINES, fleet, preflight=lambda contexts: [refusal])
    assert result.exit_code == 4
    assert fleet.scripts == []
    assert set(outcomes(result).values()) == {"not run"}


def test_a_warning_is_told_and_stops_nothing(runs: Runs) -> None:
    warning = Problem(what="the clock is off by 2 s", host="w1")
    result = runs(provision(), MACHINES, Fleet(), preflight=lambda contexts: [warning])
    assert result.exit_code == 0
    told = [e for e in runs.events if isinstance(e, ProblemMet)]
    assert [(e.kind, e.exit_code, e.problem.host, e.problem.what) for e in told] == [
        ("Warning", 0, "w1", "the clock is off by 2 s")
    ]


def test_preflight_sees_the_hosts_that_answered_in_inventory_order(runs: Runs) -> None:
    seen: list[str] = []
    last = Gate()

    def answers_last(index: int) -> Iterator[Record]:
        yield from last(index)
        yield OutputValue("kernel", "6.1")

    def answers_first(index: int) -> Iterator[Record]:
        last.open()
        yield OutputValue("kernel", "6.1")

    def looks(contexts: Mapping[str, Context[Any]]) -> list[NodewrightError]:
        seen.extend(contexts)
        assert list(contexts["w1"].facts) == seen
        return []

    fleet = Fleet(
        {("cp1", "ask kernel"): answers_last, ("w1", "ask kernel"): answers_first}, refused={"w2": DOWN}
    )
    result = runs(provision(), MACHINES, fleet, preflight=looks, fragments=[KERNEL])
    assert seen == ["cp1", "w1"]
    assert result.exit_code == 5


def test_a_bug_in_the_preflight_changes_nothing(runs: Runs) -> None:
    fleet = Fleet()
    result = runs(provision(), MACHINES, fleet, preflight=lambda contexts: contexts["nobody"] and [])
    assert result.exit_code == 1
    assert fleet.scripts == []


# ---- Plan ----------------------------------------------------------------------------------------------------


def test_a_plan_is_one_script_per_host_and_waits_for_nobody(runs: Runs) -> None:
    fleet = Fleet()
    result = runs(provision(), MACHINES, fleet, mode=Mode.PLAN)
    assert sorted(fleet.scripts) == [
        ("cp1", ("prepare", "init", "network", "pools")),
        ("w1", ("prepare", "join")),
        ("w2", ("prepare", "join")),
    ]
    assert result.exit_code == 0


def test_a_plan_with_changes_ends_with_2_and_shows_the_diff(runs: Runs) -> None:
    result = runs(workflow(stage("new file", first)), MACHINES, Fleet(), mode=Mode.PLAN)
    assert result.exit_code == 2
    assert result.verdict == "1 step would change on 1 host"
    (ended,) = [e for e in runs.events if isinstance(e, StepEnded)]
    assert ended.outcome is Outcome.CHANGE
    assert ended.diff == "@@ -1 +1 @@\n-old\n+new"


def test_a_plan_never_says_ok_of_a_host_it_could_not_ask(runs: Runs) -> None:
    result = runs(provision(), MACHINES, Fleet(refused={"w2": DOWN}), mode=Mode.PLAN)
    assert result.exit_code == 5
    assert outcomes(result)["prepare on w2"] == "lost"
    assert outcomes(result)["join on w2"] == "blocked"


def test_checks_of_the_operators_side_are_not_run_in_a_plan(runs: Runs) -> None:
    def check(operator: Any) -> None:
        raise AssertionError("a plan looks at no cluster")

    flow = workflow(stage("prepare"), stage("smoke", None, tasks=(check,)))
    assert outcomes(runs(flow, MACHINES, Fleet(), mode=Mode.PLAN))["smoke on operator"] == "not run"


# ---- Limit ---------------------------------------------------------------------------------------------------


def test_a_limit_changes_only_the_named_hosts(runs: Runs) -> None:
    fleet = Fleet()
    result = runs(provision(), MACHINES, fleet, limit=["w2"])
    assert fleet.scripts == [("w2", ("prepare", "join"))]
    assert outcomes(result) == {"prepare on w2": "ok", "join on w2": "ok"}


def test_what_is_wrong_outside_the_limit_is_no_error(runs: Runs) -> None:
    result = runs(provision(), MACHINES, Fleet(refused={"cp1": DOWN, "w1": DOWN}), limit=["w2"])
    assert result.exit_code == 0


def test_facts_of_hosts_that_nobody_needs_are_not_asked_for(runs: Runs) -> None:
    runs(provision(), MACHINES, Fleet(), limit=["w2"])
    assert {e.host for e in runs.events if isinstance(e, FactsGathered)} == {"cp1", "w2"}


# ---- Reports are the same whatever the threads did -----------------------------------------------------------


def test_reports_are_in_inventory_and_workflow_order(runs: Runs) -> None:
    slow = Gate()
    fleet = Fleet({("cp1", "init"): slow, ("w2", "prepare"): slow.opens(), ("w1", "prepare"): fails()})
    result = runs(provision(), MACHINES, fleet)
    assert [host.host for host in result.hosts] == ["cp1", "w1", "w2"]
    assert [(job.stage, job.host) for job in result.jobs] == [
        ("prepare", "cp1"),
        ("prepare", "w1"),
        ("prepare", "w2"),
        ("init", "cp1"),
        ("network", "cp1"),
        ("join", "w1"),
        ("join", "w2"),
        ("pools", "cp1"),
    ]


def test_problems_are_in_inventory_order(runs: Runs) -> None:
    late = Gate()

    def fails_late(index: int) -> Iterator[Record]:
        yield from late(index)
        yield from fails()(index)

    def fails_first(index: int) -> Iterator[Record]:
        late.open()
        yield from fails()(index)

    fleet = Fleet({("cp1", "tune"): fails_late, ("w1", "tune"): fails_first})
    result = runs(workflow(stage("tune")), hosts("cp1", "w1"), fleet)
    assert [problem.host for problem in result.problems] == ["cp1", "w1"]


def test_the_report_of_a_run_is_its_result(runs: Runs) -> None:
    result = runs(provision(), MACHINES, Fleet({("w1", "prepare"): fails()}))
    report = json.loads((runs.folder / "latest" / "report.json").read_text())
    assert report["exit_code"] == result.exit_code == 7
    assert report["verdict"] == result.verdict
    assert [host["status"] for host in report["hosts"]] == ["ok", "failed", "ok"]
    assert report["hosts"][0]["steps"] == {"ok": 4}


def test_every_job_that_starts_ends_once(runs: Runs) -> None:
    runs(provision(), MACHINES, Fleet())
    started = [(e.stage, e.host) for e in runs.events if isinstance(e, JobStarted)]
    ended = [(e.stage, e.host) for e in runs.events if isinstance(e, JobEnded)]
    assert sorted(started) == sorted(ended)
    assert len(set(ended)) == len(ended) == 8


def test_facts_are_plain_values(runs: Runs) -> None:
    seen: list[Facts] = []

    def looks(contexts: Any) -> list[Any]:
        seen.extend(context.mine for context in contexts.values())
        return []

    runs(provision(), hosts("w1"), Fleet(), fragments=[KERNEL], preflight=looks)
    assert seen == [Facts({"kernel": "kernel of w1"})]
