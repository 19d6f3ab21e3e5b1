"""A lab goes as it came: what it leaves behind, and what a crash of it leaves, is nothing."""

import os
import shutil
import signal
import socket
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from lab import faults, lifecycle, processes, rootfs, serve
from lab.cache import Cache, content_key
from lab.errors import LabError
from lab.lock import locked
from lab.mirror import Mirror
from lab.nodes import on
from lab.settings import HTTP_PORT, Lab, Topology, state_root

ONE = Topology(control_planes=1, workers=0)
NAME = "testlife"


@pytest.fixture
def lab(mirror: Mirror, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Lab]:
    """A lab of one node with a state folder of its own: to it, no other lab is on this machine."""
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    yield lifecycle.up(NAME, ONE)
    lifecycle.down(NAME)


def traces(lab: Lab, *ids: str) -> dict[str, str]:
    """What this machine has of the lab by its name, subnet, state folder or containers' ids, kind by kind."""
    signs = (NAME, f"10.{lab.number}.0.", str(lab.state), *ids)

    def lines(*argv: str) -> str:
        # find complains of files that go while it looks.
        listed = subprocess.run(argv, check=argv[0] != "find", capture_output=True, text=True).stdout
        return "\n".join(line for line in listed.splitlines() if any(sign in line for sign in signs))

    return {
        "containers": lines("podman", "ps", "--all", "--format", "{{.Names}}"),
        "networks": lines("podman", "network", "ls", "--format", "{{.Name}}"),
        "rules": lines("nft", "list", "ruleset"),
        "addresses": lines("ip", "address"),
        "routes": lines("ip", "route", "show", "table", "all"),
        "mounts": lines("cat", "/proc/self/mountinfo"),
        "processes": "\n".join(processes.running(lab.state).values()) + lines("ps", "-eo", "args"),
        "cgroups": lines("find", "/sys/fs/cgroup", "-type", "d"),
        "files": lines("find", str(state_root()), "/run", "/etc", "/var/lib/containers", "-xdev"),
    }


def containers(lab: Lab) -> list[str]:
    command = ["podman", "ps", "--all", "--quiet", "--no-trunc", "--filter", f"label={lab.label}"]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout.split()


def links() -> set[str]:
    return {path.name for path in Path("/sys/class/net").iterdir()}


