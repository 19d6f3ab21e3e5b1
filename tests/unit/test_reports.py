"""Reports: lines for a person, and a folder of files for everything else."""

from __future__ import annotations

import io
import json
import stat
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from nodewright.errors import (
    AuthenticationFailed,
    ConfigurationError,
    Problem,
    StepFailed,
    Unreachable,
    VerificationFailed,
)
from nodewright.facts.fragment import Fragment
from nodewright.reports.events import (
    Event,
    FactsGathered,
    OutputGiven,
    ProblemMet,
    RebootAwaited,
    Rebooted,
    RunEnded,
    RunInterrupted,
    RunStarted,
    StepTicked,
    TaskProgressed,
)
from nodewright.reports.folder import FolderReport
from nodewright.reports.jsonl import JsonLines
from nodewright.reports.lines import Lines
from nodewright.reports.summary import Ledger
from nodewright.script.compile import Mode
from nodewright.script.records import Outcome
from nodewright.workflow.stages import Operator
from tests.unit.fleet import Fleet, Runs, fails, first, hosts, others, stage, workflow

MACHINES = hosts("cp1", "w1", "w2")
KERNEL = Fragment("kernel", "uname -r", str)
STARTED = RunStarted(
    at=100, run="r1", workflow="provision", mode="apply", stages=("prepare",), hosts=("cp1",), limit=None
)
ENDED = RunEnded(
    at=103,
    run="r1",
    workflow="provision",
    mode="apply",
    exit_code=0,
    verdict="nothing to change",
    problems=0,
    seconds=3,
    hosts=(),
    jobs=(),
)
PROGRESS = TaskProgressed(at=101, stage="smoke", text="looks at the nodes")


@pytest.fixture
def runs(tmp_path: Path) -> Runs:
    """Runs with their folders in a temporary one."""
    return Runs(tmp_path / "runs")


def said(runs: Runs, fleet: Fleet, *, mode: Mode = Mode.APPLY, **more: Any) -> list[str]:
    """What a run of a small workflow prints."""
    stream = io.StringIO()
    flow = workflow(
        stage("prepare", lambda found: found, "swap off", "new hosts file"),
        stage("join", others, needs=("prepare",)),
        **more,
    )
    runs(flow, MACHINES, fleet, mode=mode, reporters=[Lines(stream)])
    return stream.getvalue().splitlines()


def printed(*events: Event) -> str:
    """What these events print."""
    stream = io.StringIO()
    lines = Lines(stream)
    for event in events:
        lines(event)
    return stream.getvalue()


# ---- Lines ---------------------------------------------------------------------------------------------------


def test_changes_are_lines_and_unchanged_steps_are_counted(runs: Runs) -> None:
    lines = [
        line.split(maxsplit=1)[1] for line in said(runs, Fleet()) if "  w1 " in line and "  " in line[:3]
    ]
    assert lines[0] == "w1        changed  new hosts file"
    assert lines[1].endswith("1 step unchanged")
    assert not any("swap off" in line for line in lines)


def test_a_failure_is_told_with_its_place_its_output_and_what_to_do(runs: Runs) -> None:
    lines = said(runs, Fleet({("w1", "swap off"): fails("swapoff: Cannot allocate memory")}))
    at = next(index for index, line in enumerate(lines) if "swap off: failed" in line)
    assert lines[at].endswith("w1        swap off: failed with status 1 (roles/it.py:7)")
    assert lines[at + 1] == "    swapoff: Cannot allocate memory"
    assert lines[at + 2] == "  → remove the cause and run again: what is done is found done"


def test_a_blocked_job_is_told_with_what_blocks_it(runs: Runs) -> None:
    lines = said(runs, Fleet({("w1", "swap off"): fails()}))
    assert any(line.endswith("join: blocked by prepare on w1") for line in lines)


def test_the_first_line_says_what_the_run_is_about() -> None:
    started = replace(STARTED, about="the village Ham from ham.yaml, lit")
    assert printed(started).splitlines()[0] == (
        "provision (apply): the village Ham from ham.yaml, lit, 1 host, run r1"
    )


def test_the_first_line_names_the_hosts_that_a_run_is_limited_to() -> None:
    assert printed(replace(STARTED, limit=("cp1",))).splitlines()[0] == (
        "provision (apply): 1 host, limited to cp1, run r1"
    )


def test_the_table_has_a_row_per_host_in_inventory_order(runs: Runs) -> None:
    lines = said(runs, Fleet({("w1", "swap off"): fails()}))
    head = next(index for index, line in enumerate(lines) if line.startswith("host "))
    rows = [line.split()[:-1] for line in lines[head + 1 : head + 4]]
    assert rows == [
        ["cp1", "changed", "1", "1", "0", "0", "0"],
        ["w1", "failed", "0", "0", "1", "1", "0"],
        ["w2", "changed", "2", "1", "0", "0", "0"],
    ]


