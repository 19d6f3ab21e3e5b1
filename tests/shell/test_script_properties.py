"""What holds for any text, any state of the host and any moment of an interruption."""

from __future__ import annotations

import tempfile
from dataclasses import replace
from pathlib import Path

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from nodewright.resources import block, directory, file, ini_key, link
from nodewright.script.compile import stop_text
from nodewright.script.records import Begin, End, Outcome
from nodewright.script.step import Step
from tests.shell.machine import Machine, one_job, outcomes, touch

# The machine is only a shell and a path; each example makes a folder of its own.
few = settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])

#: Any text but NUL, which no shell, argument or path can carry.
texts = st.text(st.characters(codec="utf-8", exclude_characters="\0"))
hostile = st.sampled_from(
    [
        "'",
        "''\"",
        "$(touch X)",
        "`touch X`",
        "\\",
        "\\'",
        "\n",
        "'\ntouch X\n'",
        "-n",
        "~",
        "*",
        "%s%n",
        "\r\n",
        "é\x81\x7f",
    ]
)
values = st.one_of(texts, hostile, st.lists(st.one_of(texts, hostile)).map("".join))


def fresh(machine: Machine) -> Machine:
    return replace(machine, root=Path(tempfile.mkdtemp(dir=machine.root)))


@few
@given(value=values)
def test_any_text_arrives_unchanged_as_a_value(machine: Machine, value: str) -> None:
    machine = fresh(machine)
    wanted = machine.root / "wanted"
    step = touch(wanted, apply=f"cd '{machine.root}'\nprintf %s \"$value\" >wanted")
    assert outcomes(machine.apply(step, variables={"value": value})) == [Outcome.CHANGED]
    assert wanted.read_bytes() == value.encode()
    assert {entry.name for entry in machine.root.iterdir()} == {"wanted", "run"}


@few
@given(name=values, job=values, holder=values)
def test_any_text_can_be_a_name_and_is_never_interpreted(
    machine: Machine, name: str, job: str, holder: str
) -> None:
    machine = fresh(machine)
    step = Step(name=name, check=f"[ -e '{machine.root}/a' ]", apply=f"cd '{machine.root}'\ntouch a")
    assert outcomes(machine.apply(step, holder=holder)) == [Outcome.CHANGED]
    assert {entry.name for entry in machine.root.iterdir()} == {"a", "run"}


@few
@given(
    name=st.text(st.characters(codec="utf-8", exclude_characters="\0/"), min_size=1, max_size=60),
    content=values,
)
def test_any_text_arrives_unchanged_as_a_files_path_and_content(
    machine: Machine, name: str, content: str
) -> None:
    machine = replace(fresh(machine), path=machine.gnu_path)
    path = machine.root / f"x{name}"
    step = file(str(path), content)
    assert outcomes(machine.apply(step)) == [Outcome.CHANGED]
    assert path.read_bytes() == content.encode()
    assert outcomes(machine.apply(step)) == [Outcome.OK]


@few
@given(present=st.sets(st.integers(0, 5)))
def test_any_subset_of_the_steps_already_done_converges(machine: Machine, present: set[int]) -> None:
    machine = fresh(machine)
    steps = [touch(machine.root / str(index)) for index in range(6)]
    for index in present:
        (machine.root / str(index)).touch()
    planned = [Outcome.OK if index in present else Outcome.CHANGE for index in range(6)]
    assert outcomes(machine.plan(*steps)) == planned
    applied = [Outcome.OK if index in present else Outcome.CHANGED for index in range(6)]
    assert outcomes(machine.apply(*steps)) == applied
    assert outcomes(machine.apply(*steps)) == [Outcome.OK] * 6


@settings(few, max_examples=3)
@given(present=st.sets(st.integers(0, 4)))
def test_any_subset_of_resources_already_there_converges_to_the_same_host(
    machine: Machine, present: set[int]
) -> None:
    machine = replace(fresh(machine), path=machine.gnu_path)
    bare, partly = (replace(machine, root=machine.root / name) for name in ("bare", "partly"))
    for one in (bare, partly):
        one.root.mkdir()
    for index in sorted(present):
        partly.apply(_resources(partly)[index])
    for one in (bare, partly):
        assert set(outcomes(one.apply(*_resources(one)))) <= {Outcome.OK, Outcome.CHANGED}
        assert outcomes(one.apply(*_resources(one))) == [Outcome.OK] * 5
    assert _tree(bare) == _tree(partly)


