"""The cache: made once, whole or not at all, and never dropped under somebody's feet."""

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path

import pytest

from lab.cache import Cache, content_key, files_key
from lab.errors import LabError

OLD, NEW = content_key("old"), content_key("new")


def write(text: str) -> Callable[[Path], None]:
    def build(folder: Path) -> None:
        (folder / "file").write_text(text)

    return build


def test_an_artifact_is_made_once(tmp_path: Path) -> None:
    with Cache(tmp_path) as cache:
        first = cache.make("binaries", "etcd", OLD, write("made"))
        again = cache.make("binaries", "etcd", OLD, lambda folder: pytest.fail("made twice"))
    assert first == again
    assert (first / "file").read_text() == "made"


def test_other_parts_give_another_key() -> None:
    assert content_key("a", {"b": 1}) == content_key("a", {"b": 1})
    assert content_key("a", {"b": 1}) != content_key("a", {"b": 2})


def test_a_files_key_changes_with_content_name_and_mode(tmp_path: Path) -> None:
    file = tmp_path / "recipe"
    file.write_text("one")
    keys = [files_key(file)]
    file.chmod(0o755)
    keys.append(files_key(file))
    file.write_text("two")
    keys.append(files_key(file))
    keys.append(files_key(file.rename(tmp_path / "renamed")))
    assert len(set(keys)) == 4


def test_a_failed_build_leaves_nothing(tmp_path: Path) -> None:
    def build(folder: Path) -> None:
        (folder / "half").write_text("")
        raise LabError("no such version")

    with Cache(tmp_path) as cache:
        with pytest.raises(LabError, match="no such version"):
            cache.make("binaries", "etcd", OLD, build)
        assert cache.find("binaries", "etcd", OLD) is None
    assert list(tmp_path.rglob("half")) == []


KILLED_WHILE_BUILDING = """
import os, signal, sys
from pathlib import Path
from lab.cache import Cache, content_key
def build(folder):
    (folder / "half").write_text("")
    os.kill(os.getpid(), signal.SIGKILL)
Cache(Path(sys.argv[1])).make("binaries", "etcd", content_key("old"), build)
"""


def test_a_killed_build_is_not_taken_for_whole_and_the_next_one_succeeds(tmp_path: Path) -> None:
    killed = subprocess.run([sys.executable, "-c", KILLED_WHILE_BUILDING, str(tmp_path)], check=False)
    assert killed.returncode == -signal.SIGKILL
    with Cache(tmp_path) as cache:
        assert cache.find("binaries", "etcd", OLD) is None
        made = cache.make("binaries", "etcd", OLD, write("whole"))
    assert [file.name for file in made.iterdir()] == ["file"]


KILLED_WHILE_MOUNTED = """
import os, signal, subprocess, sys
from pathlib import Path
from lab.cache import Cache, content_key
def build(folder):
    (folder / "dev").mkdir()
    subprocess.run(["mount", "--bind", sys.argv[2], folder / "dev"], check=True)
    os.kill(os.getpid(), signal.SIGKILL)
Cache(Path(sys.argv[1])).make("rootfs", "node", content_key("old"), build)
"""


def test_what_a_killed_build_left_mounted_is_unmounted_not_removed(tmp_path: Path) -> None:
    precious = tmp_path / "precious"
    precious.mkdir()
    (precious / "null").write_text("a device of the host")
    cached = tmp_path / "cache"
    subprocess.run([sys.executable, "-c", KILLED_WHILE_MOUNTED, str(cached), str(precious)], check=False)
    with Cache(cached) as cache:
        cache.make("rootfs", "node", OLD, write("whole"))
    assert (precious / "null").read_text() == "a device of the host"


def test_what_is_out_of_date_is_dropped(tmp_path: Path) -> None:
    with Cache(tmp_path) as cache:
        old = cache.make("binaries", "etcd", OLD, write("old"))
        of_another = cache.make("binaries", "etcd-tools", OLD, write("another artifact"))
        new = cache.make("binaries", "etcd", NEW, write("new"))
    with Cache(tmp_path) as cache:
        cache.drop_all_but([("binaries", "etcd", NEW), ("binaries", "etcd-tools", OLD)])
    assert [path.exists() for path in (old, of_another, new)] == [False, True, True]


def test_what_a_lab_uses_stays_though_it_is_out_of_date(tmp_path: Path) -> None:
    with Cache(tmp_path) as lab, Cache(tmp_path) as cache:
        old = lab.make("binaries", "etcd", OLD, write("old"))
        cache.drop_all_but([("binaries", "etcd", NEW)])
        assert (old / "file").read_text() == "old"


def test_a_process_that_inherits_the_descriptor_keeps_the_artifact(tmp_path: Path) -> None:
    with Cache(tmp_path) as cache:
        old = cache.make("images", "registry", OLD, write("old"))
        descriptor = cache.hold(old)
        assert descriptor is not None
        server = subprocess.Popen(["cat"], stdin=subprocess.PIPE, pass_fds=[descriptor])
    try:
        with Cache(tmp_path) as cache:
            assert cache.purge() == [old]
    finally:
        server.communicate()
    with Cache(tmp_path) as cache:
        assert cache.purge() == []
    assert not tmp_path.exists()


def test_two_makers_of_one_artifact_wait_for_each_other_and_say_so(tmp_path: Path) -> None:
    building, go_on, said = threading.Event(), threading.Event(), []

    def slow(folder: Path) -> None:
        building.set()
        assert go_on.wait(timeout=10)
        write("first")(folder)

    def hear(message: str) -> None:
        said.append(message)
        go_on.set()

    first, second = Cache(tmp_path), Cache(tmp_path, waiting=hear)
    with first, second:
        thread = threading.Thread(target=lambda: first.make("binaries", "etcd", OLD, slow))
        thread.start()
        assert building.wait(timeout=10)
        made = second.make("binaries", "etcd", OLD, write("second"))
        thread.join()
    assert (made / "file").read_text() == "first"
    assert said == [f"binaries etcd is being made by process {os.getpid()}: waiting for it"]
