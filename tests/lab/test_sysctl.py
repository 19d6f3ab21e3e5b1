"""The host's kernel settings come back as they were. These tests change a real one, and need root for it."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from lab import sysctl

SETTING = Path("/proc/sys/fs/lease-break-time")


@pytest.fixture
def before() -> Iterator[str]:
    value = SETTING.read_text().strip()
    yield value
    SETTING.write_text(value)


def other(value: str) -> str:
    return str(int(value) + 1)


def test_a_changed_setting_is_put_back_and_told(before: str, tmp_path: Path) -> None:
    sysctl.save(tmp_path / "before.json")
    SETTING.write_text(other(before))
    told = sysctl.restore(tmp_path / "before.json")
    assert SETTING.read_text().strip() == before
    assert f"fs.lease-break-time: {other(before)} -> {before}" in told


def test_a_later_lab_does_not_take_what_an_earlier_one_changed_for_the_truth(
    before: str, tmp_path: Path
) -> None:
    sysctl.save(tmp_path / "before.json")
    SETTING.write_text(other(before))
    sysctl.save(tmp_path / "before.json")
    sysctl.restore(tmp_path / "before.json")
    assert SETTING.read_text().strip() == before


def test_once_restored_there_is_nothing_to_restore(before: str, tmp_path: Path) -> None:
    sysctl.save(tmp_path / "before.json")
    sysctl.restore(tmp_path / "before.json")
    SETTING.write_text(other(before))
    assert sysctl.restore(tmp_path / "before.json") == []
    assert SETTING.read_text().strip() == other(before)


INSTANCES = Path("/proc/sys/fs/inotify/max_user_instances")


@pytest.fixture
def instances() -> Iterator[None]:
    value = INSTANCES.read_text()
    yield
    INSTANCES.write_text(value)


@pytest.mark.usefixtures("instances")
@pytest.mark.parametrize(("before", "after"), [("8191", "8192"), ("8193", "8193")])
def test_limits_that_all_nodes_share_are_raised_and_never_lowered(before: str, after: str) -> None:
    INSTANCES.write_text(before)
    sysctl.raise_limits()
    assert INSTANCES.read_text().strip() == after


def test_what_changes_by_itself_is_no_setting() -> None:
    assert sysctl.snapshot() == sysctl.snapshot()
