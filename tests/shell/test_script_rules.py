"""What a script does that a naive one gets wrong: its lock, its plan, its values, its end, its output, its limits."""

from __future__ import annotations

import re
import subprocess
import time
from pathlib import Path

import pytest

from nodewright.resources import wait_until
from nodewright.script.compile import Mode, Section, compile_script, stop_text
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
    Stopped,
    Tick,
)
from nodewright.script.step import Step
from tests.shell.machine import Machine, done, one_job, outcomes, touch


@pytest.fixture
def gate(tmp_path: Path) -> Path:
    """A pipe: a step that reads it waits for the test to write it."""
    path = tmp_path / "gate"
    subprocess.run(["mkfifo", str(path)], check=True)
    return path


def waits_at(gate: Path) -> Step:
    return touch(gate.with_name("gated"), apply=f"cat '{gate}' >'{gate.with_name('gated')}'")


def test_a_job_is_told_done_before_the_next_one_of_the_script_ends(machine: Machine, gate: Path) -> None:
    script = compile_script(
        [Section("prepare", (touch(machine.root / "a"),)), Section("init", (waits_at(gate),))]
    )
    with machine.start(machine.text(script)) as running:
        assert running.until(JobDone) == JobDone(0)
        assert running.until(Begin) == Begin(1)
        gate.write_text("go on")
        assert running.until(JobDone) == JobDone(1)


def test_the_lock_lets_a_second_script_of_the_same_run_in(machine: Machine, gate: Path) -> None:
    with machine.start(machine.text(one_job(waits_at(gate)))) as first:
        first.until(Begin)
        assert outcomes(machine.apply(touch(machine.root / "b"))) == [Outcome.CHANGED]
        gate.write_text("go on")


def test_the_lock_keeps_another_run_out_and_names_the_holder(machine: Machine, gate: Path) -> None:
    text = machine.text(one_job(waits_at(gate)), holder="ann@desk since 09:00")
    other = machine.text(one_job(touch(machine.root / "b")), run_id="run-2", tick=0.2)
    with machine.start(text) as first:
        first.until(Begin)
        hello, *rest = machine.records(other, "run-2")
        gate.write_text("go on")
    assert isinstance(hello, Hello)
    assert rest == [Held("run-1 ann@desk since 09:00\n"), End(1)]
    assert not (machine.root / "b").exists()


def test_the_lock_is_held_until_the_last_script_of_its_run_ends(machine: Machine, gate: Path) -> None:
    with machine.start(machine.text(one_job(touch(machine.root / "a")))) as first:
        first.wait()
    second = machine.text(one_job(waits_at(gate)))
    with machine.start(second) as running:
        running.until(Begin)
        machine.apply(touch(machine.root / "c"))
        other = machine.text(one_job(), run_id="run-2", tick=0.2)
        assert Held("run-1 \n") in machine.records(other, "run-2")
        gate.write_text("go on")
        running.until(End)
        running.wait()
    assert machine.records(machine.text(one_job(), run_id="run-2"), "run-2")[-1] == End(0)


def test_a_plan_asks_for_no_lock(machine: Machine, gate: Path) -> None:
    with machine.start(machine.text(one_job(waits_at(gate)))) as first:
        first.until(Begin)
        plan = machine.text(one_job(touch(machine.root / "b")), Mode.PLAN, run_id="run-2")
        assert outcomes(machine.records(plan, "run-2")) == [Outcome.CHANGE]
        gate.write_text("go on")


def test_a_plan_never_says_ok_where_an_earlier_step_would_change_things(machine: Machine) -> None:
    a, b = machine.root / "a", machine.root / "b"
    b.touch()
    assert outcomes(machine.plan(touch(a), touch(b, after=("a",)))) == [Outcome.CHANGE, Outcome.CHANGE]


def test_a_plan_does_not_wait(machine: Machine) -> None:
    began = time.monotonic()
    awaited = wait_until("the API answers", "false", deadline=600)
    assert outcomes(machine.plan(awaited)) == [Outcome.CHANGE]
    assert time.monotonic() - began < 60


def test_a_step_that_a_later_one_undid_is_unconverged(machine: Machine) -> None:
    a = machine.root / "a"
    undo = touch(machine.root / "b", apply=f"rm '{a}'\ntouch '{machine.root / 'b'}'")
    records = machine.apply(touch(a), undo)
    assert [(record.step, record.outcome) for record in done(records)] == [
        (0, Outcome.CHANGED),
        (1, Outcome.CHANGED),
        (0, Outcome.UNCONVERGED),
    ]
    assert records[-1] == End(1)


