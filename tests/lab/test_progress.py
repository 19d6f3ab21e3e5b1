"""What a long build says of itself."""

import io
from pathlib import Path

import pytest
from rich.console import Console

from lab.command import Stopped
from lab.progress import Progress, duration


@pytest.mark.parametrize(("seconds", "said"), [(0.4, "0 s"), (59.4, "59 s"), (125, "2 min 05 s")])
def test_a_duration_is_said_as_a_person_reads_it(seconds: float, said: str) -> None:
    assert duration(seconds) == said


def test_each_component_says_its_place_its_log_and_its_end() -> None:
    said = io.StringIO()
    with Progress(Console(file=said, soft_wrap=True)) as progress:
        progress.expect(3)
        with progress.component("binaries/etcd", Path("/cache/logs/etcd.log")):
            pass
        with pytest.raises(OSError, match="disk"), progress.component("rpms/docker", Path("docker.log")):
            raise OSError("disk")
        with pytest.raises(Stopped), progress.component("binaries/moby", Path("moby.log")):
            raise Stopped("stopped")
    assert said.getvalue().splitlines() == [
        "[1/3] binaries/etcd: log in /cache/logs/etcd.log",
        "[1/3] binaries/etcd: done after 0 s",
        "[2/3] rpms/docker: log in docker.log",
        "[2/3] rpms/docker: failed after 0 s",
        "[3/3] binaries/moby: log in moby.log",
        "[3/3] binaries/moby: stopped after 0 s",
    ]


def test_a_terminal_shows_what_runs_now() -> None:
    said = io.StringIO()
    with Progress(Console(file=said, force_terminal=True, width=100)) as progress:
        progress.expect(1)
        with progress.component("binaries/etcd", Path("etcd.log")):
            pass
    assert "1/1: binaries/etcd 0 s" in said.getvalue()
