"""Hosts, how they are reached, and what is read from outside of the inventory."""

from __future__ import annotations

from pathlib import Path

import pytest

from nodewright.inventory import HostSettings
from nodewright.secret import Secret
from nodewright.transport import Target
from tests.unit.inventory.village import complaint, loaded


def house(folder: Path, ssh: str, *, mode: int = 0o644) -> Target:
    """The target of one host with these settings of ssh."""
    text = f"bakers:\n  anna:\n    address: 10.0.0.1\n    ssh: {{{ssh}}}\n"
    return loaded(folder, text, mode=mode).hosts["anna"].target


def test_a_host_knows_its_name_group_address_and_settings(tmp_path: Path) -> None:
    inventory = loaded(tmp_path, "bakers: {anna: {address: 10.0.0.1}}\n")
    anna = inventory.hosts["anna"]
    assert (anna.name, anna.groups, anna.address) == ("anna", ("bakers",), "10.0.0.1")
    assert anna.settings is inventory.settings.bakers["anna"]


def test_a_host_is_reached_at_its_address(tmp_path: Path) -> None:
    assert house(tmp_path, "") == Target(name="anna", host="10.0.0.1")


def test_a_host_behind_nat_is_reached_where_ssh_says(tmp_path: Path) -> None:
    expected = Target(name="anna", host="127.0.0.1", port=2222, user="vagrant")
    assert house(tmp_path, "host: 127.0.0.1, port: 2222, user: vagrant") == expected


def test_the_operators_own_machine_is_not_connected_to(tmp_path: Path) -> None:
    assert house(tmp_path, "local: true").local


def test_hosts_behind_one_bastion_share_one_jump(tmp_path: Path) -> None:
    text = """\
ssh: {known_hosts: known, host_keys: accept-new, jump: {host: gate, user: guard}}
bakers: {anna: {address: a}, bert: {address: b, ssh: {user: bert}}}
"""
    hosts = loaded(tmp_path, text).hosts
    known = str(tmp_path / "known")
    gate = Target(name="gate", host="gate", user="guard", known_hosts=known, host_keys="accept-new")
    assert hosts["anna"].target.jump == hosts["bert"].target.jump == gate


def test_a_relative_path_starts_at_the_inventory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir("/")
    (tmp_path / "id").touch()
    assert house(tmp_path, "key: id").key == str(tmp_path / "id")


def test_a_tilde_is_the_home_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    assert house(tmp_path, "known_hosts: ~/known").known_hosts == str(tmp_path / "known")


def test_a_key_that_is_not_there_is_an_error(tmp_path: Path) -> None:
    found = complaint(tmp_path, "ssh: {key: id}\nbakers: {anna: {address: a}}\n")
    assert found.splitlines()[0] == f"inventory.yaml:1:12: there is no file {tmp_path / 'id'}".replace(
        f"{tmp_path}/", ""
    )


def test_a_secret_comes_from_the_environment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("VILLAGE", "bread")
    assert house(tmp_path, "sudo_password: {env: VILLAGE}").sudo_password == Secret("bread")


def test_a_secret_comes_from_a_file_without_the_newline_at_its_end(tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.write_text("bread\n")
    secret.chmod(0o600)
    assert house(tmp_path, "passphrase: {file: secret}").passphrase == Secret("bread")


def test_a_secret_stands_in_an_inventory_that_only_its_owner_can_read(tmp_path: Path) -> None:
    assert house(tmp_path, "password: 0123", mode=0o600).password == Secret("0123")


@pytest.mark.parametrize("mode", [0o644, 0o640, 0o604])
def test_a_secret_in_an_inventory_that_others_can_read_is_refused(tmp_path: Path, mode: int) -> None:
    found = complaint(tmp_path, "ssh: {password: hunter2}\n", mode=mode)
    assert (
        found
        == """\
inventory.yaml:1:17: a secret stands in an inventory that others can read
    ssh: {password: ••••••}
                    ^
  → give it as {env: NAME} or {file: PATH}, or chmod 600 the inventory"""
    )


def test_a_secret_file_that_others_can_read_is_refused(tmp_path: Path) -> None:
    (tmp_path / "secret").touch(mode=0o644)
    assert "can be read by others" in complaint(tmp_path, "ssh: {password: {file: secret}}\n")


def test_an_empty_secret_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("VILLAGE", raising=False)
    (tmp_path / "secret").touch(mode=0o600)
    assert "is empty" in complaint(tmp_path, "ssh: {password: {file: secret}}\n")
    assert "VILLAGE is not set" in complaint(tmp_path, "ssh: {password: {env: VILLAGE}}\n")


def test_secrets_do_not_show_in_settings(tmp_path: Path) -> None:
    text = "bakers: {anna: {address: a, ssh: {password: hunter2}}}\n"
    assert "hunter2" not in repr(loaded(tmp_path, text, mode=0o600))


def test_settings_can_be_made_without_an_inventory() -> None:
    settings = HostSettings.model_validate({"address": "a", "ssh": {"password": "bread"}})
    assert settings.ssh.target("anna", "a").password == Secret("bread")