@few
@given(records=st.integers(0, 12))
def test_a_run_whose_link_goes_after_any_record_ends_the_same_when_run_again(
    machine: Machine, records: int
) -> None:
    machine = fresh(machine)
    steps = _appending(machine)
    with machine.start(machine.text(one_job(*steps))) as running:
        for _, _ in zip(range(records), running, strict=False):
            pass
        running.hang_up()
        running.wait()
    machine.apply(*steps)
    assert _state(machine) == ["0\n", "0\n1\n", "0\n1\n2\n", "0\n1\n2\n3\n"]
    assert outcomes(machine.apply(*steps)) == [Outcome.OK] * 4


@few
@given(begun=st.integers(0, 3))
def test_a_run_that_was_stopped_in_any_step_ends_the_same_when_run_again(
    machine: Machine, begun: int
) -> None:
    machine = fresh(machine)
    steps = _appending(machine)
    with machine.start(machine.text(one_job(*steps))) as running:
        running.until(Begin, lambda record: record == Begin(begun))
        machine.records(stop_text("run-1", folder=str(machine.run_folder)))
        list(running)
        assert isinstance(running.seen[-1], End)
    machine.apply(*steps)
    assert _state(machine) == ["0\n", "0\n1\n", "0\n1\n2\n", "0\n1\n2\n3\n"]


@settings(few, max_examples=60)
@given(data=st.data())
def test_a_script_that_is_cut_short_at_any_byte_never_starts(machine: Machine, data: st.DataObject) -> None:
    machine = fresh(machine)
    step = touch(machine.root / "a", check=f"touch '{machine.root}/started'", show="cat <<END\n}\nEND")
    text = machine.text(one_job(step), variables={"value": "a'b\n$(touch X)"}).encode()
    # The last bytes are where a cut is most likely to leave something that runs.
    last = st.integers(max(0, len(text) - 300), len(text) - 2)
    cut = data.draw(st.one_of(last, st.integers(0, len(text) - 2)))
    how = data.draw(st.sampled_from([(), ("-c", 'eval "$(cat)"')]))
    with machine.start(text[:cut].decode(), arguments=how) as running:
        assert list(running) == []
    assert list(machine.root.iterdir()) == []


def _resources(machine: Machine) -> list[Step]:
    """One of each that leaves something in a folder; the later ones do not need the earlier ones."""
    etc = machine.root / "etc"
    return [
        directory(str(etc), mode="0750"),
        file(str(etc / "conf"), "a = 1\n", mode="0600"),
        link(str(etc / "link"), "conf"),
        block(str(etc / "hosts"), "192.0.2.1 node1\n", marker="hosts"),
        ini_key(str(etc / "main.ini"), "exclude", "kernel", section="main"),
    ]


def _tree(machine: Machine) -> dict[str, str]:
    """What is in the folder of `_resources`: mode, and text or where a link leads."""
    etc = machine.root / "etc"
    return {
        path.name: f"{path.lstat().st_mode:o} "
        + (str(path.readlink()) if path.is_symlink() else path.read_text())
        for path in etc.iterdir()
    } | {".": f"{etc.stat().st_mode:o}"}


def _appending(machine: Machine) -> list[Step]:
    """Steps whose result shows order and repetition: each copies the one before and adds its own line."""
    steps = []
    for index in range(4):
        path = machine.root / str(index)
        before = f"cat '{machine.root / str(index - 1)}' >'{path}.new'" if index else f": >'{path}.new'"
        steps.append(touch(path, apply=f"{before}\necho {index} >>'{path}.new'\nmv '{path}.new' '{path}'"))
    return steps


def _state(machine: Machine) -> list[str]:
    return [(machine.root / str(index)).read_text() for index in range(4)]
