"""What the user's SSH configuration makes of a target."""

from __future__ import annotations

import sys
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import pytest

from nodewright.errors import ConfigurationError
from nodewright.transport import Target
from nodewright.transport.ssh_config import Route, connection_to, fabric_config, route_to


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("HOME", str(tmp_path))
    (tmp_path / ".ssh").mkdir()
    return tmp_path


def route(home: Path, config: str, **fields: object) -> Route:
    """A target `node1` with a user configuration."""
    (home / ".ssh" / "config").write_text(config)
    target = replace(Target(name="node1", host="node1"), **fields)  # type: ignore[arg-type]
    return route_to(target, fabric_config(target.ssh_config))


def test_alias_user_port_and_key_come_from_the_configuration(home: Path) -> None:
    found = route(home, "Host node1\n  HostName 10.0.0.1\n  User admin\n  Port 2222\n  IdentityFile ~/key\n")
    assert (found.host, found.user, found.port) == ("10.0.0.1", "admin", 2222)
    assert (found.keys, found.keys_named) == ((home / "key",), True)
    assert found.known_as == "[10.0.0.1]:2222"


def test_target_goes_before_the_configuration(home: Path) -> None:
    found = route(
        home,
        "Host node1\n  User admin\n  Port 2222\n  IdentityFile ~/key\n  UserKnownHostsFile ~/a\n",
        user="root",
        port=22,
        key="~/other",
        known_hosts="~/b",
    )
    assert (found.user, found.port, found.keys) == ("root", 22, (home / "other",))
    assert found.known_hosts == (home / "b",)


def test_usual_places_without_a_configuration(home: Path) -> None:
    found = route(home, "")
    assert found.keys == tuple(home / ".ssh" / name for name in ("id_ed25519", "id_ecdsa", "id_rsa"))
    assert not found.keys_named
    assert found.known_hosts[0] == home / ".ssh" / "known_hosts"
    assert Path("/etc/ssh/ssh_known_hosts") in found.known_hosts


def test_includes_are_read_where_they_stand(home: Path) -> None:
    (home / ".ssh" / "conf.d").mkdir()
    (home / ".ssh" / "conf.d" / "a").write_text("Host node1\n  User first\n")
    (home / ".ssh" / "conf.d" / "b").write_text("Host node1\n  User second\n  Port 7\n")
    found = route(home, 'include conf.d/* "not there"\nHost node1\n  User third\n  Port 9\n')
    assert (found.user, found.port) == ("first", 7)


def test_includes_in_a_circle_are_told(home: Path) -> None:
    with pytest.raises(ConfigurationError, match="more than 16 files include one another"):
        route(home, "Include config\n")


def test_named_configuration_that_is_not_there_is_told(home: Path) -> None:
    with pytest.raises(ConfigurationError, match=r"there is no such SSH configuration \(/none\)"):
        route(home, "", ssh_config="/none")


def test_line_that_makes_no_sense_is_told(home: Path) -> None:
    with pytest.raises(ConfigurationError, match="cannot read the SSH configuration"):
        route(home, "Host node1\n  nonsense\n")


def test_jumps_of_the_configuration_become_bastions(home: Path) -> None:
    found = route(home, "Host node1\n  ProxyJump me@outer:2222,inner\n", host_keys="accept-new")
    inner = found.jump
    assert inner is not None
    assert (inner.host, inner.user, inner.port, inner.host_keys) == ("inner", None, None, "accept-new")
    outer = inner.jump
    assert outer is not None
    assert (outer.host, outer.user, outer.port, outer.jump) == ("outer", "me", 2222, None)


def test_jump_of_the_target_goes_before_the_configurations(home: Path) -> None:
    gate = Target(name="gate", host="gate")
    assert route(home, "Host node1\n  ProxyJump other\n", jump=gate).jump == gate


@pytest.mark.parametrize("jump", ["none", "node1"])
def test_host_that_is_its_own_bastion_or_has_none(jump: str, home: Path) -> None:
    assert route(home, f"Host *\n  ProxyJump {jump}\n").jump is None


def test_proxy_command_gets_the_port_and_user_that_are_used(home: Path) -> None:
    found = route(home, "Host node1\n  ProxyCommand via %r@%h:%p\n", user="root", port=2222)
    assert found.proxy_command == "via root@node1:2222"


def test_agent_may_be_held_to_the_named_keys(home: Path) -> None:
    assert route(home, "IdentitiesOnly yes\n").keys_only


def test_two_routes_do_not_share_what_one_may_change(home: Path) -> None:
    config = fabric_config(None)
    one = route_to(Target(name="a", host="a", key="/a"), config)
    two = route_to(Target(name="b", host="b", key="/b"), config)
    assert (one.keys, two.keys) == ((Path("/a"),), (Path("/b"),))


def test_many_threads_may_make_connections_of_one_configuration(home: Path) -> None:
    config = fabric_config(None)
    interval = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    try:
        with ThreadPoolExecutor(8) as pool:
            targets = [Target(name=str(number), host="a") for number in range(200)]
            made = list(pool.map(lambda target: connection_to(target, config), targets))
    finally:
        sys.setswitchinterval(interval)
    assert {connection.host for connection in made} == {"a"}