def flickers(root: Path, *, back: str, deadline: float = 30) -> list[Step]:
    """A wait that holds, and a later step that makes what it waits for go away; `back` brings it back, or nothing."""
    up = root / "up"
    up.touch()
    restart = f"rm '{up}'\n({back}) >/dev/null 2>&1 &\ntouch '{root / 'changed'}'"
    return [
        wait_until("it is up", f"[ -e '{up}' ]", deadline=deadline, every=0.05, explain="echo it went down"),
        touch(root / "changed", apply=restart),
        touch(root / "other", check="true"),
    ]


def test_the_last_look_waits_for_what_was_waited_for_and_went_for_a_moment(machine: Machine) -> None:
    comes_back = f"sleep 0.4\ntouch '{machine.root / 'up'}'"
    records = machine.apply(*flickers(machine.root, back=comes_back))
    assert [(record.step, record.outcome) for record in done(records)] == [
        (0, Outcome.OK),
        (1, Outcome.CHANGED),
        (2, Outcome.OK),
        (0, Outcome.OK),
    ]
    assert records[-1] == End(0)


def test_what_was_waited_for_and_does_not_come_back_fails_the_last_look_with_its_explanation(
    machine: Machine,
) -> None:
    records = machine.apply(*flickers(machine.root, back=":", deadline=1))
    last = done(records)[-1]
    assert (last.step, last.outcome) == (0, Outcome.FAILED)
    assert last.text.splitlines() == ["still waiting after 1 s: it is up", "it went down"]
    assert records[-1] == End(1)


def test_the_last_look_waits_for_nothing_once_something_is_undone(machine: Machine) -> None:
    undone = machine.root / "undone"
    undo = touch(machine.root / "undo", apply=f"rm -f '{undone}'\ntouch '{machine.root / 'undo'}'")
    began = time.monotonic()
    records = machine.apply(touch(undone), *flickers(machine.root, back=":", deadline=600), undo)
    assert [(record.step, record.outcome) for record in done(records)][-2:] == [
        (0, Outcome.UNCONVERGED),
        (1, Outcome.UNCONVERGED),
    ]
    assert time.monotonic() - began < 60


def test_checks_run_once_where_nothing_changed(machine: Machine) -> None:
    count = machine.root / "count"
    machine.apply(touch(machine.root / "a", check=f"echo checked >>'{count}'"))
    assert count.read_text() == "checked\n"


def test_values_stand_in_the_preamble_and_nowhere_else(machine: Machine) -> None:
    script = one_job(touch(machine.root / "a", apply=f"printf %s \"$token\" >'{machine.root / 'a'}'"))
    values = {"token": "s3cret"}
    assert script.body in machine.text(script, Mode.APPLY, variables=values)
    assert script.body in machine.text(script, Mode.PLAN, variables=values)
    assert "s3cret" not in machine.text(script, Mode.PLAN, variables=values)
    machine.records(machine.text(script, Mode.APPLY, variables=values))
    assert (machine.root / "a").read_text() == "s3cret"


def test_a_value_is_in_no_childs_environment_or_argv(machine: Machine) -> None:
    seen = machine.root / "seen"
    step = touch(seen, apply=f"cat /proc/self/environ /proc/$$/environ /proc/$$/cmdline >'{seen}'")
    text = machine.text(one_job(step), variables={"token": "s3cret"})
    with machine.start(text, environment={"token": "of the environment"}) as running:
        assert outcomes(list(running)) == [Outcome.CHANGED]
    assert b"s3cret" not in seen.read_bytes()


@pytest.mark.parametrize("part", ["check", "apply", "show"])
def test_no_child_inherits_the_descriptors_of_records_and_lock(machine: Machine, part: str) -> None:
    seen = machine.root / "seen"
    look = f"ls -l /proc/self/fd >'{seen}'"
    texts = {"check": "false", "apply": ":", "show": ""} | {
        part: f"{look}\n{'false' if part == 'check' else ''}"
    }
    step = touch(seen, **texts)
    if part == "show":
        machine.plan(step)
    else:
        machine.apply(step)
    targets = re.findall(r"(\d+) -> (\S+)", seen.read_text())
    assert [target for fd, target in targets if int(fd) > 2 and "/proc/" not in target] == []
    assert ("0", "/dev/null") in targets
    assert not any("pipe:" in target for _, target in targets)


