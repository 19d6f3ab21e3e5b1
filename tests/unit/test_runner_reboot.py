"""A step may reboot its host: the run waits for another boot, learns what the host is now, and goes on once."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from nodewright.errors import Unreachable
from nodewright.facts.fragment import Fragment
from nodewright.reports.events import FactsGathered, RebootAwaited, Rebooted
from nodewright.run.run import Limits
from nodewright.script.compile import Mode
from nodewright.script.records import OutputValue, Record
from nodewright.transport import Message, Target
from nodewright.workflow.stages import Stage, Workflow
from tests.unit.fleet import (
    Behaviour,
    Fleet,
    Runs,
    everyone,
    hosts,
    ok,
    outcomes,
    reboots,
    role,
    stage,
    workflow,
)

OWN_BOOT_ID = Path("/proc/sys/kernel/random/boot_id").read_text().strip()


@pytest.fixture
def runs(tmp_path: Path) -> Runs:
    """Runs with their folders in a temporary one."""
    return Runs(tmp_path / "runs")


def kernel() -> Workflow:
    """Installs a kernel, boots it, goes on."""
    return workflow(
        stage("before"),
        Stage(name="kernel", on=everyone, roles=(role("boot it", reboot=True),), needs=("before",)),
        stage("after", everyone, needs=("kernel",)),
    )


def booting(host: str) -> dict[tuple[str, str], list[Behaviour]]:
    """The host reboots once, and then finds its kernel running."""
    return {(host, "boot it"): [reboots(f"{host}-boot-0"), ok]}


def test_the_rest_of_the_script_is_sent_again_after_the_reboot(runs: Runs) -> None:
    fleet = Fleet(booting("w1"))
    result = runs(kernel(), hosts("w1"), fleet)
    assert fleet.scripts == [("w1", ("before", "boot it", "after")), ("w1", ("boot it", "after"))]
    assert outcomes(result) == {"before on w1": "ok", "kernel on w1": "changed", "after on w1": "ok"}
    assert result.exit_code == 0


def test_a_reboot_counts_as_a_change(runs: Runs) -> None:
    result = runs(kernel(), hosts("w1"), Fleet(booting("w1")))
    assert result.hosts[0].steps == {"ok": 2, "changed": 1}


def test_facts_are_gathered_again_after_a_reboot(runs: Runs) -> None:
    def answers(value: str) -> Behaviour:
        def behave(index: int) -> Iterator[Record]:
            yield OutputValue("kernel", value)

        return behave

    fleet = Fleet({**booting("w1"), ("w1", "ask kernel"): [answers("3.10"), answers("6.1")]})
    seen: list[Any] = []
    version = Fragment("kernel", "uname -r", str)

    def looks(ctx: Any) -> Iterator[Any]:
        seen.append(ctx.mine[version])
        yield from role("boot it", reboot=True)(ctx)

    flow = workflow(Stage(name="kernel", on=everyone, roles=(looks,)))
    runs(flow, hosts("w1"), fleet, fragments=[version])
    assert seen == ["3.10", "6.1"]
    assert [e.again for e in runs.events if isinstance(e, FactsGathered)] == [False, True]


def test_other_hosts_go_on_while_one_reboots(runs: Runs) -> None:
    class Slow(Fleet):
        def answer(self, target: Target, message: Message) -> Iterator[Record]:
            if target.name == "w1" and self.boots.get("w1") and not self.scripts.count(("w2", whole)):
                raise Unreachable("no route to the host")
            return super().answer(target, message)

    whole = ("before", "boot it", "after")
    result = runs(kernel(), hosts("w1", "w2"), Slow(booting("w1")))
    assert result.exit_code == 0


def test_a_host_that_is_still_up_is_waited_for(runs: Runs) -> None:
    class Lingering(Fleet):
        looks = 0

        def boot_id(self, host: str) -> str:
            if self.boots.get(host):
                self.looks += 1
            return f"{host}-boot-{1 if self.looks > 2 else 0}"

    result = runs(kernel(), hosts("w1"), Lingering(booting("w1")))
    assert result.exit_code == 0


def test_a_host_that_does_not_come_back_is_lost(runs: Runs) -> None:
    class Dead(Fleet):
        def answer(self, target: Target, message: Message) -> Iterator[Record]:
            if self.boots.get(target.name):
                raise Unreachable("no route to the host")
            return super().answer(target, message)

    result = runs(kernel(), hosts("w1"), Dead(booting("w1")), limits=Limits(reboot=0, poll=0))
    assert result.exit_code == 6
    assert outcomes(result) == {"before on w1": "ok", "kernel on w1": "lost", "after on w1": "blocked"}
    assert result.problems[0].what == (
        "it did not come back within 0 s after its reboot: no route to the host"
    )


def test_a_step_that_asks_for_a_second_reboot_has_not_converged(runs: Runs) -> None:
    fleet = Fleet({("w1", "boot it"): [reboots("w1-boot-0"), reboots("w1-boot-1")]})
    result = runs(kernel(), hosts("w1"), fleet)
    assert result.exit_code == 7
    assert outcomes(result)["kernel on w1"] == "failed"
    assert "asks for a second reboot" in result.problems[0].what
    assert len([e for e in runs.events if isinstance(e, Rebooted)]) == 1


def test_two_steps_may_each_reboot_once(runs: Runs) -> None:
    flow = workflow(
        Stage(name="kernel", on=everyone, roles=(role("boot it", reboot=True),)),
        Stage(name="selinux", on=everyone, roles=(role("relabel", reboot=True),)),
    )
    fleet = Fleet({**booting("w1"), ("w1", "relabel"): [reboots("w1-boot-1"), ok]})
    result = runs(flow, hosts("w1"), fleet)
    assert result.exit_code == 0
    assert result.hosts[0].steps == {"changed": 2}


@pytest.mark.parametrize("local", [True, False])
def test_our_own_machine_is_never_rebooted(runs: Runs, local: bool) -> None:
    class Own(Fleet):
        def boot_id(self, host: str) -> str:
            return OWN_BOOT_ID

    fleet = Own(booting("w1"))
    runs(kernel(), hosts("w1", local=local), fleet)
    call = next(line for line in fleet.texts["w1"][0].splitlines() if line.endswith("# boot it"))
    assert call.split()[3] == "plain"
    assert "reboot it yourself, then run again" in fleet.texts["w1"][0]


def test_a_reboot_record_of_our_own_machine_is_an_error(runs: Runs) -> None:
    fleet = Fleet({("w1", "boot it"): reboots(OWN_BOOT_ID)})
    result = runs(kernel(), hosts("w1", local=True), fleet)
    assert result.exit_code == 7
    assert "reboot it yourself, then run again" in result.problems[0].what


def test_a_plan_waits_for_no_reboot(runs: Runs) -> None:
    runs(kernel(), hosts("w1"), Fleet(booting("w1")), mode=Mode.PLAN)
    assert not [e for e in runs.events if isinstance(e, RebootAwaited)]


def test_a_job_that_waits_for_the_rebooting_host_waits(runs: Runs) -> None:
    flow = workflow(
        Stage(name="kernel", on=lambda found: found[:1], roles=(role("boot it", reboot=True),)),
        stage("join", lambda found: found[1:], needs=("kernel",)),
    )
    fleet = Fleet(booting("cp1"))
    result = runs(flow, hosts("cp1", "w1"), fleet)
    assert result.exit_code == 0
    assert fleet.scripts == [("cp1", ("boot it",)), ("cp1", ("boot it",)), ("w1", ("join",))]
