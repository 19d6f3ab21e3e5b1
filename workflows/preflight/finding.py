"""Defines what a check is, and turns its findings into errors, which stop the run, or warnings."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

from kube.facts.membership import MEMBERSHIP, Standing
from kube.settings.inventory import Inventory
from kube.settings.node import NodeSettings
from nodewright import inventory
from nodewright.errors import NodewrightError, PreflightError, Problem
from nodewright.inventory import Finding
from nodewright.workflow.context import Context

HostContext = Context[NodeSettings]
Contexts = Mapping[str, HostContext]
Findings = Iterator[NodewrightError | Problem]
Source = inventory.Inventory[Inventory]

#: A check looks at all hosts that answered.
Check = Callable[[Source, Contexts], Findings]


def each_host(look: Callable[[HostContext], Findings]) -> Check:
    """Returns a check that calls `look` for one host after the other."""

    def check(source: Source, contexts: Contexts) -> Findings:
        for ctx in contexts.values():
            yield from look(ctx)

    return check


def each_host_at_its_line(look: Callable[[HostContext], Iterator[Finding]]) -> Check:
    """Returns a check that yields what `look` finds on each host as errors at lines of the inventory."""

    def check(source: Source, contexts: Contexts) -> Findings:
        for ctx in contexts.values():
            for finding in look(ctx):
                yield error_at(source, finding, host=ctx.host.name)

    return check


def error_at(source: Source, finding: Finding, host: str | None = None) -> PreflightError:
    """Returns the finding as an error at its line of the inventory."""
    return PreflightError.of(warning_at(source, finding, host))


def warning_at(source: Source, finding: Finding, host: str | None = None) -> Problem:
    """Returns the finding as a warning at its line of the inventory, in the form that a run records."""
    found = source.problem(finding)
    return Problem(what=found.what, host=host, where=found.where, output=found.output, advice=found.advice)


def standing(ctx: HostContext) -> Standing:
    """Returns how the host stands to the inventory's cluster."""
    return ctx.mine[MEMBERSHIP].standing(ctx.settings.cluster.name)


def error_before_it_joins(ctx: HostContext, what: str, *, output: str = "", advice: str) -> Findings:
    """Yields an error for a host that is to become a node, and a warning for one that is a node already.

    A running node shows that it can run. An error would keep the rest of the run from it.
    """
    if standing(ctx) is Standing.MEMBER:
        yield Problem(what=what, host=ctx.host.name, output=output, advice=advice)
    else:
        yield PreflightError(what, host=ctx.host.name, output=output, advice=advice)
