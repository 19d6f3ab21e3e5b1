"""What README and docs say is so: links, commands, exit codes, inventories, and the files that they hand out."""

from __future__ import annotations

import os
import re
import subprocess
import tomllib
from collections.abc import Iterator
from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest
from invoke.parser.context import ParserContext
from pydantic import BaseModel

from kube.settings.inventory import Inventory
from kube.versions.releases import NEWEST, OLDEST
from nodewright import errors, inventory
from nodewright.errors import NodewrightError
from nodewright.script.records import Outcome
from tasks import namespace
from workflows.provision import PROVISION
from workflows.smoke.layers import LAYERS

ROOT = Path(__file__).parents[2]
PAGES = [ROOT / "README.md", ROOT / "CHANGELOG.md", *sorted((ROOT / "docs").glob("*.md"))]

_CODE = re.compile(r"^```(\w*)\n(.*?)^```$", re.DOTALL | re.MULTILINE)
_TEST = re.compile(r"^ *def (test_\w+)", re.MULTILINE)
_LINK = re.compile(r"\]\(([^()\s]+)\)")
_COMMAND = re.compile(r"\binvoke (?!--)([a-z]+(?:\.[a-z]+)?)\b(?!\.\*)([^`\n#]*)")


def text(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")


def table(page: str, head: str) -> list[list[str]]:
    """The rows of the one table of a page that has this head, cell by cell."""
    _, found, rest = text(page).partition(f"| {head} |\n")
    assert found, f"{page} has no table with the head {head}"
    rows = [line for line in rest.split("\n\n")[0].splitlines() if line.startswith("|")]
    return [[cell.strip() for cell in row.strip("|").split("|")] for row in rows[1:]]


# ---- Links ---------------------------------------------------------------------------------------------------


def anchors(page: Path) -> set[str]:
    """What a page's headings are called in links, as GitHub makes it."""
    headings = re.findall(r"^#+ (.*)$", _CODE.sub("", page.read_text(encoding="utf-8")), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_link_within_the_project_leads_somewhere(page: Path) -> None:
    for link in _LINK.findall(_CODE.sub("", page.read_text(encoding="utf-8"))):
        if "://" in link:
            continue
        path, _, anchor = link.partition("#")
        target = page.parent / path if path else page
        assert target.is_file(), f"{page.name} links to {link}"
        assert not anchor or anchor in anchors(target), f"{page.name} links to {link}"


def test_readme_leads_to_every_page() -> None:
    linked = set(_LINK.findall(text("README.md")))
    assert [page.name for page in PAGES[1:] if str(page.relative_to(ROOT)) not in linked] == []


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_file_and_test_that_is_named_is_there(page: Path) -> None:
    words = re.findall(r"`([^`\s]+)`", _CODE.sub("", page.read_text(encoding="utf-8")))
    ours = re.compile(
        r"(?:nodewright|kube|roles|workflows|lab|tests|templates|bench)/[a-z0-9_./-]+\.(?:py|sh|j2)"
    )
    assert [word for word in words if ours.fullmatch(word) and not (ROOT / word).exists()] == []
    tests = {name for file in (ROOT / "tests").rglob("*.py") for name in _TEST.findall(file.read_text())}
    assert [word for word in words if word.startswith("test_") and word not in tests] == []


# ---- Commands ------------------------------------------------------------------------------------------------


def commands() -> dict[str, ParserContext]:
    """All commands by name, with the options that each takes."""
    # A copy: invoke takes the help out of the tasks as it reads them.
    return {str(context.name): context for context in deepcopy(namespace).to_contexts()}


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_command_in_docs_exists_with_its_options(page: Path) -> None:
    known = commands()
    for name, rest in _COMMAND.findall(page.read_text(encoding="utf-8")):
        assert name in known, f"{page.name}: invoke {name}"
        for option in re.findall(r"--[a-z-]+", rest):
            assert option in known[name].flags, f"{page.name}: invoke {name} {option}"


def test_every_command_is_in_docs() -> None:
    mentioned = {name for page in PAGES for name, _ in _COMMAND.findall(page.read_text(encoding="utf-8"))}
    assert set(commands()) - mentioned == set()


def test_every_target_of_make_in_docs_exists() -> None:
    targets = set(re.findall(r"^([a-z]+):", text("Makefile"), re.MULTILINE))
    for page in PAGES:
        words = re.findall(r"(?:^|`)make ([a-z]+)", page.read_text(encoding="utf-8"), re.MULTILINE)
        assert set(words) <= targets, page.name


# ---- Tables --------------------------------------------------------------------------------------------------


def kinds(error: type[NodewrightError]) -> Iterator[type[NodewrightError]]:
    """The kinds of error that have an exit code of their own."""
    yield error
    for kind in error.__subclasses__():
        if kind.exit_code != error.exit_code:
            yield from kinds(kind)


def test_the_exit_codes_in_docs_are_those_of_the_code() -> None:
    rows = table("docs/when-it-fails.md", "code | error | what happened | what to do")
    wanted = {kind.exit_code: kind.__name__ for kind in kinds(NodewrightError)}
    wanted |= {errors.EXIT_DONE: "", errors.EXIT_CHANGES: ""}
    assert {int(code): name for code, name, *_ in rows} == wanted


def test_the_order_of_exit_codes_in_docs_is_that_of_the_code() -> None:
    order = ", ".join(str(code) for code in errors.EXIT_CODE_ORDER)
    assert f"in this order: {order}." in text("docs/when-it-fails.md")


def test_readme_names_every_exit_code() -> None:
    codes = [int(code) for row in table("README.md", "exit code | meaning") for code in row[0].split(",")]
    assert sorted(codes) == sorted([errors.EXIT_DONE, errors.EXIT_CHANGES, *errors.EXIT_CODE_ORDER])


def test_the_outcomes_in_docs_are_those_of_the_code() -> None:
    rows = table("docs/when-it-fails.md", "outcome | meaning")
    assert [row[0] for row in rows] == [
        "ok", "change", "changed", "failed", "unconverged", "lost", "blocked", "not run", "not proven",
    ]  # fmt: skip
    assert {row[0] for row in rows} == set(Outcome)


def test_the_layers_of_the_smoke_test_in_docs_are_those_of_the_code() -> None:
    rows = table("docs/smoke-test.md", "layer | what it looks at | what it proves")
    assert [row[0] for row in rows] == [name for name, _ in LAYERS]


def test_what_changes_on_a_host_is_in_docs_role_by_role() -> None:
    said = [role for row in table("docs/your-machines.md", "role | what") for role in row[0].split(", ")]
    prepare = next(stage for stage in PROVISION.stages if stage.name == "prepare")
    assert said[: len(prepare.roles)] == [role.__name__ for role in prepare.roles]


def test_readme_and_design_say_which_versions_are_known() -> None:
    assert f"Kubernetes {OLDEST.line} to {NEWEST.line}" in text("README.md")
    assert f"from {OLDEST.line} to {NEWEST.line}" in text("docs/design.md")


def test_the_changelog_begins_with_the_version() -> None:
    version = tomllib.loads(text("pyproject.toml"))["project"]["version"]
    assert re.findall(r"^## \[(.*)\]$", text("CHANGELOG.md"), re.MULTILINE)[:2] == ["Unreleased", version]


# ---- Inventories ---------------------------------------------------------------------------------------------


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("HOME", str(tmp_path))
    return tmp_path


def load(folder: Path, content: str, monkeypatch: pytest.MonkeyPatch) -> Inventory:
    """Loads an inventory, with the environment variables and files that it names."""
    for name in re.findall(r"\{env: (\w+)\}", content):
        monkeypatch.setenv(name, "secret")
    for path in re.findall(r"\b(?:key|file|ssh_config): ([^\s,}]+)", content):
        if "://" not in path:
            file = folder / path.removeprefix("~/")
            file.parent.mkdir(parents=True, exist_ok=True)
            file.touch(mode=0o600)
    for path in re.findall(r"\bauthorities: ([^\s,}]+)", content):
        (folder / path).write_text("-----BEGIN CERTIFICATE-----\n", encoding="utf-8")
    path = folder / "inventory.yaml"
    path.write_text(content, encoding="utf-8")
    return inventory.load(path, Inventory).settings


def examples() -> Iterator[Any]:
    """The YAML in docs, made whole where it shows a part of an inventory."""
    for page in PAGES:
        blocks = [code for language, code in _CODE.findall(page.read_text()) if language == "yaml"]
        for number, block in enumerate(blocks, 1):
            whole = block
            if "cluster:" not in block:
                whole = f"cluster: {{name: example, runtime: containerd}}\n{whole}"
            if "control_planes:" not in block:
                whole = f"{whole}\ncontrol_planes: {{node1: {{address: 192.0.2.11}}}}\n"
            if "from: node2" in block:
                whole = f"{whole}\nworkers: {{node2: {{address: 192.0.2.12}}}}\n"
            yield pytest.param(whole, id=f"{page.name}-{number}")


@pytest.mark.parametrize("content", list(examples()))
def test_every_inventory_in_docs_is_valid(content: str, home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert load(home, content, monkeypatch).control_planes


def uncommented(content: str) -> str:
    """The example with all its settings given: those are the comments without a blank."""
    return re.sub(r"^( *)#(?=[\w-])", r"\1", content, flags=re.MULTILINE)


def leaves(model: BaseModel, path: str = "") -> Iterator[tuple[str, Any]]:
    for name in type(model).model_fields:
        value = getattr(model, name)
        if isinstance(value, BaseModel):
            yield from leaves(value, f"{path}{name}.")
        else:
            yield f"{path}{name}", value


def test_the_example_inventory_is_valid_as_it_is() -> None:
    assert inventory.load(ROOT / "inventory.yaml", Inventory).settings.workers


def test_the_settings_that_the_example_leaves_out_are_shown_with_their_defaults(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    example = text("inventory.yaml")
    given = dict(leaves(inventory.load(ROOT / "inventory.yaml", Inventory).settings))
    shown = dict(leaves(load(home, uncommented(example), monkeypatch)))
    # What is empty by default is shown by an example; hosts are, too.
    defaults = {path: value for path, value in given.items() if value not in (None, (), {})}
    del defaults["control_planes"], defaults["workers"]
    assert {path: shown[path] for path in defaults} == defaults
    assert len([path for path in shown if shown[path] != given.get(path)]) > 10


# ---- Vagrant -------------------------------------------------------------------------------------------------


def test_the_vagrant_inventory_names_the_machines_of_the_vagrantfile(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = load(home, text("vagrant.yaml"), monkeypatch)
    hosts = {**settings.control_planes, **settings.workers}
    machines = dict(re.findall(r'"(\w+)" => \{ address: "([\d.]+)"', text("Vagrantfile")))
    assert {name: host.address for name, host in hosts.items()} == machines


def test_the_vagrant_inventory_says_when_vagrant_up_was_not_run(home: Path) -> None:
    with pytest.raises(inventory.InventoryError, match="one problem") as caught:
        inventory.load(ROOT / "vagrant.yaml", Inventory)
    assert f"there is no file {home}/.vagrant.d/insecure_private_key" in str(caught.value)


def test_vagrant_takes_the_vagrantfile(tmp_path: Path) -> None:
    environment = {**os.environ, "HOME": str(tmp_path), "VAGRANT_DOTFILE_PATH": str(tmp_path / "state")}
    said = subprocess.run(
        ["vagrant", "validate", "--ignore-provider"],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert said.returncode == 0, said.stdout + said.stderr
