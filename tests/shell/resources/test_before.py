"""What a host was like before is kept once, and a reset puts it back."""

from __future__ import annotations

import os
from collections.abc import Callable

import pytest

from nodewright.paths import BEFORE
from nodewright.resources import (
    block,
    command,
    file,
    ini_key,
    masked,
    restored,
    restored_unit,
    service,
    stopped,
)
from nodewright.script.step import Step
from tests.shell.resources.host import Host

PATH = "/etc/a b/it's.conf"


def _provision(host: Host, text: str) -> None:
    host.apply(file(PATH, text))


def _all_repositories() -> Step:
    """A step of one's own that changes what it finds in a folder."""
    return command(
        "all repositories are ours",
        "for file in /etc/repos/*; do\n  echo ours >$file\ndone",
        check="! grep -vqx ours /etc/repos/*",
        changes=["/etc/repos"],
    )


def test_a_file_is_put_back_with_text_mode_and_owner(host: Host) -> None:
    os.chown(host.put(PATH, "theirs\n", mode=0o640), 65534, 65534)
    _provision(host, "ours\n")

    host.converges(restored(PATH))

    status = host.at(PATH).stat()
    assert host.read(PATH) == "theirs\n"
    assert (oct(status.st_mode), status.st_uid, status.st_gid) == ("0o100640", 65534, 65534)


def test_what_a_second_run_finds_is_not_what_was_there_before(host: Host) -> None:
    host.put(PATH, "theirs\n")
    _provision(host, "ours\n")
    _provision(host, "ours too\n")

    host.apply(restored(PATH))

    assert host.read(PATH) == "theirs\n"


def test_what_was_not_there_goes(host: Host) -> None:
    _provision(host, "ours\n")
    _provision(host, "ours too\n")

    host.converges(restored(PATH))

    assert not host.at(PATH).exists()


@pytest.mark.parametrize("target", ["other", "nowhere"])
def test_a_link_is_put_back_as_a_link(host: Host, target: str) -> None:
    host.put("/etc/a b/other", "theirs\n")
    host.at(PATH).symlink_to(target)
    _provision(host, "ours\n")

    host.converges(restored(PATH))

    assert str(host.at(PATH).readlink()) == target


def test_a_folder_is_put_back_whole(host: Host) -> None:
    host.put("/etc/repos/a", "a")
    host.put("/etc/repos/b", "b", mode=0o600)
    host.apply(_all_repositories())
    host.put("/etc/repos/c", "new")

    host.converges(restored("/etc/repos"))

    assert {entry.name for entry in host.at("/etc/repos").iterdir()} == {"a", "b"}
    assert host.read("/etc/repos/a") == "a"
    assert oct(host.at("/etc/repos/b").stat().st_mode) == "0o100600"


def test_a_bind_mount_is_put_back_in_place(host: Host) -> None:
    host.put("/etc/hosts", "below\n")
    host.put("/mounted", "theirs\n")
    host.put("/mounts", 'mount --bind "$1/mounted" "$1/etc/hosts"\n')
    host.apply(file("/etc/hosts", "ours\n"))

    host.converges(restored("/etc/hosts"))

    assert host.read("/mounted") == "theirs\n"


def test_nothing_kept_means_nothing_to_put_back(host: Host) -> None:
    host.put(PATH, "theirs\n")

    assert host.holds(restored(PATH))
    assert host.holds(restored_unit("firewalld"))


def test_after_a_reset_the_next_run_keeps_afresh(host: Host) -> None:
    host.put(PATH, "first\n")
    _provision(host, "ours\n")
    host.apply(restored(PATH))
    host.put(PATH, "second\n")
    _provision(host, "ours\n")

    host.apply(restored(PATH))

    assert host.read(PATH) == "second\n"


def test_a_folder_is_kept_whole_though_a_file_in_it_was_kept_before(host: Host) -> None:
    host.put("/etc/repos/a", "a")
    host.put("/etc/repos/b", "b")
    host.apply(file("/etc/repos/a", "ours"))
    host.apply(_all_repositories())

    host.converges(restored("/etc/repos"))
    host.converges(restored("/etc/repos/a"))

    assert host.read("/etc/repos/a") == "a"
    assert host.read("/etc/repos/b") == "b"


@pytest.mark.parametrize(
    "edit",
    [block(PATH, "ours\n", marker="nodewright"), ini_key(PATH, "ours", "1")],
    ids=["block", "key"],
)
def test_a_file_of_which_a_part_is_ours_is_put_back_as_it_was(host: Host, edit: Step) -> None:
    host.put(PATH, "theirs\n")
    host.apply(edit)

    host.converges(restored(PATH))

    assert host.read(PATH) == "theirs\n"


def test_of_a_file_in_a_folder_of_nodewright_nothing_is_kept(host: Host) -> None:
    host.put("/etc/nodewright/kubeadm.yaml", "an earlier run's\n")

    host.apply(file("/etc/nodewright/kubeadm.yaml", "this run's\n"))

    assert not host.at(BEFORE).exists()


def test_what_is_kept_is_for_root_alone(host: Host) -> None:
    host.put(PATH, "theirs\n", mode=0o644)
    _provision(host, "ours\n")

    assert oct(host.at(BEFORE).stat().st_mode) == "0o40700"


@pytest.mark.parametrize("first", [stopped, masked, service])
@pytest.mark.parametrize(
    ("enabled", "active"),
    [("enabled", "active"), ("disabled", "inactive"), ("disabled", "active"), ("masked", "inactive")],
)
def test_a_unit_is_put_back_as_it_was(
    host: Host, enabled: str, active: str, first: Callable[[str], Step]
) -> None:
    host.put("/state/units/firewalld.service/enabled", f"{enabled}\n")
    host.put("/state/units/firewalld.service/active", f"{active}\n")
    host.run(first("firewalld").apply)
    host.run(service("firewalld").apply)

    host.converges(restored_unit("firewalld"))

    assert host.read("/state/units/firewalld.service/enabled") == f"{enabled}\n"
    assert host.read("/state/units/firewalld.service/active") == f"{active}\n"


def test_a_unit_that_was_not_installed_and_is_not_now_is_no_trouble(host: Host) -> None:
    host.run(stopped("firewalld").apply)

    host.converges(restored_unit("firewalld"))