def test_the_script_ends_although_a_step_left_a_daemon(machine: Machine) -> None:
    started = machine.root / "started"
    step = touch(started, apply=f"sleep 1000 &\necho $! >'{started}'")
    with machine.start(machine.text(one_job(step))) as running:
        assert outcomes(list(running)) == [Outcome.CHANGED]  # reads up to the end of file
        running.wait()
        assert Path(f"/proc/{int(started.read_text())}").exists()
        other = machine.text(one_job(), run_id="run-2")
        assert machine.records(other, "run-2")[-1] == End(0)


def test_a_stop_file_ends_the_script_between_two_steps(machine: Machine, gate: Path) -> None:
    later = touch(machine.root / "later")
    with machine.start(machine.text(one_job(waits_at(gate), later))) as running:
        running.until(Begin)
        machine.records(stop_text("run-1", folder=str(machine.run_folder)))
        gate.write_text("go on")
        assert [type(record) for record in running] == [Done, Stopped, End]
    assert running.seen[-2:] == [Stopped(1), End(1)]
    assert not (machine.root / "later").exists()


def test_a_stop_is_for_its_own_run(machine: Machine, gate: Path) -> None:
    with machine.start(machine.text(one_job(waits_at(gate)))) as running:
        running.until(Begin)
        machine.records(stop_text("run-2", folder=str(machine.run_folder)))
        gate.write_text("go on")
        assert outcomes(list(running)) == [Outcome.CHANGED]


def test_a_script_whose_link_is_gone_finishes_its_step_and_stops(machine: Machine, gate: Path) -> None:
    later = touch(machine.root / "later")
    with machine.start(machine.text(one_job(waits_at(gate), later), tick=0.1)) as running:
        running.until(Tick)
        running.hang_up()
        gate.write_text("go on")
        running.wait()
    assert (machine.root / "gated").read_text() == "go on"
    assert not (machine.root / "later").exists()
    assert list(machine.run_folder.glob("*@*")) == []


def test_a_long_step_tells_its_last_line(machine: Machine, gate: Path) -> None:
    step = touch(
        machine.root / "a", apply=f"echo first\nprintf 'half\\rlast'\ncat '{gate}'\ntouch '{machine.root}/a'"
    )
    with machine.start(machine.text(one_job(step), tick=0.1)) as running:
        tick = running.until(Tick, lambda record: isinstance(record, Tick) and record.last_line != "")
        gate.write_text("")
        assert isinstance(tick, Tick)
        assert (tick.step, tick.last_line) == (0, "last\n")
        assert tick.seconds >= 0.1


def test_the_kept_output_has_head_tail_and_the_lines_that_say_error(machine: Machine) -> None:
    noise = 'i=0\nwhile [ $i -lt 3000 ]; do\necho "noise noise noise $i"\ni=$((i + 1))\ndone\n'
    apply = f"echo the first line\n{noise}echo 'Error: disk on fire' >&2\n{noise}echo the last line\nexit 3"
    last = done(machine.apply(touch(machine.root / "a", apply=apply)))[-1]
    assert (last.outcome, last.status, last.timed_out) == (Outcome.FAILED, 3, False)
    for line in ("the first line", "Error: disk on fire", "the last line"):
        assert line in last.text
    assert len(last.text) <= 8192


def test_a_step_that_never_stops_printing_does_not_fill_the_memory(machine: Machine, gate: Path) -> None:
    # Some 40 MB a second or more; what lies there when the second tick comes was cut at the first.
    step = touch(machine.root / "a", apply=f"head -c 30000000 /dev/zero | tr '\\0' x\ncat '{gate}'")
    with machine.start(machine.text(one_job(step), tick=0.3)) as running:
        running.until(Tick, lambda _: not _big(machine))
        gate.write_text("")
        running.until(End)


def _big(machine: Machine) -> bool:
    return any(out.stat().st_size > 5_000_000 for out in machine.run_folder.glob("*@*/out"))


def test_a_step_is_killed_at_its_timeout_with_all_that_it_started(machine: Machine) -> None:
    pids = machine.root / "pids"
    apply = (
        f"sleep 1001 &\necho $! >>'{pids}'\n"
        f"(trap '' TERM\nsleep 1002\nsleep 1003) &\necho $! >>'{pids}'\n"
        f"setsid sleep 1004 &\necho $! >>'{pids}'\n"
        "sleep 1005"
    )
    later = touch(machine.root / "later")
    records = machine.apply(touch(machine.root / "a", apply=apply, timeout=1), later, tick=0.2)
    last = done(records)[-1]
    assert (last.step, last.outcome, last.timed_out) == (0, Outcome.FAILED, True)
    assert records[-1] == End(1)
    assert [pid for pid in pids.read_text().split() if Path(f"/proc/{pid}/cwd").exists()] == []


