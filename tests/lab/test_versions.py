"""The table of versions and the committed Go modules say the same."""

import re

import pytest

from lab.components import GO, Component, components
from lab.versions import RELEASES

EVERY = components(tuple(RELEASES))


def required(component: Component) -> dict[str, str]:
    """module → version, as the component's go.mod has it."""
    text = (component.folder / "go.mod").read_text()
    return dict(re.findall(r"^(?:require |\t)(\S+) (v\S+)", text, re.MULTILINE))


@pytest.mark.parametrize("component", [c for c in EVERY if c.version], ids=lambda c: c.name)
def test_go_mod_requires_the_version_of_the_table(component: Component) -> None:
    assert required(component)[component.module] == f"v{component.version}"


def test_every_folder_of_modules_is_a_component() -> None:
    assert {folder.name for folder in GO.iterdir()} == {component.name for component in EVERY}


@pytest.mark.parametrize("component", EVERY, ids=lambda c: c.name)
def test_every_component_names_its_commands_and_pins_its_sums(component: Component) -> None:
    assert re.search(r"^tool ", (component.folder / "go.mod").read_text(), re.MULTILINE)
    assert (component.folder / "go.sum").exists()


@pytest.mark.parametrize("minor", RELEASES)
def test_kubernetes_staging_modules_are_of_the_same_release(minor: str) -> None:
    text = (GO / f"kubernetes-{minor}" / "go.mod").read_text()
    staging = {version for _, version in re.findall(r"=> (k8s\.io/\S+) (v\S+)", text)}
    assert staging == {f"v0.{RELEASES[minor].kubernetes.removeprefix('1.')}"}


@pytest.mark.parametrize("minor", RELEASES)
def test_etcd_and_its_tools_are_of_the_same_release(minor: str) -> None:
    modules = required(next(c for c in EVERY if c.name == f"etcd-for-{minor}"))
    versions = {modules[f"go.etcd.io/etcd/{part}/v3"] for part in ("server", "etcdctl", "etcdutl", "api")}
    assert versions == {f"v{RELEASES[minor].etcd}"}
