"""What may start when: the state of a graph while jobs end in one order or another."""

from __future__ import annotations

from collections.abc import Callable

from hypothesis import given, settings
from hypothesis import strategies as st

from nodewright.script.records import Outcome
from nodewright.workflow.graph import OPERATOR, Graph, Job, build
from nodewright.workflow.schedule import Blocked, Schedule
from nodewright.workflow.stages import Input, Workflow
from tests.unit.fleet import everyone, first, hosts, others, role, stage, workflow
from tests.unit.test_graph import looks

TOKEN = Input(names=("token",), source=first, give=role("offer"))


def bound(flow: Workflow, *names: str) -> Graph:
    """The workflow bound to hosts of these names."""
    return build(flow, hosts(*names), limit=frozenset(names), independent=lambda stage, host: False)


def starts(schedule: Schedule, *, busy: tuple[str, ...] = (), given: bool = True) -> list[tuple[str, ...]]:
    """The chains that start now, as `stage on host`."""
    found = advance(schedule, lambda host: host not in busy, given=given)
    return [tuple(str(job) for job in jobs) for jobs in found]


def advance(schedule: Schedule, idle: Callable[[str], bool], *, given: bool = True) -> list[tuple[Job, ...]]:
    """Starts all that can start now, as the run does."""
    found: list[tuple[Job, ...]] = []

    def look_at(host: str) -> None:
        while idle(host) and host not in {jobs[0].host for jobs in found if jobs[0].host != OPERATOR}:
            ready = schedule.ready(host, lambda job: given)
            for lane in ready.full_lanes:
                schedule.queue(host, lane)
            if not ready.jobs:
                return
            schedule.start(ready.jobs)
            found.append(ready.jobs)

    for host in schedule.take_stirred():
        look_at(host)
    while (queued := schedule.take_queued()) is not None:
        look_at(queued)
    return found


def test_what_is_ready_can_be_asked_twice() -> None:
    schedule = Schedule(bound(workflow(stage("prepare")), "cp1"), {})
    assert schedule.ready("cp1", lambda job: True) == schedule.ready("cp1", lambda job: True)


def test_consecutive_jobs_of_a_host_are_one_chain() -> None:
    flow = workflow(stage("prepare"), stage("tune", everyone, needs=("prepare",)), stage("look"))
    schedule = Schedule(bound(flow, "cp1"), {})
    assert starts(schedule) == [("prepare on cp1", "tune on cp1", "look on cp1")]


def test_a_chain_ends_where_another_host_is_needed() -> None:
    flow = workflow(stage("prepare"), stage("init", first), stage("join", others, needs=("prepare", "init")))
    schedule = Schedule(bound(flow, "cp1", "w1"), {})
    assert starts(schedule) == [("prepare on cp1", "init on cp1"), ("prepare on w1",)]


def test_a_job_starts_when_the_last_of_its_needs_has_succeeded() -> None:
    flow = workflow(stage("prepare"), stage("init", first), stage("join", others, needs=("prepare", "init")))
    schedule = Schedule(bound(flow, "cp1", "w1"), {})
    starts(schedule)
    schedule.end(Job("prepare", "w1"), Outcome.OK)
    assert starts(schedule, busy=("cp1",)) == []
    schedule.end(Job("init", "cp1"), Outcome.CHANGED)
    assert starts(schedule, busy=("cp1",)) == [("join on w1",)]


def test_a_failed_need_blocks_all_that_hangs_on_it() -> None:
    flow = workflow(
        stage("init", first), stage("join", others, needs=("init",)), stage("label", others, needs=("join",))
    )
    schedule = Schedule(bound(flow, "cp1", "w1"), {})
    starts(schedule)
    blocked = schedule.end(Job("init", "cp1"), Outcome.FAILED)
    assert blocked == (
        Blocked(Job("join", "w1"), because=Job("init", "cp1")),
        Blocked(Job("label", "w1"), because=Job("join", "w1")),
    )


def test_a_failed_host_blocks_no_other_one() -> None:
    flow = workflow(stage("prepare"), stage("tune", everyone, needs=("prepare",)))
    schedule = Schedule(bound(flow, "w1", "w2"), {})
    starts(schedule)
    assert schedule.end(Job("prepare", "w1"), Outcome.LOST) == ()
    assert schedule.put_back(Job("tune", "w1")) == (Blocked(Job("tune", "w1"), because=Job("prepare", "w1")),)
    assert Job("tune", "w2") in schedule.unended()


def test_after_any_starts_with_the_first_success() -> None:
    flow = workflow(stage("join", others), stage("pools", first, after_any=("join",)))
    schedule = Schedule(bound(flow, "cp1", "w1", "w2"), {})
    starts(schedule)
    schedule.end(Job("join", "w1"), Outcome.FAILED)
    assert starts(schedule) == []
    schedule.end(Job("join", "w2"), Outcome.CHANGED)
    assert starts(schedule) == [("pools on cp1",)]


def test_after_any_blocks_when_all_have_ended_without_success() -> None:
    flow = workflow(stage("join", others), stage("pools", first, after_any=("join",)))
    schedule = Schedule(bound(flow, "cp1", "w1", "w2"), {})
    starts(schedule)
    assert schedule.end(Job("join", "w1"), Outcome.FAILED) == ()
    assert schedule.end(Job("join", "w2"), Outcome.LOST) == (
        Blocked(Job("pools", "cp1"), because=Job("join", "w1")),
    )