def test_the_last_line_is_the_verdict(runs: Runs) -> None:
    assert said(runs, Fleet())[-1].startswith("3 steps changed on 3 hosts, ")
    last = said(runs, Fleet({("w1", "swap off"): fails()}))[-1]
    assert last.startswith("w1: swap off: failed with status 1 (exit code 7), ")


def test_a_plan_shows_its_diffs(runs: Runs) -> None:
    lines = said(runs, Fleet(), mode=Mode.PLAN)
    at = next(index for index, line in enumerate(lines) if "new hosts file" in line)
    assert lines[at + 1 : at + 4] == ["    @@ -1 +1 @@", "    -old", "    +new"]
    assert lines[-1].startswith("3 steps would change on 3 hosts (exit code 2), ")


def test_a_host_that_cannot_be_reached_is_told_once(runs: Runs) -> None:
    lines = said(runs, Fleet(refused={"w2": Unreachable("no route to the host", advice="look at its cable")}))
    assert sum("no route to the host" in line for line in lines[:-1]) == 1
    assert "  → look at its cable" in lines


def test_stages_of_the_operators_side_are_in_the_end(runs: Runs) -> None:
    def check(operator: Operator) -> None:
        raise VerificationFailed("w1 is not Ready")

    stream = io.StringIO()
    flow = workflow(stage("prepare", first), stage("smoke", None, tasks=(check,), needs=("prepare",)))
    runs(flow, MACHINES, Fleet(), reporters=[Lines(stream)])
    assert "smoke: failed" in stream.getvalue().splitlines()


def test_a_long_step_says_how_long_it_runs_and_its_last_line_every_ten_seconds() -> None:
    ticks = [
        StepTicked(at=100 + s, host="cp1", stage="prepare", step="packages", seconds=s, last_line=f"line {s}")
        for s in range(0, 22, 2)
    ]
    lines = printed(STARTED, *ticks).splitlines()[1:]
    assert [line.split("packages … ")[1] for line in lines] == [
        "0 s: line 0",
        "10 s: line 10",
        "20 s: line 20",
    ]


def test_brackets_in_texts_are_not_taken_for_markup() -> None:
    text = "waits for [bold]pod[/] [a"
    assert text in printed(STARTED, TaskProgressed(at=101, stage="smoke", text=text))


def test_what_a_host_prints_does_not_reach_into_the_terminal() -> None:
    text = "\x1b[2J\x1b]0;owned\x07 \x9b1m a\tb \u202egnp.exe"
    tick = StepTicked(at=101, host="cp1", stage="prepare", step="one", seconds=1, last_line=text)
    problem = ProblemMet(
        at=102,
        kind="StepFailed",
        exit_code=7,
        problem=Problem(what=text, host="cp1", step="one", output=text, advice=text),
    )
    shown = printed(STARTED, tick, problem)
    assert set("\x1b\x07\x9b\u202e") & set(shown) == set()
    assert shown.count("␛[2J") == 4


def test_reboots_and_given_values_are_told() -> None:
    shown = printed(
        STARTED,
        OutputGiven(at=101, host="cp1", name="join-token"),
        RebootAwaited(at=102, host="cp1", stage="prepare", step="new kernel"),
        Rebooted(at=150, host="cp1", seconds=48.4),
        FactsGathered(at=151, host="cp1", seconds=1, again=True),
    )
    assert [line.split("cp1")[1].strip() for line in shown.splitlines()[1:]] == [
        "gives join-token",
        "reboots for: new kernel",
        "is back after 48 s",
        "facts gathered again",
    ]


def test_presses_of_ctrl_c_say_what_the_next_one_would_do_and_what_still_runs() -> None:
    shown = printed(
        STARTED,
        RunInterrupted(at=101, presses=1, running=("cp1: packages",)),
        RunInterrupted(at=102, presses=2, running=()),
    )
    assert [line.split("operator")[1].strip() for line in shown.splitlines()[1:]] == [
        "Ctrl-C: stops once the running steps are finished; press again to give up at once",
        "still runs: cp1: packages",
        "Ctrl-C again: gives up at once",
    ]


def test_without_a_terminal_there_are_no_colours(runs: Runs) -> None:
    assert "\x1b" not in "\n".join(said(runs, Fleet()))


def test_long_names_of_hosts_are_printed_whole(runs: Runs) -> None:
    stream = io.StringIO()
    name = "w" + "x" * 70 + ".example.org"
    runs(workflow(stage("prepare")), hosts(name), Fleet(), reporters=[Lines(stream)])
    assert f"  {name}  " in stream.getvalue()


# ---- Files ---------------------------------------------------------------------------------------------------


