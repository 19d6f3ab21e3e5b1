"""What a script does with its steps: outcomes, order, and how it leaves the host behind."""

from __future__ import annotations

from pathlib import Path

import pytest

from nodewright.script.compile import Mode, Section, compile_script
from nodewright.script.records import Begin, Done, End, Hello, JobDone, Outcome
from nodewright.script.step import Step
from tests.shell.machine import PATIENCE, Machine, done, one_job, outcomes, touch

BOOT_ID = Path("/proc/sys/kernel/random/boot_id").read_text().strip()


def test_a_step_that_holds_is_ok_and_is_not_applied(machine: Machine) -> None:
    step = touch(machine.root / "a", check="true", apply=f"touch '{machine.root / 'a'}'")
    assert outcomes(machine.apply(step)) == [Outcome.OK]
    assert not (machine.root / "a").exists()


def test_a_step_that_does_not_hold_is_applied_and_checked_again(machine: Machine) -> None:
    records = machine.apply(touch(machine.root / "a"))
    assert [type(record) for record in records] == [Hello, Begin, Done, JobDone, End]
    assert records[0] == Hello(BOOT_ID)
    assert outcomes(records) == [Outcome.CHANGED]
    assert outcomes(machine.apply(touch(machine.root / "a"))) == [Outcome.OK]


def test_a_plan_shows_what_is_there_and_changes_nothing(machine: Machine) -> None:
    (machine.root / "b").write_text("as it is\n")
    records = machine.plan(touch(machine.root / "a", show=f"cat '{machine.root / 'b'}'"))
    assert [(record.outcome, record.text) for record in done(records)] == [(Outcome.CHANGE, "as it is\n")]
    assert records[-1] == End(0)
    assert not (machine.root / "a").exists()


def test_what_show_says_on_standard_error_is_no_part_of_the_state(machine: Machine) -> None:
    step = touch(machine.root / "a", show="cat /no/such/file\necho never")
    assert done(machine.plan(step))[0].text == ""


def test_a_step_that_does_not_converge_is_told_with_what_apply_and_check_said(machine: Machine) -> None:
    step = touch(machine.root / "a", check="echo not yet\nfalse", apply="echo tried")
    last = done(machine.apply(step))[-1]
    assert (last.outcome, last.status, last.text) == (Outcome.UNCONVERGED, 1, "tried\nnot yet\n")


def test_the_first_failure_ends_the_script(machine: Machine) -> None:
    records = machine.apply(
        touch(machine.root / "a"),
        touch(machine.root / "b", apply="echo why >&2\nexit 42"),
        touch(machine.root / "c"),
    )
    assert outcomes(records) == [Outcome.CHANGED, Outcome.FAILED]
    assert (done(records)[-1].status, done(records)[-1].text) == (42, "why\n")
    assert records[-1] == End(1)
    assert JobDone(0) not in records
    assert not (machine.root / "c").exists()


def test_a_step_that_kills_itself_is_failed_with_the_signals_status(machine: Machine) -> None:
    step = touch(machine.root / "a", apply="sh -c 'kill -9 $$'")
    assert done(machine.apply(step))[-1].status == 137


def test_a_signal_that_wakes_the_script_as_a_text_ends_makes_no_failure_of_a_success(
    machine: Machine,
) -> None:
    # USR1 is what wakes it; bash then mistakes a text's status, or forgets it, once in thousands.
    steps = [Step(name=f"{number}", check="kill -s USR1 $$", apply="false") for number in range(200)]
    assert outcomes(machine.plan(*steps)) == [Outcome.OK] * 200


def test_a_step_is_due_when_one_that_it_comes_after_has_changed(machine: Machine) -> None:
    restarts = machine.root / "restarts"
    restart = Step(name="restart", check="true", apply=f"echo once >>'{restarts}'", after=("a",))
    assert outcomes(machine.apply(touch(machine.root / "a"), restart)) == [Outcome.CHANGED] * 2
    assert outcomes(machine.apply(touch(machine.root / "a"), restart)) == [Outcome.OK] * 2
    assert restarts.read_text() == "once\n"


def test_after_reaches_into_an_earlier_section(machine: Machine) -> None:
    restart = Step(name="restart", check="true", apply=":", after=("a",))
    script = compile_script([Section("one", (touch(machine.root / "a"),)), Section("two", (restart,))])
    assert outcomes(machine.records(machine.text(script))) == [Outcome.CHANGED] * 2


def test_a_step_cannot_change_what_another_one_sees(machine: Machine) -> None:
    meddler = touch(machine.root / "a", check="true\ncd /\nx=1\nnw_mode=plan\ntrap : EXIT\nexec 2>&1")
    other = touch(machine.root / "b", apply=f"[ -z \"$x\" ]\ntouch '{machine.root / 'b'}'")
    assert outcomes(machine.apply(meddler, other)) == [Outcome.OK, Outcome.CHANGED]


