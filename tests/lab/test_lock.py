"""One command at a time works on a lab."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from lab.errors import LabError
from lab.lock import locked, one_at_a_time

HOLD = """
import sys
from pathlib import Path
from lab.lock import locked
with locked(Path(sys.argv[1])):
    print("held", flush=True)
    sys.stdin.read()
"""


def test_the_second_command_says_which_process_holds_the_lab(tmp_path: Path) -> None:
    folder = tmp_path / "test"
    with subprocess.Popen(
        [sys.executable, "-c", HOLD, str(folder)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == "held\n"
        with (
            pytest.raises(LabError, match=rf"process {holder.pid} .* is at work on lab test"),
            locked(folder),
        ):
            pass
        holder.communicate("")


def test_the_lock_of_a_command_that_was_killed_is_free(tmp_path: Path) -> None:
    folder = tmp_path / "test"
    with subprocess.Popen(
        [sys.executable, "-c", HOLD, str(folder)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as holder:
        assert holder.stdout is not None
        holder.stdout.readline()
        holder.kill()
    with locked(folder):
        assert (folder / "lock").read_text().startswith(f"process {os.getpid()}")


def test_a_command_that_made_nothing_leaves_nothing(tmp_path: Path) -> None:
    with locked(tmp_path / "test"):
        pass
    assert list(tmp_path.iterdir()) == []


def test_the_folder_stays_with_what_a_command_made(tmp_path: Path) -> None:
    with locked(tmp_path / "test"):
        (tmp_path / "test" / "lab.json").touch()
    assert (tmp_path / "test" / "lab.json").exists()


def test_what_labs_share_is_there_to_be_locked_even_for_the_first(tmp_path: Path) -> None:
    with one_at_a_time(tmp_path / "labs"):
        assert (tmp_path / "labs").is_dir()