def test_each_event_is_a_line_at_once() -> None:
    stream = io.StringIO()
    JsonLines(stream)(PROGRESS)
    assert json.loads(stream.getvalue()) == {
        "version": 1,
        "event": "task progressed",
        "at": 101,
        "stage": "smoke",
        "text": "looks at the nodes",
    }


def test_a_run_leaves_events_and_a_report(tmp_path: Path) -> None:
    report = FolderReport(tmp_path / "runs", "2026-11-20T22-00-00Z-provision")
    for event in (STARTED, PROGRESS, ENDED):
        report(event)
    assert report.path == tmp_path / "runs" / "2026-11-20T22-00-00Z-provision"
    assert sorted(path.name for path in report.path.iterdir()) == ["events.jsonl", "report.json"]
    lines = (report.path / "events.jsonl").read_text().splitlines()
    assert [json.loads(line)["event"] for line in lines] == ["run started", "task progressed", "run ended"]
    assert json.loads((report.path / "report.json").read_text())["verdict"] == "nothing to change"


def test_a_run_that_dies_leaves_its_events_and_no_report(tmp_path: Path) -> None:
    report = FolderReport(tmp_path, "run")
    report(STARTED)
    assert len((report.path / "events.jsonl").read_text().splitlines()) == 1
    assert not (report.path / "report.json").exists()


def test_latest_is_the_last_run(tmp_path: Path) -> None:
    FolderReport(tmp_path, "one")
    second = FolderReport(tmp_path, "two")
    assert (tmp_path / "latest").resolve() == second.path
    assert (tmp_path / "latest").readlink() == Path("two")


def test_two_runs_of_one_second_have_a_folder_each(tmp_path: Path) -> None:
    paths = [FolderReport(tmp_path, "run").path.name for _ in range(3)]
    assert paths == ["run", "run-2", "run-3"]


def test_a_runs_folder_is_for_its_owner_alone(tmp_path: Path) -> None:
    report = FolderReport(tmp_path, "run")
    report(ENDED)
    assert stat.S_IMODE(report.path.stat().st_mode) == 0o700
    assert {stat.S_IMODE(path.stat().st_mode) for path in report.path.iterdir()} == {0o600}


def test_a_folder_that_cannot_be_made_is_an_error_that_says_why(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(ConfigurationError, match=r"cannot be made in .*: Not a directory"):
        FolderReport(tmp_path / "file" / "runs", "run")


def test_the_report_tells_of_each_host_and_job(runs: Runs) -> None:
    said(runs, Fleet({("w1", "swap off"): fails()}))
    report = json.loads((runs.folder / "latest" / "report.json").read_text())
    host = report["hosts"][0]
    assert (host["host"], host["status"], host["steps"]) == ("cp1", "changed", {"ok": 1, "changed": 1})
    assert host["execs"] == 2
    assert host["sent"] > 0
    assert host["seconds"] > 0
    blocked = next(job for job in report["jobs"] if (job["stage"], job["host"]) == ("join", "w1"))
    assert (blocked["outcome"], blocked["started"], blocked["because"]) == ("blocked", None, "prepare on w1")
    done = next(job for job in report["jobs"] if (job["stage"], job["host"]) == ("prepare", "cp1"))
    assert 0 <= done["started"] <= done["ended"] <= report["seconds"]


def test_no_host_is_ok_that_nobody_looked_at(runs: Runs) -> None:
    refused = AuthenticationFailed("the host does not take our keys", host="w1", advice="authorize one")
    flow = workflow(stage("look", None, tasks=(lambda operator: None,)))
    result = runs(flow, MACHINES, Fleet(refused={"w1": refused}), fragments=[KERNEL])
    assert {host.host: str(host.status) for host in result.hosts} == {"cp1": "ok", "w1": "lost", "w2": "ok"}


def test_a_host_on_which_the_operators_look_fails_is_not_ok(runs: Runs) -> None:
    def look(operator: Operator) -> None:
        raise StepFailed("a question to the host failed", host="cp1")

    flow = workflow(stage("look", None, tasks=(look,)))
    result = runs(flow, MACHINES, Fleet(), fragments=[KERNEL])
    assert [str(host.status) for host in result.hosts] == ["failed", "ok", "ok"]


def test_a_host_that_was_not_asked_before_the_run_was_stopped_is_not_run() -> None:
    ledger = Ledger()
    ledger(STARTED)
    assert [str(host.status) for host in ledger.hosts()] == ["not run"]


def test_a_broken_reporter_does_not_break_the_run(runs: Runs) -> None:
    def breaks(event: Event) -> None:
        raise RuntimeError("no terminal")

    result = runs(workflow(stage("prepare")), MACHINES, Fleet(), reporters=[breaks])
    assert result.exit_code == 0
    assert {host.status for host in result.hosts} == {Outcome.OK}
