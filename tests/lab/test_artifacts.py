"""The graph of artifacts: only what changed is made again, and a failure ends the rest."""

import io
import shutil
from dataclasses import replace
from pathlib import Path

import pytest
from rich.console import Console

from lab.artifacts import Artifact, Job, closure, make, missing, needed
from lab.cache import Cache
from lab.command import CommandError
from lab.errors import LabError
from lab.progress import Progress


def quiet() -> Progress:
    return Progress(Console(file=io.StringIO()))


def text(name: str, recipe: str, *needs: Artifact) -> Artifact:
    """An artifact whose file holds its recipe and what its inputs hold."""

    def build(job: Job) -> None:
        parts = [recipe, *(job.file(f"{need}/file").read_text() for need in needs)]
        (job.out / "file").write_text(" ".join(parts))

    return Artifact("text", name, recipe, build, needs)


def test_an_artifact_is_made_of_what_it_needs(tmp_path: Path) -> None:
    goal = text("both", "=", text("left", "a"), text("right", "b"))
    with Cache(tmp_path) as cache, quiet() as progress:
        paths = make(cache, closure(goal), progress)
    assert (paths[goal] / "file").read_text() == "= a b"


def test_only_what_depends_on_a_change_is_made_again(tmp_path: Path) -> None:
    kept = text("kept", "a")
    with Cache(tmp_path) as cache, quiet() as progress:
        make(cache, closure(text("goal", "=", kept, text("changed", "b"))), progress)
        changed = text("goal", "=", kept, text("changed", "c"))
        assert [str(artifact) for artifact in missing(cache, closure(changed))] == [
            "text/changed",
            "text/goal",
        ]


def test_what_a_goal_that_is_there_was_made_from_is_not_made_again(tmp_path: Path) -> None:
    part = text("part", "a")
    goal = text("goal", "=", part)
    with Cache(tmp_path) as cache, quiet() as progress:
        paths = make(cache, closure(goal), progress)
    shutil.rmtree(paths[part])
    with Cache(tmp_path) as cache:
        assert needed(cache, goal) == []
        other = text("other", "+", part)
        assert needed(cache, goal, other) == [part, other]


def test_another_build_function_alone_is_no_change() -> None:
    artifact = text("a", "recipe")
    assert replace(artifact, build=lambda job: None).key == artifact.key


def sleep(job: Job) -> None:
    job.run("sleep", "600")


def fail(job: Job) -> None:
    job.run("sh", "-c", "echo oh no; exit 3")


def test_a_failure_keeps_what_was_whole_and_ends_what_runs(tmp_path: Path) -> None:
    whole = text("whole", "a")
    endless = Artifact("text", "endless", "", sleep, compiles=True)
    failing = Artifact("text", "failing", "", fail, (whole,))
    goal = text("goal", "", endless, failing)
    with Cache(tmp_path) as cache, quiet() as progress:
        with pytest.raises(
            CommandError, match=r"sh failed with status 3; all of its output is in .*\n  oh no"
        ):
            make(cache, closure(goal), progress)
        left = missing(cache, [whole, endless, failing, goal])
    assert left == [endless, failing, goal]


def test_an_input_removed_meanwhile_is_said(tmp_path: Path) -> None:
    goal = Artifact("text", "goal", "", lambda job: None, (text("gone", "a"),))
    with (
        Cache(tmp_path) as cache,
        quiet() as progress,
        pytest.raises(LabError, match="text/gone was removed"),
    ):
        make(cache, [goal], progress)
