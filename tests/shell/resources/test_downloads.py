"""Downloads are known by their checksum before they are used."""

from __future__ import annotations

import hashlib

import pytest

from nodewright.resources import download
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
