"""Scripts of nodes: approved by a reader, clean under shellcheck, with nothing that `set -e` would miss.

Of each role there is a golden file with all that it does on the plain control plane, and a diff for each way in
which it does otherwise elsewhere. The plain worker is told from the plain control plane; every other node from the
plain one of its kind: what a version of Kubernetes, a setting or a host's answer changes. Each names its nodes.
"""

from __future__ import annotations

import difflib
import importlib
import inspect
import os
import pkgutil
import re
import subprocess
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

import roles
from kube.settings.node import NodeSettings
from nodewright.paths import BEFORE, OWN
from nodewright.run.host_script import section
from nodewright.script.compile import Mode, Section, compile_script, function
from nodewright.script.step import Step
from nodewright.workflow.context import Context
from tests.golden import assert_golden
from tests.lint import hidden_failures
from tests.unit.roles.examples import NODES
from tests.unit.roles.villages import RESET, by_role, stages, whole
from workflows.provision import CERTIFICATES, JOIN_TOKEN

FOLDER = Path(__file__).parents[2] / "golden/roles"
PLAIN = "1.34.2-docker-control-plane"
PLAIN_WORKER = "1.34.2-docker-worker"


def goldens() -> dict[str, str]:
    """All golden files of roles, by their names below tests/golden/roles."""
    nodes_of: dict[str, dict[str, list[str]]] = {}
    for node, ctx in NODES.items():
        texts = {role: "\n".join(map(rendered, steps)) for role, steps in by_role(ctx).items()}
        for kind, text in {"contents": contents(ctx), **texts}.items():
            nodes_of.setdefault(kind, {}).setdefault(text, []).append(node)
    files = {"values.sh": "\n".join(map(rendered, value_scripts(NODES[PLAIN])))}
    for kind, alike in nodes_of.items():
        text_of = {node: text for text, nodes in alike.items() for node in nodes}
        for text, nodes in alike.items():
            on = f"# {kind} on {', '.join(nodes)}"
            if (plain := plain_for(nodes, [*text_of])) is None:
                files[f"{kind}/{nodes[0]}.sh"] = f"#!/bin/sh\n{on}\n\n{text}"
            else:
                files[f"{kind}/{nodes[0]}.diff"] = f"{on}\n{difference(text_of[plain], text)}"
    return files


def plain_for(nodes: list[str], having: list[str]) -> str | None:
    """Returns the node that `nodes`, which are alike, are told from; None for those that are shown whole.

    Args:
        having: all nodes that have the role.
    """
    whole = PLAIN if PLAIN in having else having[0]
    if whole in nodes:
        return None
    is_worker = nodes[0].endswith("-worker") and PLAIN_WORKER in having and PLAIN_WORKER not in nodes
    return PLAIN_WORKER if is_worker else whole


def rendered(step: Step) -> str:
    """A step as a person reads it."""
    notes = [f"at most {step.timeout:g} s"]
    notes += [f"due after: {name}" for name in step.after]
    notes += ["ends with a reboot"] if step.reboots else []
    texts = {"check": step.check, "show": step.show, "apply": step.apply}
    functions = (function(name, text) for name, text in texts.items() if text)
    return "\n".join([f"# ---- {step.name} ({'; '.join(notes)})", *functions, ""])


def difference(plain: str, text: str) -> str:
    """What differs, with the name of the step around it."""
    if not text:
        return "# nothing at all\n"
    lines = difflib.unified_diff(plain.splitlines(), text.splitlines(), n=1, lineterm="")
    return "\n".join([*(line for line in lines if not line.startswith(("---", "+++", "@@"))), ""])


def contents(ctx: Context[NodeSettings]) -> str:
    """The names of all steps of a node, stage by stage and in their order."""
    lines = []
    for part, stage in zip(whole(ctx).sections, stages(ctx), strict=True):
        lines += [f"# {stage.name}", *(f"#     {step.name}" for step in part.steps)]
    return "\n".join([*lines, ""])


