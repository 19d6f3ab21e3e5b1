"""Compiling: what is asked of Go, and what its failures mean to a user."""

from pathlib import Path

import pytest

from lab.binaries import build_command, explain
from lab.components import Component, components

MODULE = Component(
    "docker-cli", "github.com/docker/cli", "1", stamps={"a.Version": "1.2"}, go_language="1.25"
)


def test_the_sums_are_never_changed_by_a_build() -> None:
    for component in components(("1.34",)):
        assert "-mod=readonly" in build_command(component, Path("go"), Path("bin"))


def test_a_command_is_stamped_with_its_version() -> None:
    assert "-s -w -X a.Version=1.2" in build_command(MODULE, Path("go"), Path("bin"))


def test_a_command_with_c_in_it_is_linked_statically() -> None:
    assert "-s -w -extldflags=-static" in build_command(
        Component("a", "b", "1", cgo=True), Path("go"), Path()
    )


def test_a_module_that_names_no_language_gets_one() -> None:
    assert "github.com/docker/cli/...=-lang=go1.25" in build_command(MODULE, Path("go"), Path("bin"))


@pytest.mark.parametrize(
    ("output", "hint"),
    [
        ("403 Forbidden\n\tserver response: This module version is not available.", "Choose another version"),
        ("404 Not Found\n\tserver response: not found: invalid version: unknown revision v1.34.99", "Choose"),
        ("verifying module: checksum mismatch\nSECURITY ERROR", "Do not use it"),
        ("missing go.sum entry for module providing package x", "go mod tidy"),
        ("go: go.mod requires go >= 1.26.3 (running go 1.24.0; GOTOOLCHAIN=local)", "too old"),
        ("write /x: no space left on device", "XDG_CACHE_HOME"),
        ("dial tcp: lookup proxy: no such host", "GOPROXY"),
        ("Package libseccomp was not found in the pkg-config search path", "libseccomp-dev"),
    ],
)
def test_a_failure_that_we_know_says_what_to_do(output: str, hint: str) -> None:
    assert hint in (explain(output) or "")


def test_a_failure_that_we_do_not_know_is_left_to_the_log() -> None:
    assert explain("undefined: foo") is None
