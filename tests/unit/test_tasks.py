"""The commands as a user types them: what they are called, and how they end where nothing is contacted."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

import tasks

ROOT = Path(__file__).parents[2]
#: Packages that take their time; PyYAML is not among them, since Invoke itself imports it.
NEEDED_BY_COMMANDS = {"fabric", "jinja2", "paramiko", "pydantic", "rich", "kube", "roles", "workflows"}
VALID = """\
cluster: {name: example, kubernetes: 1.34.2}
mirrors:
  packages: {cri_dockerd: {url: https://example.org/cri-dockerd.rpm, sha256: CHECKSUM}}
control_planes:
  node1: {address: 192.0.2.11}
workers:
  node2: {address: 192.0.2.12}
""".replace("CHECKSUM", "0" * 64)


def invoke(cwd: Path, *words: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """A command in a folder of its own, with this project's tasks."""
    command = [sys.executable, "-m", "invoke", "--search-root", str(ROOT), *words]
    clean = {name: value for name, value in os.environ.items() if name != "INVOKE_INVENTORY"}
    return subprocess.run(
        command,
        cwd=cwd,
        env={**clean, "COLUMNS": "120", **environment},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.fixture
def inventory(tmp_path: Path) -> Path:
    file = tmp_path / "inventory.yaml"
    file.write_text(VALID)
    return file


@pytest.mark.parametrize("name", tasks.namespace.task_names)
def test_every_command_says_what_it_is_for_and_explains_each_option(name: str) -> None:
    task = tasks.namespace[name]
    explained = dict(task.help)  # invoke takes them out one by one
    assert task.__doc__
    assert {argument.name for argument in task.get_arguments()} == set(explained)


@pytest.mark.parametrize("words", [["--list"], ["--complete", "--", "invoke prov"], ["--help", "reset"]])
def test_what_runs_no_command_imports_nothing_that_a_command_needs(words: list[str], tmp_path: Path) -> None:
    done = invoke(tmp_path, *words, PYTHONPROFILEIMPORTTIME="1")
    assert done.returncode == 0
    imported = {line.rpartition("|")[2].strip().partition(".")[0] for line in done.stderr.splitlines()}
    assert "lab" in imported  # whose tasks stand beside nodewright's own
    assert imported & NEEDED_BY_COMMANDS == set()


def test_the_inventory_is_the_one_in_the_working_folder(inventory: Path) -> None:
    done = invoke(inventory.parent, "inventory.check")
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout == (
        "inventory.yaml is valid: cluster example, Kubernetes 1.34.2, 1 control plane(s), 1 worker(s)\n"
    )


def test_an_option_names_another_inventory(inventory: Path) -> None:
    other = inventory.rename(inventory.with_name("other.yaml"))
    assert invoke(inventory.parent, "inventory.check", "--inventory", str(other)).returncode == 0


def test_the_environment_names_another_inventory(inventory: Path) -> None:
    other = inventory.rename(inventory.with_name("other.yaml"))
    done = invoke(inventory.parent, "inventory.check", INVOKE_INVENTORY=str(other))
    assert done.returncode == 0


def test_invokes_own_configuration_names_another_inventory(inventory: Path, tmp_path: Path) -> None:
    other = inventory.rename(inventory.with_name("other.yaml"))
    configuration = tmp_path / "invoke.yaml"
    configuration.write_text(f"inventory: {other}\n")
    done = invoke(inventory.parent, "inventory.check", INVOKE_RUNTIME_CONFIG=str(configuration))
    assert done.returncode == 0


def test_where_there_is_no_inventory_is_said_and_how_to_name_one(tmp_path: Path) -> None:
    done = invoke(tmp_path, "provision")
    assert done.returncode == 3
    assert done.stderr.startswith("there is no inventory at inventory.yaml\n  → name one: --inventory FILE")


def test_a_wrong_inventory_is_pointed_at_and_contacts_nothing(inventory: Path) -> None:
    inventory.write_text(VALID.replace("kubernetes: 1.34.2", "kubernets: 1.34.2"))
    done = invoke(inventory.parent, "provision")
    assert done.returncode == 3
    assert "inventory.yaml:1:26" in done.stderr
    assert "did you mean" in done.stderr
    assert "Traceback" not in done.stderr
    assert not (inventory.parent / "runs").exists()


def test_show_tells_where_each_setting_comes_from(inventory: Path) -> None:
    done = invoke(inventory.parent, "inventory.show", "node2")
    assert done.returncode == 0
    [address] = [line.split() for line in done.stdout.splitlines() if line.startswith("address")]
    assert address == ["address", "192.0.2.12", "workers", "node2", "inventory.yaml:7"]


def test_show_of_an_unknown_host_names_those_there_are(inventory: Path) -> None:
    done = invoke(inventory.parent, "inventory.show", "node3")
    assert done.returncode == 3
    assert "its hosts: node1, node2" in done.stderr


def test_the_schema_is_one_json_document(tmp_path: Path) -> None:
    done = invoke(tmp_path, "inventory.schema")
    assert "control_planes" in json.loads(done.stdout)["properties"]


def test_reset_without_a_terminal_refuses_instead_of_waiting_for_an_answer(inventory: Path) -> None:
    done = invoke(inventory.parent, "reset")
    assert done.returncode == 3
    assert "nothing was done" in done.stderr
    assert "--yes answers for you" in done.stderr


def test_an_unknown_host_in_limit_is_refused_before_anything_is_contacted(inventory: Path) -> None:
    done = invoke(inventory.parent, "hosts.trust", "--limit", "node9")
    assert done.returncode == 3
    assert "--limit names node9" in done.stderr
