"""The wrapper that stands where runc should be: it takes out of a bundle what this machine cannot give."""

import json
import subprocess
from pathlib import Path

import pytest

from lab.rpms import OWN_FILES

WRAPPER = OWN_FILES / "runc-wrapper.sh"
WISHES = {
    "oomScoreAdj": -999,
    "capabilities": {
        "bounding": ["CAP_CHOWN", "CAP_SYS_RESOURCE"],
        "effective": ["CAP_SYS_RESOURCE", "CAP_KILL"],
    },
}
GRANTED = {
    "oomScoreAdj": 0,
    "capabilities": {"bounding": ["CAP_CHOWN"], "effective": ["CAP_KILL"]},
}


def run(*arguments: str | Path, cwd: Path) -> None:
    # The runc that it ends in is on nodes only; what it did before is what is asked here.
    subprocess.run(["sh", WRAPPER, *arguments], cwd=cwd, check=False, capture_output=True)


def write(file: Path) -> Path:
    file.write_text(json.dumps(WISHES, separators=(",", ":")))
    return file


@pytest.mark.parametrize("form", [["--bundle", "{}"], ["-b", "{}"], ["--bundle={}"], []])
def test_a_bundle_loses_what_the_host_cannot_give(tmp_path: Path, form: list[str]) -> None:
    config = write(tmp_path / "config.json")
    run("create", *(word.format(tmp_path) for word in form), "name", cwd=tmp_path)
    assert json.loads(config.read_text()) == GRANTED


@pytest.mark.parametrize("form", [["--process", "{}"], ["-p", "{}"], ["--process={}"]])
def test_so_does_a_process_to_be_executed(tmp_path: Path, form: list[str]) -> None:
    process = write(tmp_path / "process")
    run("exec", *(word.format(process) for word in form), "name", cwd=tmp_path)
    assert json.loads(process.read_text()) == GRANTED
