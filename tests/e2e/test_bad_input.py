"""What a user writes wrongly is said before any machine is spoken to."""

from __future__ import annotations

import os

import pytest

from tests.e2e.machines import Document
from tests.e2e.terminal import Terminal


@pytest.mark.parametrize("command", ["provision", "reset", "inventory.check"])
def test_without_an_inventory_a_command_says_how_to_name_one(terminal: Terminal, command: str) -> None:
    ended = terminal.invoke(command)
    assert ended.exit_code == 3
    assert ended.text == (
        "there is no inventory at inventory.yaml\n"
        "  → name one: --inventory FILE, or `inventory:` in invoke.yaml, or INVOKE_INVENTORY\n"
    )


def test_all_that_is_wrong_with_an_inventory_is_said_at_once_with_line_and_column(terminal: Terminal) -> None:
    (terminal.folder / "wrong.yaml").write_text(
        "cluster:\n"
        "  name: lab\n"
        "  kubernets: 1.34.2\n"
        "  firewall: keep\n"
        "control_planes:\n"
        "  node1: {address: 10.0.0.300}\n"
    )
    ended = terminal.invoke("provision", "--inventory", "wrong.yaml")
    assert ended.exit_code == 3
    for place in ("wrong.yaml:3:3", "wrong.yaml:6:20"):
        assert place in ended.text
    assert not (terminal.folder / "runs").exists()


def test_a_limit_to_a_host_that_is_not_there_says_which_may_be_meant(
    terminal: Terminal, document: Document
) -> None:
    inventory = terminal.inventory(document)
    ended = terminal.invoke("provision", "--inventory", inventory, "--limit", "node2,nodeX")
    assert ended.exit_code == 3
    assert "--limit names nodeX" in ended.text
    assert "did you mean node3?" in ended.text


@pytest.mark.parametrize("words", [("--limit", ""), ("--limit", ","), ("--dry",)])
def test_a_reset_that_would_mean_all_hosts_by_mistake_touches_none(
    terminal: Terminal, document: Document, words: tuple[str, ...]
) -> None:
    ended = terminal.invoke("reset", "--yes", "--inventory", terminal.inventory(document), *words)
    assert ended.exit_code == 3
    assert "nothing was done" in ended.text
    assert not (terminal.folder / "runs").exists()


def test_the_plan_of_a_chain_is_about_the_cluster_that_is_provisioned(
    terminal: Terminal, document: Document
) -> None:
    ended = terminal.invoke("plan", "provision", "--inventory", terminal.inventory(document))
    assert ended.exit_code == 3
    assert "plan has no --inventory" in ended.text
    assert not (terminal.folder / "runs").exists()


def test_a_manifest_with_another_content_than_the_inventory_says_is_refused(
    terminal: Terminal, document: Document
) -> None:
    document["mirrors"]["manifests"]["flannel"]["sha256"] = "0" * 64
    ended = terminal.invoke("provision", "--inventory", terminal.inventory(document))
    assert ended.exit_code == 3
    assert document["mirrors"]["manifests"]["flannel"]["url"] in ended.text
    assert "0" * 64 in ended.text


def test_a_manifest_that_cannot_be_fetched_is_named(terminal: Terminal, document: Document) -> None:
    url = "http://127.0.0.1:1/kube-flannel.yml"
    document["mirrors"]["manifests"]["flannel"]["url"] = url
    ended = terminal.invoke("plan", "--inventory", terminal.inventory(document))
    assert ended.exit_code == 3
    assert f"{url} cannot be fetched" in ended.text


def test_reset_asks_nobody_who_cannot_answer(terminal: Terminal, document: Document) -> None:
    ended = terminal.invoke("reset", "--inventory", terminal.inventory(document))
    assert ended.exit_code == 3
    assert "node1, node2, node3 of cluster" in ended.text
    assert "--yes answers for you" in ended.text


def test_a_reset_of_the_only_control_plane_says_that_the_others_lose_their_cluster(
    terminal: Terminal, document: Document
) -> None:
    keyboard, stdin = os.openpty()
    os.write(keyboard, b"no\n")
    ended = terminal.invoke(
        "reset", "--limit", "node1", "--inventory", terminal.inventory(document), stdin=stdin
    )
    assert "No control plane stays: node2, node3 lose their cluster" in ended.text


@pytest.mark.parametrize("typed", ["no\n", "y\n", "\x04"])
def test_reset_goes_on_after_a_plain_yes_only(terminal: Terminal, document: Document, typed: str) -> None:
    keyboard, stdin = os.openpty()
    os.write(keyboard, typed.encode())
    ended = terminal.invoke("reset", "--inventory", terminal.inventory(document), stdin=stdin)
    assert ended.exit_code == 3
    assert "This destroys node1, node2, node3 of cluster" in ended.text
    assert "nothing was done" in ended.text
    assert not (terminal.folder / "runs").exists()