def test_a_step_may_read_standard_input_and_finds_it_empty(machine: Machine) -> None:
    step = touch(machine.root / "a", apply=f"cat >'{machine.root / 'a'}'")
    assert outcomes(machine.apply(step, touch(machine.root / "b"))) == [Outcome.CHANGED] * 2
    assert (machine.root / "a").read_text() == ""


def test_a_here_document_arrives_as_it_was_written(machine: Machine) -> None:
    wanted = machine.root / "a"
    text = "  indented $HOME `id` \\\n\tEND \n}\n"
    step = touch(wanted, apply=f"cat >'{wanted}' <<'END'\n{text}END")
    assert outcomes(machine.apply(step)) == [Outcome.CHANGED]
    assert wanted.read_text() == text


def test_commands_of_a_step_have_the_usual_signals(machine: Machine) -> None:
    status = machine.root / "status"
    machine.apply(touch(status, apply=f"cat /proc/self/status >'{status}'"))
    [ignored] = [line for line in status.read_text().splitlines() if line.startswith("SigIgn:")]
    sigpipe, sigusr1, sigterm, sighup = 13, 10, 15, 1
    mask = int(ignored.split()[1], 16)
    assert [number for number in (sigpipe, sigusr1, sigterm, sighup) if mask >> (number - 1) & 1] == []


def test_a_step_finds_the_tools_of_root_and_messages_in_english(machine: Machine) -> None:
    seen = machine.root / "a"
    machine.apply(touch(seen, apply=f"echo \"$PATH $LC_ALL\" >'{seen}'"))
    path, locale = seen.read_text().split()
    assert {"/usr/sbin", "/sbin"} <= set(path.split(":"))
    assert locale == "C"


@pytest.mark.parametrize("apply", ["true", "exit 1", 'echo x >"$nw_tmp/left"', "kill -TERM $$"])
def test_the_temporary_folder_always_goes(machine: Machine, apply: str) -> None:
    machine.apply(touch(machine.root / "a", apply=apply), touch(machine.root / "b"))
    assert [entry.name for entry in machine.run_folder.iterdir()] == ["lock"]


def test_the_temporary_folder_is_roots_alone(machine: Machine) -> None:
    seen = machine.root / "a"
    machine.apply(touch(seen, apply=f"stat -c %a \"$nw_tmp\" '{machine.run_folder}' >'{seen}'"))
    assert seen.read_text().split() == ["700", "700"]


def test_the_folder_of_a_killed_script_is_swept_by_the_next_one(machine: Machine) -> None:
    with machine.start(machine.text(one_job(touch(machine.root / "a", apply="sleep 1000")))) as running:
        running.until(Begin)
        assert len(list(machine.run_folder.glob("*@*"))) == 1
    assert len(list(machine.run_folder.glob("*@*"))) == 1  # killed with SIGKILL
    machine.apply()
    assert list(machine.run_folder.glob("*@*")) == []


def test_the_script_says_nothing_outside_its_records(machine: Machine) -> None:
    step = touch(machine.root / "a", apply="echo out\necho err >&2\nsleep 1000", timeout=1)
    with machine.start(machine.text(one_job(step), tick=0.2)) as running:
        list(running)
        assert running.messages() == ""


def test_a_shell_that_reads_the_script_itself_runs_it_too(machine: Machine) -> None:
    step = touch(machine.root / "a", apply=f"cat >'{machine.root / 'a'}'")
    text = machine.text(one_job(step, touch(machine.root / "b")))
    with machine.start(text, arguments=()) as running:
        assert outcomes(list(running)) == [Outcome.CHANGED] * 2


def test_terminating_the_script_lets_it_finish_its_step(machine: Machine) -> None:
    pid = machine.root / "pid"
    wanted = machine.root / "a"
    apply = f"echo $$ >'{pid}'\nwhile [ -e '{pid}' ]; do\nsleep 0.05\ndone\ntouch '{wanted}'"
    with machine.start(
        machine.text(one_job(touch(wanted, apply=apply), touch(machine.root / "b")))
    ) as running:
        running.until(Begin)
        running.process.terminate()
        while not pid.exists():
            assert running.process.poll() is None
        pid.unlink()
        assert [type(record).__name__ for record in running] == ["Done", "Stopped", "End"]
        assert running.process.wait(PATIENCE) == 1
    assert wanted.exists()


def test_a_host_without_flock_is_told_so(machine: Machine) -> None:
    empty = machine.root / "bin"
    empty.mkdir()
    text = machine.text(one_job()).replace("command -v flock", "command -v no-such-flock")
    with machine.start(text) as running:
        assert [type(record) for record in running] == [Hello]
        assert "flock" in running.messages()


def test_a_plan_of_a_job_without_steps_is_done_at_once(machine: Machine) -> None:
    text = machine.text(compile_script([Section("empty", ())]), Mode.PLAN)
    assert machine.records(text) == [Hello(BOOT_ID), JobDone(0), End(0)]
