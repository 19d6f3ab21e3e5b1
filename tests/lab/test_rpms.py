"""Packages: their spec files, and that what they require is to be had."""

import re
from dataclasses import replace
from pathlib import Path

import pytest

from lab.package_recipes import BASE, CRI_DOCKERD, Package, docker, kubernetes
from lab.rpms import OWN_FILES, base_rpm, repository, spec
from lab.versions import RELEASES

GOLDEN = Path(__file__).parent / "golden"
ALL = [*(package for minor in RELEASES for package in kubernetes(minor)), *docker(), CRI_DOCKERD]
BY_NAME = {package.name: package for package in [*docker(), *kubernetes("1.34")]}


@pytest.mark.parametrize("name", ["kubelet", "docker-ce", "container-selinux"])
def test_a_spec_file_is_as_reviewed(name: str) -> None:
    """To accept a change: write `spec(package)` into the golden file and read the diff."""
    assert spec(BY_NAME[name]) == (GOLDEN / f"{name}.spec").read_text()


@pytest.mark.parametrize("package", ALL, ids=lambda package: f"{package.name}-{package.version}")
def test_what_a_package_requires_is_in_the_mirror_or_in_the_base(package: Package) -> None:
    offered = [*(other.name for other in ALL), *(offer.split()[0] for offer in BASE.provides)]
    assert [need for need in package.requires if need.split()[0] not in offered] == []


@pytest.mark.parametrize("package", ALL, ids=lambda package: f"{package.name}-{package.version}")
def test_a_package_stops_its_own_units_only(package: Package) -> None:
    shipped = {Path(file.path).name for file in package.files}
    assert set(package.units) <= shipped


def test_every_file_of_the_folder_is_in_a_package() -> None:
    sources = {file.source for package in ALL for file in package.files}
    assert {f"packages/{file.name}" for file in OWN_FILES.iterdir()} <= sources


def test_a_changed_package_is_another_repository() -> None:
    [kubeadm, *others] = kubernetes("1.34")
    changed = replace(kubeadm, requires=("kubelet",))
    assert repository("a", [kubeadm, *others], []).key != repository("a", [changed, *others], []).key


def test_the_base_is_empty_but_for_what_it_provides() -> None:
    assert not BASE.files
    assert re.search(r"^Provides: iproute-tc$", spec(BASE), re.MULTILINE)
    assert str(base_rpm()) == "rpms/base"
