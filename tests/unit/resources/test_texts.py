"""The texts of every resource: approved by a reader, clean, and with nothing that `set -e` would miss."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pytest

import nodewright.resources
from nodewright.script.step import Step
from tests.golden import assert_golden
from tests.lint import hidden_failures
from tests.unit.resources.examples import EXAMPLES


def rendered(step: Step) -> str:
    """A step as a file that a person can read and a shell can parse."""
    parts = {"check": step.check, "show": step.show, "apply": step.apply}
    functions = [f"{name}() {{\n{text or ':'}\n}}\n" for name, text in parts.items()]
    wanted = (
        ""
        if step.want is None
        else "\n# Afterwards show prints:\n" + re.sub("(?m)^", "# ", step.want.rstrip())
    )
    return f"#!/bin/sh\n# {step.name}\n" + "".join(functions) + f"check\nshow\napply{wanted}\n"


@pytest.mark.parametrize("name", EXAMPLES)
def test_texts_are_as_they_were_approved(name: str) -> None:
    assert_golden(f"resources/{name}.sh", rendered(EXAMPLES[name]))


def test_texts_are_clean_under_shellcheck(tmp_path: Path) -> None:
    files = [tmp_path / f"{name}.sh" for name in EXAMPLES]
    for file, step in zip(files, EXAMPLES.values(), strict=True):
        file.write_text(rendered(step))
    from_the_preamble = "--exclude=SC2154"

    ran = subprocess.run(
        ["shellcheck", from_the_preamble, *files], capture_output=True, text=True, check=False
    )

    assert ran.stdout + ran.stderr == ""


@pytest.mark.parametrize("step", EXAMPLES.values(), ids=list(EXAMPLES))
def test_no_failure_hides_behind_another_command(step: Step) -> None:
    assert hidden_failures(step) == []


def test_every_resource_has_an_example() -> None:
    functions = {
        name
        for name in nodewright.resources.__all__
        if name not in ("Package", "background_unit", "drop_in_path")
    }
    shown = {name.replace("-", "_") for name in EXAMPLES}

    assert functions - shown == {"kernel_module"}, "shown as module and module-at-boot"