def test_a_check_has_the_same_timeout(machine: Machine) -> None:
    records = machine.plan(touch(machine.root / "a", check="sleep 1000", timeout=1), tick=0.2)
    assert [(record.outcome, record.timed_out) for record in done(records)] == [(Outcome.FAILED, True)]


def test_a_timeout_leaves_alone_what_runs_in_another_session(machine: Machine, gate: Path) -> None:
    with machine.start(machine.text(one_job(waits_at(gate)))) as bystander:
        bystander.until(Begin)
        machine.apply(touch(machine.root / "a", apply="sleep 1000", timeout=1), tick=0.2)
        gate.write_text("go on")
        assert outcomes(list(bystander)) == [] or bystander.seen[-1] == End(0)


@pytest.mark.parametrize(
    "text",
    [
        "false\ntrue",
        "x=$(false)\ntrue",
        "pipe false cat\ntrue",
        "pipe 'echo x' false cat\ntrue",
        "(false)\ntrue",
    ],
)
def test_set_e_holds_in_apply_and_check(machine: Machine, text: str) -> None:
    assert outcomes(machine.apply(touch(machine.root / "a", apply=text))) == [Outcome.FAILED]
    assert outcomes(machine.plan(touch(machine.root / "a", check=text))) == [Outcome.CHANGE]


def test_the_helper_for_pipes_hands_data_on(machine: Machine) -> None:
    wanted = machine.root / "wanted"
    step = touch(wanted, apply=f"pipe 'printf \"b\\na\\n\"' sort 'tr a-z A-Z' >'{wanted}'")
    assert outcomes(machine.apply(step)) == [Outcome.CHANGED]
    assert wanted.read_text() == "A\nB\n"


def test_the_helper_for_pipes_can_stand_in_a_condition_and_in_itself(machine: Machine) -> None:
    wanted = machine.root / "wanted"
    apply = (
        "if pipe 'echo x' 'grep -q y'; then\nexit 5\nfi\n"
        f"pipe \"pipe 'echo one' cat\" cat \"pipe cat 'tr a-z A-Z'\" >'{wanted}'"
    )
    assert outcomes(machine.apply(touch(wanted, apply=apply))) == [Outcome.CHANGED]
    assert wanted.read_text() == "ONE\n"


def test_a_reboot_is_told_with_the_boot_id_and_ends_the_script(machine: Machine) -> None:
    boot_id = Path("/proc/sys/kernel/random/boot_id").read_text().strip()
    step = touch(machine.root / "wanted", apply=":", reboots=True)
    records = machine.apply(touch(machine.root / "a"), step, touch(machine.root / "later"))
    assert records[-3:] == [Begin(1), Reboot(1, boot_id), End(0)]
    assert JobDone(0) not in records
    assert not (machine.root / "later").exists()


def test_a_reboot_that_could_not_be_asked_for_is_a_failed_step(machine: Machine) -> None:
    records = machine.apply(touch(machine.root / "wanted", apply="exit 4", reboots=True))
    assert [(record.outcome, record.status) for record in done(records)] == [(Outcome.FAILED, 4)]


def test_what_a_plan_shows_ends_at_256_kb(machine: Machine) -> None:
    shown = done(machine.plan(touch(machine.root / "a", show="head -c 1000000 /dev/zero | tr '\\0' x")))[
        0
    ].text
    assert shown == "x" * 256 * 1024


def test_outputs_reach_the_operator_once_their_step_is_done(machine: Machine) -> None:
    wanted = machine.root / "a"
    step = touch(wanted, apply=f"output token 'abc\tdef\n'\ntouch '{wanted}'")
    records = machine.apply(step)
    assert records[1:5] == [Begin(0), OutputValue("token", "abc\tdef\n"), records[3], JobDone(0)]


def test_outputs_of_a_text_that_failed_are_not_handed_on(machine: Machine) -> None:
    wanted = machine.root / "a"
    check = f"output token wrong\n[ -e '{wanted}' ]\noutput token right"
    records = machine.apply(touch(wanted, check=check))
    assert [record for record in records if isinstance(record, OutputValue)] == [
        OutputValue("token", "wrong"),
        OutputValue("token", "right"),
    ]