def value_scripts(ctx: Context[NodeSettings]) -> Iterator[Step]:
    """Yields the steps that make a control plane give values to hosts that join, and revoke them."""
    for entry in (JOIN_TOKEN, CERTIFICATES):
        for role in (entry.give, entry.revoke):
            if role is not None:
                yield from section(
                    "values", [entry], [role], lambda names: replace(ctx, inputs=names), own_machine=False
                ).steps


def all_steps() -> dict[str, Step]:
    """Each step that there is on any of the nodes, once, by the node and its name."""
    found: dict[Step, str] = {}
    for node, ctx in NODES.items():
        for step in (*whole(ctx).steps, *whole(ctx, RESET).steps, *value_scripts(ctx)):
            found.setdefault(step, f"{step.name} on {node}")
    return {name: step for step, name in found.items()}


GOLDENS = goldens()


@pytest.mark.parametrize("name", GOLDENS)
def test_what_roles_do_is_as_it_was_approved(name: str) -> None:
    assert_golden(f"roles/{name}", GOLDENS[name])


def test_every_role_is_shown() -> None:
    there = set()
    for module in pkgutil.walk_packages(roles.__path__, "roles."):
        for name, value in vars(importlib.import_module(module.name)).items():
            if (
                inspect.isfunction(value)
                and hasattr(value, "__wrapped__")
                and value.__module__ == module.name
            ):
                there.add(name)
    within_others = {"runtime", "centos_vault", "no_kubeconfig"}
    given = {
        role.__name__ for entry in (JOIN_TOKEN, CERTIFICATES) for role in (entry.give, entry.revoke) if role
    }
    shown = {name.partition("/")[0] for name in GOLDENS}
    assert there - within_others - given == shown - {"contents", "values.sh"}


def test_no_golden_file_is_left_over() -> None:
    there = {str(path.relative_to(FOLDER)): path for path in FOLDER.rglob("*.*")}
    left_over = set(there) - set(GOLDENS)
    if os.environ.get("UPDATE_GOLDEN") == "1":
        for name in left_over:
            there.pop(name).unlink()
    assert set(there) == set(GOLDENS)


def test_steps_are_clean_under_shellcheck() -> None:
    script = compile_script([Section(name, (step,)) for name, step in all_steps().items()])
    from_the_preamble = "--exclude=SC2154"

    ran = subprocess.run(
        ["shellcheck", "--shell=sh", from_the_preamble, "-"],
        input=script.text(run_id="run1", mode=Mode.APPLY),
        capture_output=True,
        text=True,
        check=False,
    )

    assert ran.stdout + ran.stderr == ""


def test_no_failure_hides_behind_another_command() -> None:
    assert {name: hidden_failures(step) for name, step in all_steps().items() if hidden_failures(step)} == {}


def test_what_a_step_replaces_or_stops_is_kept_first() -> None:
    changes = re.compile(
        r"^ *(?:if ! mv -fT \"\$temporary\" (?P<path>/\S+);|target=(?P<edited>/\S+)$"
        r"|systemctl (?:mask|disable|enable --no-reload) (?P<unit>\S+))",
        re.MULTILINE,
    )
    forgotten = []
    for name, step in all_steps().items():
        for change in changes.finditer(step.apply):
            path, unit = change["path"] or change["edited"], (change["unit"] or "").strip("'")
            kept = f"{BEFORE}/units/{unit}" if unit else f"{BEFORE}/paths{path}/.before"
            if not (path or "").startswith(OWN) and kept not in step.apply[: change.start()]:
                forgotten.append(f"{name}: {change[0]}")
    assert forgotten == []


def test_every_step_can_be_explained_by_the_line_that_yields_it() -> None:
    assert [
        name for name, step in all_steps().items() if not re.fullmatch(r"roles/\w+/\w+\.py:\d+", step.where)
    ] == []