def test_after_any_of_no_jobs_waits_for_nothing() -> None:
    flow = workflow(stage("join", others), stage("pools", first, after_any=("join",)))
    assert starts(Schedule(bound(flow, "cp1"), {})) == [("pools on cp1",)]


def test_settled_waits_for_ends_of_any_kind_and_never_blocks() -> None:
    flow = workflow(stage("join", others), stage("smoke", None, tasks=(looks,), settled=("join",)))
    schedule = Schedule(bound(flow, "cp1", "w1", "w2"), {})
    starts(schedule)
    assert schedule.end(Job("join", "w1"), Outcome.LOST) == ()
    assert starts(schedule) == []
    assert schedule.end(Job("join", "w2"), Outcome.FAILED) == ()
    assert starts(schedule) == [("smoke",)]


def test_no_more_jobs_of_a_lane_run_at_once_than_it_is_wide() -> None:
    flow = workflow(stage("join", lane="joins"), joins=2)
    schedule = Schedule(bound(flow, "w1", "w2", "w3", "w4"), flow.lanes)
    assert starts(schedule) == [("join on w1",), ("join on w2",)]
    schedule.end(Job("join", "w2"), Outcome.OK)
    assert starts(schedule, busy=("w1", "w2")) == [("join on w3",)]
    schedule.end(Job("join", "w1"), Outcome.FAILED)
    assert starts(schedule) == [("join on w4",)]


def test_a_job_in_a_lane_does_not_hold_it_before_its_turn() -> None:
    flow = workflow(stage("prepare"), stage("join", everyone, needs=("prepare",), lane="joins"), joins=1)
    assert starts(Schedule(bound(flow, "w1", "w2"), flow.lanes)) == [("prepare on w1",), ("prepare on w2",)]


def test_a_job_with_inputs_is_asked_for_when_it_is_ready_and_starts_when_they_are_given() -> None:
    flow = workflow(stage("prepare"), stage("join", everyone, needs=("prepare",), inputs=(TOKEN,)))
    schedule = Schedule(bound(flow, "w1"), {})
    assert starts(schedule, given=False) == [("prepare on w1",)]
    schedule.end(Job("prepare", "w1"), Outcome.OK)
    assert starts(schedule, given=False) == []
    schedule.stir("w1")
    assert starts(schedule, given=True) == [("join on w1",)]


def test_a_job_whose_script_ended_before_its_turn_waits_again() -> None:
    flow = workflow(stage("first"), stage("second"))
    schedule = Schedule(bound(flow, "w1"), {})
    starts(schedule)
    schedule.end(Job("first", "w1"), Outcome.FAILED)
    schedule.put_back(Job("second", "w1"))
    assert starts(schedule) == [("second on w1",)]


def test_a_job_found_undone_after_all_blocks_what_has_not_started() -> None:
    flow = workflow(stage("prepare"), stage("init", first), stage("join", others, needs=("prepare", "init")))
    schedule = Schedule(bound(flow, "cp1", "w1"), {})
    starts(schedule)
    schedule.end(Job("prepare", "w1"), Outcome.CHANGED)
    assert schedule.end(Job("prepare", "w1"), Outcome.FAILED) == (
        Blocked(Job("join", "w1"), because=Job("prepare", "w1")),
    )


@settings(deadline=None)
@given(st.data())
def test_whatever_becomes_of_the_jobs_every_one_ends_and_none_runs_before_its_needs(
    data: st.DataObject,
) -> None:
    names = [f"s{index}" for index in range(data.draw(st.integers(1, 6)))]
    stages = []
    for index, name in enumerate(names):
        above = st.lists(st.sampled_from(names[:index]), unique=True, max_size=2) if index else st.just([])
        stages.append(
            stage(
                name,
                data.draw(st.sampled_from([everyone, first, others])),
                needs=tuple(data.draw(above)),
                after_any=tuple(data.draw(above)),
                settled=tuple(data.draw(above)),
                lane=data.draw(st.sampled_from([None, "narrow"])),
            )
        )
    flow = workflow(*stages, narrow=1)
    graph = bound(flow, "a", "b", "c")
    schedule = Schedule(graph, flow.lanes)
    running: dict[str, list[Job]] = {}
    while True:
        idle = set(graph.by_host) - running.keys()
        for jobs in advance(schedule, idle.__contains__):
            running[jobs[0].host] = list(jobs)
        assert sum(graph.wants[jobs[0]].lane is not None for jobs in running.values()) <= 1
        if not running:
            break
        host = data.draw(st.sampled_from(sorted(running)))
        job = running[host].pop(0)
        wants = graph.wants[job]
        succeeded = {j for j, o in schedule.outcomes.items() if o is Outcome.OK}
        assert set(wants.own) <= succeeded
        assert all(set(graph.by_stage[name]) <= succeeded for name in wants.every)
        assert all(not graph.by_stage[n] or succeeded & set(graph.by_stage[n]) for n in wants.some)
        assert all(set(graph.by_stage[name]) <= schedule.outcomes.keys() for name in wants.ended)
        outcome = data.draw(st.sampled_from([Outcome.OK, Outcome.OK, Outcome.FAILED]))
        schedule.end(job, outcome)
        if outcome is Outcome.FAILED or not running[host]:
            for left in running.pop(host):
                if left not in schedule.outcomes:
                    schedule.put_back(left)
            schedule.stir(host)
    assert schedule.unended() == ()
    assert OPERATOR not in running