def test_a_lab_that_is_down_has_left_nothing(
    mirror: Mirror, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    links_before = links()
    lab = lifecycle.up(NAME, ONE)
    ids = containers(lab)
    # As kubelet and an image would leave it: a mount and a busy process inside, files outside the overlay.
    on(
        lab,
        lab.nodes[0],
        "mount -t tmpfs none /var/lib/kubelet; touch /var/lib/docker/x; nohup sleep 1000 >&- 2>&- &",
    )
    faults.apply(lab, lab.nodes[0], "delay")
    faults.apply(lab, lab.nodes[0], "drop")
    assert [kind for kind, found in traces(lab, *ids).items() if not found] == []
    lifecycle.down(NAME)
    assert traces(lab, *ids) == dict.fromkeys(traces(lab), "")
    assert links() <= links_before
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("how", ["kill", "freeze", "cut"])
def test_a_lab_with_a_broken_node_goes_down_as_well(lab: Lab, how: str) -> None:
    faults.apply(lab, lab.nodes[0], how)
    lifecycle.down(NAME)
    assert traces(lab) == dict.fromkeys(traces(lab), "")


def test_the_last_lab_to_go_puts_back_what_nodes_changed_of_the_kernels_settings(lab: Lab) -> None:
    # Global as kubelet's are, but no kubelet of another lab writes this one meanwhile.
    setting = Path("/proc/sys/fs/lease-break-time")
    before = setting.read_text()
    changed = str(int(before) + 1)
    on(lab, lab.nodes[0], f"sysctl --write fs.lease-break-time={changed}")
    assert setting.read_text().strip() == changed
    said = lifecycle.down(NAME)
    assert setting.read_text() == before
    assert f"put back fs.lease-break-time: {changed} -> {before.strip()}" in said


def test_a_lab_that_is_up_stays_as_it_is_and_only_what_is_missing_comes_back(lab: Lab) -> None:
    boot = "stat --format %Z /proc/1"
    before = on(lab, lab.nodes[0], boot)
    [server] = processes.running(lab.state, "http")
    os.kill(server, signal.SIGKILL)
    assert lifecycle.up(NAME) == lab
    assert serve.answers(lab, HTTP_PORT)
    assert on(lab, lab.nodes[0], boot) == before


def test_a_lab_comes_up_over_the_remains_of_a_crash(lab: Lab) -> None:
    """As after a power cut: nodes dead, programs gone, the record there."""
    subprocess.run(["podman", "kill", lab.container(lab.nodes[0])], check=True, capture_output=True)
    processes.stop(lab.state)
    assert lifecycle.up(NAME) == lab
    assert on(lab, lab.nodes[0], "uname -n") == "node1\n"


def test_a_frozen_node_goes_on(lab: Lab) -> None:
    faults.apply(lab, lab.nodes[0], "freeze")
    assert lifecycle.up(NAME) == lab
    assert on(lab, lab.nodes[0], "uname -n") == "node1\n"


def test_a_lab_whose_record_is_lost_is_taken_down_by_its_name(lab: Lab) -> None:
    (lab.state / "lab.json").unlink()
    lifecycle.down(NAME)
    assert traces(lab) == dict.fromkeys(traces(lab), "")


def test_a_lab_without_its_state_folder_is_taken_down_by_its_name(lab: Lab) -> None:
    shutil.rmtree(lab.state)
    lifecycle.down(NAME)
    assert traces(lab) == dict.fromkeys(traces(lab), "")


def test_a_lab_comes_up_bare_where_another_one_of_its_name_was_left_running(
    lab: Lab, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As after tests that were killed, and whose state was kept in a folder that nobody knows any more."""
    left = containers(lab)
    on(lab, lab.nodes[0], "touch /root/mark")
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "other"))
    anew = lifecycle.up(NAME, ONE)
    assert on(anew, anew.nodes[0], "ls /root") == ""
    assert serve.answers(anew, HTTP_PORT)
    assert set(containers(anew)).isdisjoint(left)
    lifecycle.down(NAME)


def test_a_lab_comes_up_where_only_its_network_was_left(lab: Lab) -> None:
    processes.stop(lab.state)
    subprocess.run(["podman", "rm", "--force", "--time", "0", *containers(lab)], check=True)
    shutil.rmtree(lab.state)
    anew = lifecycle.up(NAME, ONE)
    assert on(anew, anew.nodes[0], "uname -n") == "node1\n"


def test_a_lab_that_is_up_is_not_given_another_topology(lab: Lab) -> None:
    with pytest.raises(
        LabError, match=r"another topology \(1 nodes\): `invoke lab.down --name testlife` first"
    ):
        lifecycle.up(NAME, Topology(control_planes=1, workers=1))


def test_the_same_lab_twice_at_once_is_refused(lab: Lab) -> None:
    with (
        locked(lab.state),
        pytest.raises(LabError, match=rf"process {os.getpid()} .* is at work on lab {NAME}"),
    ):
        lifecycle.up(NAME)


def test_a_port_that_another_program_has_is_told_with_how_to_find_it(lab: Lab) -> None:
    processes.stop(lab.state, "http")
    message = r"port 8081 of 10\..* cannot be had .*`ss -ltnp sport = :8081`"
    with socket.create_server((lab.gateway, HTTP_PORT)), pytest.raises(LabError, match=message):
        lifecycle.up(NAME)


def test_a_lab_that_is_not_there_is_told_with_those_that_are(lab: Lab) -> None:
    with pytest.raises(LabError, match=r"no lab 'nowhere' \(there is: testlife\)"):
        lifecycle.fresh("nowhere")


def test_nobody_but_root_gets_further_than_a_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    with pytest.raises(LabError, match="needs root"):
        lifecycle.up(NAME, ONE)


def test_purge_takes_the_cache_away_too(lab: Lab, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    with Cache() as cache:
        cache.make("rootfs", "node", content_key("one"), lambda folder: (folder / "file").touch())
    lifecycle.down(NAME, purge=True)
    assert not cache.root.exists()


def test_purge_says_what_another_lab_still_uses(
    lab: Lab, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    with Cache() as cache:
        used = cache.make("rootfs", "node", content_key("one"), lambda folder: (folder / "file").touch())
        assert f"still used by another lab, and kept: {used}" in lifecycle.down(NAME, purge=True)


def held(lab: Lab, role: str) -> set[Path]:
    [pid] = processes.running(lab.state, role)
    return {link.readlink() for link in Path(f"/proc/{pid}/fd").iterdir()}


@pytest.mark.parametrize("role", ["registry", "http"])
def test_what_a_lab_serves_is_held_in_the_cache_for_as_long_as_it_serves(
    lab: Lab, mirror: Mirror, role: str
) -> None:
    assert {mirror.www.parent, mirror.rootfs} <= held(lab, role)


@pytest.fixture
def changed_recipe(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    changed = shutil.copytree(rootfs.FILES, tmp_path / "node")
    (changed / "root/etc/motd").write_text("changed")
    monkeypatch.setattr(rootfs, "FILES", changed)


@pytest.mark.usefixtures("changed_recipe")
def test_nodes_are_made_anew_when_somebody_cleared_the_cache_under_them(mirror: Mirror, lab: Lab) -> None:
    assert lab.rootfs.resolve() != mirror.rootfs
    shutil.rmtree(lab.rootfs.resolve())
    with pytest.raises(LabError, match=rf"has gone from the cache: `invoke lab\.up --name {NAME}`"):
        lifecycle.fresh(NAME)
    lifecycle.up(NAME)
    assert on(lab, lab.nodes[0], "cat /etc/motd") == "changed"


def test_what_nodes_run_from_is_held_though_its_recipe_has_changed(
    lab: Lab, mirror: Mirror, request: pytest.FixtureRequest
) -> None:
    request.getfixturevalue("changed_recipe")
    lifecycle.up(NAME)
    assert lab.rootfs.resolve() != mirror.rootfs
    assert {lab.rootfs.resolve(), mirror.rootfs} <= held(lab, "http")
    lifecycle.fresh(NAME)
    assert on(lab, lab.nodes[0], "cat /etc/motd") == "changed"
