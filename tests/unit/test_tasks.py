"""The commands as a user types them: what they are called, and how they end where nothing is contacted."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

import tasks
from kube.settings.inventory import Inventory
from nodewright.inventory import load

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
        "inventory.yaml is valid: cluster example, Kubernetes 1.34.2, docker, 1 control plane(s), 1 worker(s)\n"
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


@pytest.mark.parametrize(
    ("command", "limit"),
    [
        (["reset", "--yes"], ""),
        (["reset", "--yes"], " , "),
        (["provision"], ","),
        (["plan"], ""),
        (["hosts.trust"], ""),
    ],
)
def test_an_empty_limit_is_no_choice_of_all_hosts(inventory: Path, command: list[str], limit: str) -> None:
    done = invoke(inventory.parent, *command, "--limit", limit)
    assert (done.returncode, done.stdout) == (3, "")
    assert done.stderr == (
        "--limit is empty: nothing was done\n  → give it a value, or leave the option away\n"
    )


def test_an_empty_inventory_is_no_choice_of_the_default(inventory: Path) -> None:
    assert "--inventory is empty" in invoke(inventory.parent, "inventory.check", "--inventory", "").stderr
    done = invoke(inventory.parent, "inventory.check", INVOKE_INVENTORY="")
    assert done.returncode == 3
    assert "`inventory` in invoke.yaml or INVOKE_INVENTORY is empty" in done.stderr


@pytest.mark.parametrize(
    ("option", "instead"),
    [
        (["--dry"], "`invoke plan` shows what would change"),
        (["--echo"], "`invoke plan` shows"),
        (["--hide", "both"], "> FILE"),
        (["--pty"], "hosts are given a script"),
        (["--warn-only"], "never stops the others"),
        (["--command-timeout", "5"], "connect_timeout"),
        (["--prompt-for-sudo-password"], "`ssh: {sudo_password: {env: SUDO_PASSWORD}}`"),
    ],
)
def test_an_option_of_invokes_that_would_have_no_effect_is_refused(
    inventory: Path, option: list[str], instead: str
) -> None:
    done = invoke(inventory.parent, *option, "reset", "--yes")
    assert (done.returncode, done.stdout) == (3, "")
    assert f"nothing was done: {option[0]} would have no effect here\n  → " in done.stderr
    assert "Traceback" not in done.stderr
    assert instead in done.stderr


def test_a_sudo_password_is_asked_for_elsewhere(inventory: Path) -> None:
    done = invoke(inventory.parent, "inventory.check", INVOKE_SUDO_PASSWORD="secret")
    assert done.returncode == 3
    assert done.stderr.startswith("INVOKE_SUDO_PASSWORD has no effect here\n  → write `ssh: {sudo_password:")
    assert '"secret"' not in done.stderr


def test_an_option_of_invokes_may_stand_behind_the_command(inventory: Path) -> None:
    assert "--dry would have no effect" in invoke(inventory.parent, "lab.down", "--dry").stderr


def test_commands_in_a_row_are_about_the_same_inventory(inventory: Path) -> None:
    done = invoke(inventory.parent, "inventory.check", "plan", "--inventory", "other.yaml")
    assert (done.returncode, done.stdout) == (3, "")
    assert done.stderr == (
        "nothing was done: the commands mean different things: "
        "inventory.check has no --inventory, plan has --inventory other.yaml\n"
        "  → give --inventory to each of them, or call them one by one\n"
    )


def test_commands_in_a_row_are_about_the_same_hosts(inventory: Path) -> None:
    done = invoke(inventory.parent, "reset", "--yes", "provision", "--limit", "node2")
    assert (done.returncode, done.stdout) == (3, "")
    assert "reset has no --limit, provision has --limit node2" in done.stderr


def test_commands_in_a_row_that_agree_go_on(inventory: Path) -> None:
    done = invoke(inventory.parent, "inventory.check", "inventory.show", "node2")
    assert done.returncode == 0
    assert "inventory.yaml is valid" in done.stdout


@pytest.mark.parametrize("variable", ["INVOKE_INVENTORI", "INVOKE_INVENTORY_FILE"])
def test_a_misspelt_variable_does_not_mean_the_default(inventory: Path, variable: str) -> None:
    done = invoke(inventory.parent, "inventory.check", **{variable: "other.yaml"})
    assert done.returncode == 3
    assert done.stderr == f"{variable} means nothing\n  → did you mean INVOKE_INVENTORY?\n"


def test_another_unknown_variable_is_told_and_stops_nothing(inventory: Path) -> None:
    done = invoke(inventory.parent, "inventory.check", INVOKE_COLOUR="red")
    assert done.returncode == 0
    assert done.stderr.startswith("warning: INVOKE_COLOUR means nothing here")


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("inventroy: other.yaml\n", "unknown key `inventroy` in invoke.yaml\n  → did you mean `inventory`?"),
        ("colour: red\n", "unknown key `colour` in invoke.yaml\n  → known here: inventory"),
        ("run: {dry: true}\n", "`run.dry` in invoke.yaml has no effect here\n  → `invoke plan`"),
        ("inventory:\n", "`inventory` in invoke.yaml or INVOKE_INVENTORY is empty"),
        ("inventory: [a\n", "invoke.yaml:2:1 cannot be read: expected ',' or ']'"),
        ("- inventory.yaml\n", "a configuration file of Invoke is no map of settings"),
    ],
)
def test_a_wrong_configuration_file_is_told_in_a_sentence(inventory: Path, text: str, complaint: str) -> None:
    (inventory.parent / "invoke.yaml").write_text(text)
    done = invoke(inventory.parent, "inventory.check", INVOKE_RUNTIME_CONFIG="invoke.yaml")
    assert done.returncode == 3
    assert done.stderr.startswith(complaint)
    assert "Traceback" not in done.stderr


def test_a_broken_invoke_yaml_beside_the_tasks_is_told_in_a_sentence(inventory: Path) -> None:
    project = inventory.parent / "project"
    project.mkdir()
    (project / "tasks.py").symlink_to(ROOT / "tasks.py")
    (project / "invoke.yaml").write_text("inventory: {\n")
    done = subprocess.run(
        [sys.executable, "-m", "invoke", "--search-root", str(project), "inventory.check"],
        cwd=inventory.parent,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 3
    assert "invoke.yaml:2:1 cannot be read" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_configuration_file_that_is_not_there_is_no_empty_one(inventory: Path) -> None:
    done = invoke(inventory.parent, "--config", "none.yaml", "inventory.check")
    assert done.returncode == 3
    assert done.stderr == "there is no configuration file none.yaml (--config)\n"


def test_a_bug_keeps_its_traceback(inventory: Path) -> None:
    wrong = "import tasks; raise ZeroDivisionError"
    done = subprocess.run(
        [sys.executable, "-c", wrong], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 1
    assert "ZeroDivisionError" in done.stderr


def test_a_check_says_which_secrets_other_commands_will_need(inventory: Path) -> None:
    inventory.write_text(VALID + "ssh: {sudo_password: {env: NODEWRIGHT_NOT_SET}}\n")
    done = invoke(inventory.parent, "inventory.check")
    assert done.returncode == 0
    assert done.stdout.splitlines()[1] == "not set here, and needed by other commands: NODEWRIGHT_NOT_SET"
    assert "NODEWRIGHT_NOT_SET is not set" in invoke(inventory.parent, "plan").stderr


def test_an_unknown_host_in_limit_is_refused_before_anything_is_contacted(inventory: Path) -> None:
    done = invoke(inventory.parent, "hosts.trust", "--limit", "node9")
    assert done.returncode == 3
    assert "--limit names node9" in done.stderr


def test_ready_mirrors_are_named_by_one_word_and_printed_as_what_may_stand_there_instead(
    tmp_path: Path,
) -> None:
    printed = invoke(tmp_path, "inventory.mirrors", "aliyun")
    hosts = "cluster: {name: example, runtime: containerd}\ncontrol_planes: {node1: {address: 192.0.2.11}}\n"
    (tmp_path / "word.yaml").write_text(f"mirrors: aliyun\n{hosts}")
    (tmp_path / "printed.yaml").write_text(printed.stdout + hosts)

    by_word, by_text = (load(tmp_path / name, Inventory).settings for name in ("word.yaml", "printed.yaml"))

    assert (printed.returncode, printed.stderr) == (0, "")
    assert by_word.mirrors == by_text.mirrors


def test_ready_mirrors_that_nobody_knows_are_told_with_those_that_are_there(inventory: Path) -> None:
    inventory.write_text("cluster: {name: a}\nmirrors: alyun\ncontrol_planes: {n: {address: 192.0.2.1}}\n")
    done = invoke(inventory.parent, "inventory.check")
    assert done.returncode == 3
    assert "inventory.yaml:2:10: there are no ready mirrors `alyun`" in done.stderr
    assert "known: aliyun, ustc, tuna, daocloud" in done.stderr
    assert invoke(inventory.parent, "inventory.mirrors", "alyun").returncode == 3


def test_a_mirror_that_docker_goes_past_is_told_and_let_through(inventory: Path) -> None:
    with_images = VALID.replace(
        "  packages:", "  images: {registry.k8s.io: registry.example.org}\n  packages:"
    )
    inventory.write_text(with_images)
    done = invoke(inventory.parent, "inventory.check")
    assert done.returncode == 0
    assert "warning: inventory.yaml:3:" in done.stderr
    assert (
        "Docker has mirrors for docker.io alone: a pod that names registry.k8s.io itself goes past"
        in done.stderr
    )
    assert "take `runtime: containerd`" in done.stderr

    inventory.write_text(
        with_images.replace("kubernetes: 1.34.2}", "kubernetes: 1.34.2, runtime: containerd}")
    )
    assert invoke(inventory.parent, "inventory.check").stderr == ""
