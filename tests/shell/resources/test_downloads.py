"""Downloads are known by their checksum before they are used."""

from __future__ import annotations

import hashlib
import io
import tarfile

import pytest

from nodewright.resources import download, unpacked
from tests.shell.resources.host import Host

DATA = "binary\x00\x01\n"
SHA256 = hashlib.sha256(DATA.encode()).hexdigest()


def test_a_download_is_put_in_place_with_its_mode(host: Host) -> None:
    host.put("/srv/tool", DATA)

    host.converges(download("file:///srv/tool", "/opt/a b/tool", sha256=SHA256.upper(), mode="0755"))

    assert host.read("/opt/a b/tool") == DATA
    assert oct(host.at("/opt/a b/tool").stat().st_mode) == "0o100755"


def test_another_file_than_expected_replaces_nothing(host: Host) -> None:
    host.put("/srv/tool", "evil")
    host.put("/opt/tool", "before")

    host.refuses(download("file:///srv/tool", "/opt/tool", sha256=SHA256), because="has not the checksum")

    assert host.read("/opt/tool") == "before"
    assert not list(host.at("/opt").glob(".nodewright*"))


def test_a_download_that_fails_says_so_and_leaves_nothing(host: Host) -> None:
    host.refuses(download("file:///srv/none", "/opt/tool", sha256=SHA256), because="curl")

    assert not list(host.at("/opt").iterdir())


@pytest.mark.parametrize("mode", [0o644, 0o755])
def test_what_is_there_is_not_fetched_again(host: Host, mode: int) -> None:
    host.put("/opt/tool", DATA, mode=mode)

    assert host.holds(download("file:///srv/none", "/opt/tool", sha256=SHA256)) is (mode == 0o644)


def test_a_plan_shows_digests(host: Host) -> None:
    host.put("/srv/tool", DATA)
    step = download("file:///srv/tool", "/opt/tool", sha256=SHA256)
    host.apply(step)

    assert host.run(step.show).output == step.want


def archive(host: Host, program: str, at: str = "/srv/tool.tgz") -> str:
    """Puts a gzipped tar archive with tool/tool on the host and returns its checksum."""
    content = io.BytesIO()
    with tarfile.open(fileobj=content, mode="w:gz") as tar:
        entry = tarfile.TarInfo("tool/tool")
        entry.size = len(program)
        tar.addfile(entry, io.BytesIO(program.encode()))
    host.put(at, "")
    host.at(at).write_bytes(content.getvalue())
    return hashlib.sha256(content.getvalue()).hexdigest()


def test_a_program_comes_out_of_its_archive_which_is_not_kept(host: Host) -> None:
    sha256 = archive(host, "#!/bin/sh\n")

    host.converges(unpacked("file:///srv/tool.tgz", "tool/tool", "/opt/t/tool", sha256=sha256, mode="0755"))

    assert host.read("/opt/t/tool") == "#!/bin/sh\n"
    assert oct(host.at("/opt/t/tool").stat().st_mode) == "0o100755"
    assert sorted(path.name for path in host.at("/opt/t").iterdir()) == ["tool", "tool.origin"]


def test_another_archive_and_another_program_on_the_host_are_both_seen(host: Host) -> None:
    old, new = archive(host, "old", "/srv/old.tgz"), archive(host, "new", "/srv/new.tgz")
    of_old = unpacked("file:///srv/old.tgz", "tool/tool", "/opt/tool", sha256=old)
    of_new = unpacked("file:///srv/new.tgz", "tool/tool", "/opt/tool", sha256=new)
    host.converges(of_old)
    host.converges(of_new)
    assert host.read("/opt/tool") == "new"

    host.put("/opt/tool", "tampered")

    host.converges(of_new)
    assert host.read("/opt/tool") == "new"


def test_a_program_that_does_not_run_here_replaces_nothing(host: Host) -> None:
    sha256 = archive(host, "#!/bin/sh\nexit 1\n")
    host.put("/opt/tool", "before")
    step = unpacked(
        "file:///srv/tool.tgz", "tool/tool", "/opt/tool", sha256=sha256, validate='sh "$temporary"'
    )

    assert host.run(step.apply).status == 1

    assert host.read("/opt/tool") == "before"
    assert [path.name for path in host.at("/opt").iterdir()] == ["tool"]


def test_another_archive_than_expected_is_not_unpacked(host: Host) -> None:
    archive(host, "evil")

    step = unpacked("file:///srv/tool.tgz", "tool/tool", "/opt/tool", sha256=SHA256)

    host.refuses(step, because="has not the checksum")
    assert not list(host.at("/opt").iterdir())
