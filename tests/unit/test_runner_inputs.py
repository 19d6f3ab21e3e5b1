"""Values that one host gives others: asked for late, given once for all who wait, and always revoked."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from nodewright.errors import Unreachable
from nodewright.reports.events import ExecEnded, OutputGiven
from nodewright.script.compile import Mode
from nodewright.script.records import Begin, Done, Outcome, OutputValue, Record
from nodewright.script.step import Step
from nodewright.secret import MASK
from nodewright.workflow.context import Context
from nodewright.workflow.stages import Input, Stage, Workflow
from tests.unit.fleet import (
    Fleet,
    Gate,
    Runs,
    everyone,
    fails,
    first,
    gives,
    hosts,
    loses,
    others,
    outcomes,
    role,
    stage,
    workflow,
)

MACHINES = hosts("cp1", "w1", "w2")
SECRET = "abcdef.0123456789abcdef"
TOKEN = Input(names=("join-token",), source=first, give=role("make token"), revoke=role("drop token"))
GIVES = {("cp1", "make token"): gives(join_token=SECRET)}
DOWN = Unreachable("no route to the host")


@pytest.fixture
def runs(tmp_path: Path) -> Runs:
    """Runs with their folders in a temporary one."""
    return Runs(tmp_path / "runs")


def joining(entry: Input = TOKEN, **more: Any) -> Workflow:
    """Workers join with a token that the control plane gives."""
    return workflow(
        stage("prepare"),
        stage("init", first, needs=("prepare",)),
        stage("join", others, needs=("prepare", "init"), inputs=(entry,), **more),
        joins=1,
    )


def scripts(fleet: Fleet, step: str) -> int:
    """How many scripts held the step."""
    return sum(step in steps for _, steps in fleet.scripts)


def test_one_request_serves_all_who_wait_and_is_revoked_once_at_the_end(runs: Runs) -> None:
    fleet = Fleet(GIVES)
    result = runs(joining(), MACHINES, fleet)
    assert result.exit_code == 0
    assert scripts(fleet, "make token") == 1
    assert fleet.scripts[-1] == ("cp1", ("drop token",))
    assert scripts(fleet, "drop token") == 1


def test_the_value_stands_in_the_consumers_preamble_and_nowhere_else(runs: Runs) -> None:
    fleet = Fleet(GIVES)
    runs(joining(), MACHINES, fleet)
    prepare, join = fleet.texts["w1"]
    assert f"NW_INPUT_JOIN_TOKEN={SECRET}" in join.replace("'", "")
    assert SECRET not in prepare


def test_a_role_finds_the_variables_name_in_its_inputs(runs: Runs) -> None:
    def join(ctx: Context[Any]) -> Iterator[Step]:
        name = ctx.inputs["join-token"]
        yield Step(name="join", check="false", apply=f'kubeadm join --token-file "${name}"')

    flow = joining()
    flow = replace(flow, stages=(*flow.stages[:2], replace(flow.stages[2], roles=(join,))))
    fleet = Fleet(GIVES)
    runs(flow, MACHINES, fleet)
    assert '"$NW_INPUT_JOIN_TOKEN"' in fleet.texts["w1"][1]


def test_in_a_plan_nothing_is_given_and_the_variables_are_empty(runs: Runs) -> None:
    fleet = Fleet(GIVES)
    runs(joining(), MACHINES, fleet, mode=Mode.PLAN)
    assert scripts(fleet, "make token") == scripts(fleet, "drop token") == 0
    assert "\nNW_INPUT_JOIN_TOKEN=''\n" in fleet.texts["w1"][0]


def test_a_job_that_is_alone_asks_for_nothing_and_its_variables_are_empty(runs: Runs) -> None:
    fleet = Fleet(GIVES)
    runs(joining(independent=lambda ctx: True), MACHINES, fleet)
    assert scripts(fleet, "make token") == 0
    assert "\nNW_INPUT_JOIN_TOKEN=''\n" in fleet.texts["w1"][0]


def test_the_body_is_the_same_whatever_the_values_are(runs: Runs) -> None:
    planned, applied = Fleet(GIVES), Fleet(GIVES)
    flow = workflow(stage("join", others, inputs=(TOKEN,)))
    runs(flow, MACHINES, planned, mode=Mode.PLAN)
    runs(flow, MACHINES, applied)
    bodies = [fleet.texts["w1"][0].split("nw_main() {", 1)[1] for fleet in (planned, applied)]
    assert bodies[0] == bodies[1]


def test_values_are_in_no_event_and_no_file(runs: Runs) -> None:
    def talks(index: int) -> Iterator[Record]:
        yield Begin(index)
        yield Done(index, Outcome.FAILED, 1, f"kubeadm join --token {SECRET} failed", status=1)

    result = runs(joining(), MACHINES, Fleet({**GIVES, ("w1", "join"): talks}))
    assert [e.name for e in runs.events if isinstance(e, OutputGiven)] == ["join-token"]
    assert result.problems[0].output == f"kubeadm join --token {MASK} failed"
    assert SECRET not in repr(runs.events)
    for path in runs.folder.rglob("*.json*"):
        assert SECRET not in path.read_text()


def test_what_was_given_is_revoked_when_a_consumer_fails(runs: Runs) -> None:
    fleet = Fleet({**GIVES, ("w1", "join"): fails()})
    assert runs(joining(), MACHINES, fleet).exit_code == 7
    assert scripts(fleet, "drop token") == 1


def test_what_was_given_is_revoked_when_a_consumer_is_lost(runs: Runs) -> None:
    fleet = Fleet({**GIVES, ("w1", "join"): loses, ("w2", "join"): loses})
    assert runs(joining(), MACHINES, fleet).exit_code == 6
    assert scripts(fleet, "drop token") == 1


def test_what_was_given_is_not_revoked_while_somebody_may_still_need_it(runs: Runs) -> None:
    slow = Gate()
    fleet = Fleet({**GIVES, ("w2", "prepare"): slow, ("w1", "join"): slow.opens()})
    runs(joining(), MACHINES, fleet)
    assert fleet.scripts.index(("w2", ("join",))) < fleet.scripts.index(("cp1", ("drop token",)))
    assert scripts(fleet, "make token") == 1


def test_the_revoke_is_given_what_it_revokes(runs: Runs) -> None:
    fleet = Fleet(GIVES)
    runs(joining(), MACHINES, fleet)
    assert f"NW_INPUT_JOIN_TOKEN={SECRET}" in fleet.texts["cp1"][-1].replace("'", "")


def test_a_give_that_fails_blocks_who_waits_and_is_told_once(runs: Runs) -> None:
    result = runs(joining(), MACHINES, Fleet({("cp1", "make token"): fails("etcd is full")}))
    assert result.exit_code == 7
    assert [(p.host, p.step) for p in result.problems] == [("cp1", "make token")]
    assert outcomes(result)["join on w1"] == outcomes(result)["join on w2"] == "blocked"


def test_a_give_that_gives_nothing_is_a_bug_of_its_role(runs: Runs) -> None:
    result = runs(joining(), MACHINES, Fleet())
    assert result.exit_code == 1
    assert result.problems[0].what == "its steps are done, and gave no join-token"


def test_the_next_source_is_asked_when_the_first_cannot_give(runs: Runs) -> None:
    flow = workflow(stage("join", lambda found: found[2:], inputs=(replace(TOKEN, source=everyone),)))
    fleet = Fleet({("w1", "make token"): gives(join_token=SECRET)}, refused={"cp1": DOWN})
    result = runs(flow, MACHINES, fleet)
    assert outcomes(result)["join on w2"] == "ok"
    assert ("w1", ("make token",)) in fleet.scripts


def test_a_source_outside_the_limit_is_asked_and_not_changed_otherwise(runs: Runs) -> None:
    fleet = Fleet(GIVES)
    result = runs(joining(), MACHINES, fleet, limit=["w2"])
    assert result.exit_code == 0
    assert [steps for host, steps in fleet.scripts if host == "cp1"] == [("make token",), ("drop token",)]


def test_a_source_outside_the_limit_that_is_down_is_an_error_where_it_is_needed(runs: Runs) -> None:
    result = runs(joining(), MACHINES, Fleet(refused={"cp1": DOWN}), limit=["w2"])
    assert result.exit_code == 5
    assert outcomes(result)["join on w2"] == "blocked"


def test_a_source_outside_the_limit_that_is_down_is_no_error_where_it_is_not(runs: Runs) -> None:
    flow = joining(independent=lambda ctx: True)
    assert runs(flow, MACHINES, Fleet(refused={"cp1": DOWN}), limit=["w2"]).exit_code == 0


def test_a_failing_revoke_is_an_error(runs: Runs) -> None:
    result = runs(joining(), MACHINES, Fleet({**GIVES, ("cp1", "drop token"): fails("no API")}))
    assert result.exit_code == 7
    assert [(p.host, p.step) for p in result.problems] == [("cp1", "drop token")]


def test_an_output_of_an_ordinary_step_is_masked_too(runs: Runs) -> None:
    def tells(index: int) -> Iterator[Record]:
        yield OutputValue("ca", "sha256:feed")
        yield Done(index, Outcome.FAILED, 0.1, "sha256:feed does not fit", status=1)

    result = runs(
        Workflow(name="w", stages=(stage("init", first),), lanes={}),
        MACHINES,
        Fleet({("cp1", "init"): tells}),
    )
    assert result.problems[0].output == f"{MASK} does not fit"


def test_execs_say_what_they_were_for(runs: Runs) -> None:
    runs(joining(), MACHINES, Fleet(GIVES))
    purposes = [e.purpose for e in runs.events if isinstance(e, ExecEnded) and e.host == "cp1"]
    assert purposes == ["facts", "script", "give", "revoke"]


def test_stages_of_a_lane_do_not_hold_it_while_they_wait_for_a_value(runs: Runs) -> None:
    fleet = Fleet(GIVES)
    result = runs(joining(lane="joins"), MACHINES, fleet)
    assert result.exit_code == 0
    assert scripts(fleet, "make token") == 1


def test_a_report_names_the_outputs_and_not_their_values(runs: Runs) -> None:
    runs(joining(), MACHINES, Fleet(GIVES))
    lines = (runs.folder / "latest" / "events.jsonl").read_text().splitlines()
    given = [json.loads(line) for line in lines if "output given" in line]
    assert [(event["host"], event["name"]) for event in given] == [("cp1", "join-token")]


def test_a_stage_without_roles_ends_ok(runs: Runs) -> None:
    flow = Workflow(name="w", stages=(Stage(name="empty", on=everyone),), lanes={})
    assert set(outcomes(runs(flow, MACHINES, Fleet())).values()) == {"ok"}
