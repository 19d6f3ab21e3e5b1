"""Folders, links, and what must not be there."""

from __future__ import annotations

import os

import pytest

from nodewright.resources import absent, directory, link
from tests.shell.resources.host import Host

ODD = ["/opt/a b", "/opt/-rf", '/opt/it\'s\n"q"\n', "/opt/$(touch /pwned)*"]


@pytest.mark.parametrize("path", ["/opt/one/two", *ODD])
def test_a_folder_is_made_with_those_above_it(host: Host, path: str) -> None:
    host.converges(directory(path, mode="0750"))

    assert oct(host.at(path).stat().st_mode) == "0o40750"
    assert not host.at("/pwned").exists()


def test_mode_and_owner_of_a_folder_are_put_right(host: Host) -> None:
    host.put("/opt/data/file", "x")
    host.at("/opt/data").chmod(0o777)
    os.chown(host.at("/opt/data"), 65534, 65534)

    host.converges(directory("/opt/data", mode="2755"))

    status = host.at("/opt/data").stat()
    assert (oct(status.st_mode), status.st_uid, status.st_gid) == ("0o42755", 0, 0)
    assert host.read("/opt/data/file") == "x"


def test_a_link_to_a_folder_is_taken_for_the_folder(host: Host) -> None:
    host.at("/mnt/big").mkdir(parents=True)
    host.at("/opt").symlink_to("/mnt/big")

    assert host.holds(directory("/opt"))


@pytest.mark.parametrize("in_the_way", ["file", "dangling link"])
def test_a_file_or_a_dangling_link_in_the_way_of_a_folder_is_refused(host: Host, in_the_way: str) -> None:
    if in_the_way == "file":
        host.put("/opt/x", "precious")
    else:
        host.at("/opt").mkdir()
        host.at("/opt/x").symlink_to("nowhere")

    host.refuses(directory("/opt/x"), because="File exists")


@pytest.mark.parametrize("path", ["/opt/one/two", *ODD])
@pytest.mark.parametrize("target", ["/etc/x", "../a b", "-rf", "it's\n", "$(touch /pwned)"])
def test_a_link_is_made(host: Host, path: str, target: str) -> None:
    host.converges(link(path, target))

    assert str(host.at(path).readlink()) == target
    assert not host.at("/pwned").exists()
    assert not list(host.at(path).parent.glob(".nodewright*"))


def _file(host: Host) -> None:
    host.put("/opt/x", "")


def _dangling(host: Host) -> None:
    host.at("/opt/x").symlink_to("nowhere")


def _to_a_folder(host: Host) -> None:
    host.at("/opt/v1").mkdir()
    host.at("/opt/x").symlink_to("v1")


@pytest.mark.parametrize("make_wrong", [_file, _dangling, _to_a_folder])
def test_what_is_in_the_way_of_a_link_is_replaced(host: Host, make_wrong: object) -> None:
    host.at("/opt").mkdir()
    assert callable(make_wrong)
    make_wrong(host)

    host.converges(link("/opt/x", "v2"))

    assert str(host.at("/opt/x").readlink()) == "v2"
    assert {entry.name for entry in host.at("/opt").iterdir()} <= {"x", "v1"}


def test_a_folder_in_the_way_of_a_link_is_refused(host: Host) -> None:
    host.put("/opt/x/precious", "data")

    host.refuses(link("/opt/x", "v2"), because="/opt/x is a folder")

    assert host.read("/opt/x/precious") == "data"
    assert [entry.name for entry in host.at("/opt/x").iterdir()] == ["precious"]


@pytest.mark.parametrize("path", ["/opt/one", *ODD])
def test_a_file_goes(host: Host, path: str) -> None:
    host.put(path, "x")

    host.converges(absent(path))


@pytest.mark.parametrize("target", ["/opt/kept", "nowhere"])
def test_a_link_goes_and_what_it_leads_to_stays(host: Host, target: str) -> None:
    host.put("/opt/kept/file", "x")
    host.at("/opt/link").symlink_to(target)

    host.converges(absent("/opt/link", tree=True))

    assert host.read("/opt/kept/file") == "x"


def test_what_is_not_there_is_fine(host: Host) -> None:
    assert host.holds(absent("/opt/none"))
    assert host.holds(absent("/opt/none/below", tree=True))


def test_a_folder_that_holds_something_goes_only_as_a_tree(host: Host) -> None:
    host.put("/opt/data/file", "x")

    host.refuses(absent("/opt/data"), because="not empty")
    host.converges(absent("/opt/data", tree=True))


def test_an_empty_folder_goes(host: Host) -> None:
    host.at("/opt/data").mkdir(parents=True)

    host.converges(absent("/opt/data"))


def test_a_tree_does_not_go_beyond_its_file_system(host: Host) -> None:
    host.at("/opt/data/mounted").mkdir(parents=True)
    host.put("/mounts", 'mount -t tmpfs none "$1/opt/data/mounted"\n: >"$1/opt/data/mounted/file"\n')

    host.refuses(absent("/opt/data", tree=True), because="different device")
