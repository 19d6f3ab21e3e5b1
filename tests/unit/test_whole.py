"""Files of the operator are written whole or not at all."""

from __future__ import annotations

from pathlib import Path

import pytest

from nodewright.whole import write_whole


def test_a_file_is_for_its_owner_alone_unless_told_otherwise(tmp_path: Path) -> None:
    write_whole(tmp_path / "folder/private", "text")
    write_whole(tmp_path / "folder/shared", "text", mode=0o644)

    modes = [oct((tmp_path / name).stat().st_mode) for name in ("folder", "folder/private", "folder/shared")]
    assert modes == ["0o40700", "0o100600", "0o100644"]


def test_the_old_file_stays_where_the_new_one_cannot_be_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "known_hosts"
    write_whole(file, "old")

    def full(descriptor: int) -> None:
        raise OSError("No space left on device")

    monkeypatch.setattr("os.fsync", full)
    with pytest.raises(OSError, match="No space left"):
        write_whole(file, "new")

    assert file.read_text() == "old"
    assert list(tmp_path.iterdir()) == [file]


def test_bytes_that_are_no_text_come_back_as_they_were(tmp_path: Path) -> None:
    text = b"caf\xe9\n".decode("utf-8", errors="surrogateescape")

    write_whole(tmp_path / "file", text)

    assert (tmp_path / "file").read_bytes() == b"caf\xe9\n"
