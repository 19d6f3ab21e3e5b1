"""Whole roles, run on a throwaway host as nodewright runs them: planned, applied, applied again."""

from __future__ import annotations

from collections.abc import Mapping

from kube.settings.node import NodeSettings
from nodewright.script.compile import Mode, Section, compile_script
from nodewright.script.records import Done, Outcome, parse
from nodewright.workflow.context import Context, Role
from tests.shell.resources.host import Host

RUN = "run-1"


class Applied(dict[str, Outcome]):
    """What became of each step, by its name.

    Args:
        output: what the failed ones printed.
    """

    output: str = ""

    @property
    def changed(self) -> list[str]:
        """The steps that were not as they should be."""
        return [name for name, outcome in self.items() if outcome is not Outcome.OK]


def run(
    host: Host,
    role: Role[NodeSettings],
    ctx: Context[NodeSettings],
    mode: Mode = Mode.APPLY,
    *,
    run_id: str = RUN,
    variables: Mapping[str, str] | None = None,
) -> Applied:
    """One run of a role's steps; of a step that is told of twice, the worse counts."""
    script = compile_script([Section(role.__name__, tuple(role(ctx)))])
    ran = host.script(script.text(run_id=run_id, mode=mode, variables=dict(variables or {})))
    records = [parse(line, run_id) for line in ran.output.encode().splitlines()]
    applied = Applied()
    for record in records:
        if isinstance(record, Done):
            applied[script.steps[record.step].name] = record.outcome
            if record.outcome in (Outcome.FAILED, Outcome.UNCONVERGED):
                applied.output += record.text
    assert applied, ran
    return applied


def converges(
    host: Host,
    role: Role[NodeSettings],
    ctx: Context[NodeSettings],
    *,
    variables: Mapping[str, str] | None = None,
) -> list[str]:
    """Plans, applies and applies again, and holds each to its word.

    Returns:
        The steps that the first apply changed.
    """
    before = host.everything()
    planned = run(host, role, ctx, Mode.PLAN, variables=variables)
    assert host.everything() == before, "a plan changed something"

    first = run(host, role, ctx, variables=variables)
    wrong = [name for name in first if first[name] not in (Outcome.OK, Outcome.CHANGED)]
    assert wrong == [], first.output
    assert set(first.changed) <= set(planned.changed), "the plan did not announce all that was done"

    before = host.everything()
    second = run(host, role, ctx, variables=variables)
    assert second.changed == [], second.output
    assert host.everything() == before, "a second run changed something"
    return first.changed
