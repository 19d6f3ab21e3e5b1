"""What becomes of steps as the text of a script; tests/shell runs such texts."""

from __future__ import annotations

import subprocess
from importlib.resources import files

import pytest

from nodewright.errors import ConfigurationError, NodewrightError
from nodewright.script.compile import Mode, Script, Section, compile_script, question, stop_text
from nodewright.script.step import Step
from nodewright.secret import Secret
from tests.golden import assert_golden

PRELUDE = files("nodewright.script").joinpath("prelude.sh").read_text()


def step(name: str, **other: object) -> Step:
    """A step by its name."""
    return Step(**{"name": name, "check": "true", "apply": "true", **other})  # type: ignore[arg-type]


def two_jobs() -> Script:
    """Two jobs whose steps use all that a script can hold."""
    swap = Step(
        name="swap off",
        check='swaps=$(tail -n +2 /proc/swaps)\n[ -z "$swaps" ]',
        show="tail -n +2 /proc/swaps",
        apply="swapoff --all",
        timeout=60.5,
    )
    motd = Step(
        name="a greeting; it's 'ours'\nand has two lines",
        check="grep -q nodewright /etc/motd",
        show="cat /etc/motd",
        apply="cat >/etc/motd <<'END'\nnodewright was here: $HOME\nEND",
        after=("swap off",),
    )
    kernel = Step(
        name="new kernel",
        check="[ -e /run/booted ]",
        apply="systemctl reboot",
        reboots=True,
        after=(motd.name,),
    )
    token = Step(name="token", check='output token "$SEED"', apply=":")
    return compile_script([Section("prepare", (swap, motd)), Section("init", (kernel, token))])


def whole(mode: Mode) -> str:
    """The text of the two jobs, with a secret in its preamble."""
    return two_jobs().text(
        run_id="run-1", mode=mode, holder="ann@desk, 'since' 9:00", variables={"SEED": Secret("it's s3cret")}
    )


@pytest.mark.parametrize("mode", Mode)
def test_a_script_reads_as_it_was_approved(mode: Mode) -> None:
    shown = whole(mode).replace(PRELUDE, "# [... the runtime: prelude.sh]\n")
    assert_golden(f"script-{mode}.sh", shown)


def test_plan_and_apply_differ_in_the_preamble_alone() -> None:
    body = two_jobs().body
    assert whole(Mode.PLAN).partition(body)[2] == whole(Mode.APPLY).partition(body)[2] != ""


@pytest.mark.parametrize(
    "text",
    [whole(Mode.PLAN), whole(Mode.APPLY), question("run-1", {"naming": "uname -n"}, 5), stop_text("run-1")],
    ids=["plan", "apply", "question", "stop"],
)
def test_a_script_is_clean_under_shellcheck(text: str) -> None:
    ran = subprocess.run(
        ["shellcheck", "--shell=sh", "-"], input=text, capture_output=True, text=True, check=False
    )
    assert ran.stdout + ran.stderr == ""


def test_a_secret_stands_in_an_apply_once_and_in_a_plan_not_at_all() -> None:
    assert whole(Mode.APPLY).count("s3cret") == 1
    assert whole(Mode.PLAN).count("s3cret") == 0


def test_records_find_their_step_and_its_job() -> None:
    script = two_jobs()
    assert [step.name for step in script.steps][::3] == ["swap off", "token"]
    assert [script.section_of(index) for index in range(4)] == [0, 0, 1, 1]
    with pytest.raises(IndexError):
        script.section_of(4)


def test_a_step_comes_after_an_earlier_one_only() -> None:
    with pytest.raises(NodewrightError, match="it is to come after 'late', and no earlier step") as error:
        compile_script([Section("job", (step("early", after=("late",), where="roles/a.py:7"), step("late")))])
    assert (error.value.step, error.value.where) == ("early", "roles/a.py:7")


def test_two_steps_of_a_job_have_names_of_their_own() -> None:
    with pytest.raises(
        NodewrightError, match=r"two steps of job have this name, the other one is at a\.py:1"
    ):
        compile_script([Section("job", (step("twice", where="a.py:1"), step("twice", where="b.py:2")))])


def test_steps_of_two_jobs_may_share_a_name() -> None:
    assert len(compile_script([Section("one", (step("same"),)), Section("two", (step("same"),))]).steps) == 2


@pytest.mark.parametrize("name", ["nw_tmp", "nw_mode"])
def test_a_variable_of_the_engine_is_nobody_elses(name: str) -> None:
    with pytest.raises(ValueError, match="belongs to the engine"):
        two_jobs().text(run_id="run-1", mode=Mode.APPLY, variables={name: "x"})


@pytest.mark.parametrize("variables", [{"a b": "x"}, {"a;b": "x"}, {"": "x"}, {"good": "NUL\0"}])
def test_what_no_shell_can_hold_is_refused(variables: dict[str, str]) -> None:
    with pytest.raises(ConfigurationError):
        two_jobs().text(run_id="run-1", mode=Mode.APPLY, variables=variables)


@pytest.mark.parametrize("run_id", ["", "a b", "a\n", "../up", "$(id)"])
def test_a_run_id_needs_no_quoting(run_id: str) -> None:
    with pytest.raises(ValueError, match="is no run id"):
        two_jobs().text(run_id=run_id, mode=Mode.APPLY)
    with pytest.raises(ValueError, match="is no run id"):
        stop_text(run_id)


@pytest.mark.parametrize("name", ["", "two words", "it's", "line\nbreak"])
def test_the_name_of_a_question_is_one_word(name: str) -> None:
    with pytest.raises(ValueError, match="is no name for a fragment"):
        question("run-1", {name: "true"}, 5)
