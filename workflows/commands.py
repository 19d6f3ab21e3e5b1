"""Does what each of a user's commands says and returns its exit code; tasks.py has names, options and help."""

from __future__ import annotations

import json
import sys
from collections.abc import Collection, Sequence
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

from kube.settings.inventory import Inventory
from kube.settings.ready_mirrors import READY, ready_text
from nodewright import errors
from nodewright.errors import EXIT_DONE, ConfigurationError, NodewrightError
from nodewright.facts.fragment import Facts
from nodewright.inventory import explain
from nodewright.inventory import schema as json_schema
from nodewright.reports.lines import Lines
from nodewright.script.compile import Mode
from nodewright.workflow.context import Host
from nodewright.workflow.graph import limited
from nodewright.workflow.preflight import Preflight
from nodewright.workflow.stages import Workflow
from workflows.host_keys import trust_hosts
from workflows.kubeconfig import kubeconfig_path, kubeconfig_workflow
from workflows.preflight import preflight
from workflows.provision import PROVISION, SMOKE
from workflows.reset import reset_preflight, reset_workflow
from workflows.session import Session, open_session
from workflows.status import status_table, status_workflow

Limit = Collection[str] | None


def provision(inventory: str, limit: Limit, *, plan: bool = False) -> int:
    """Makes the hosts a cluster and tests it, or shows what would change."""
    session = open_session(inventory)
    hosts = session.with_addons()
    mode = Mode.PLAN if plan else Mode.APPLY
    return _run(session, PROVISION, hosts, mode, limit=limit, look=preflight(session.inventory))


def smoke(inventory: str) -> int:
    """Tests a cluster that exists."""
    session = open_session(inventory)
    return _run(session, SMOKE, session.hosts)


def status(inventory: str) -> int:
    """Prints a table of the hosts and the nodes that they are."""
    session = open_session(inventory)
    found: dict[str, Facts] = {}
    count = len(session.hosts)
    print(f"{session.about}, {count} host{'' if count == 1 else 's'}")
    result = session.run(status_workflow(found), session.hosts, reporters=[])
    _console().print(status_table(session.inventory.hosts, found))
    _complain(result.problems)
    return result.exit_code


def reset(inventory: str, limit: Limit, *, packages: bool, yes: bool) -> int:
    """Makes nodes plain machines again, once the user has said yes."""
    session = open_session(inventory)
    named = limited(session.hosts, limit)
    leaving = [host.name for host in session.hosts if host.name in named]
    if not yes:
        _confirm(f"{', '.join(leaving)} of {session.cluster}", also=_left_without_a_cluster(session, leaving))
    workflow = reset_workflow(leaving, packages=packages)
    return _run(session, workflow, session.hosts, limit=limit, look=reset_preflight)


def kubeconfig(inventory: str, to: str | None) -> int:
    """Fetches the administrator's kubeconfig, and prints the line that makes kubectl use it."""
    session = open_session(inventory)
    path = Path(to) if to else kubeconfig_path(session.inventory.settings.cluster.name)
    result = session.run(kubeconfig_workflow(path), session.hosts, reporters=[])
    if result.exit_code == EXIT_DONE:
        print(f"export KUBECONFIG={path}")
    _complain(result.problems)
    return result.exit_code


def check(inventory: str) -> int:
    """Prints that an inventory is valid, and what it describes."""
    session = open_session(inventory, for_run=False)
    settings = session.inventory.settings
    print(
        f"{session.inventory.source.document.file} is valid: cluster {settings.cluster.name}, "
        f"Kubernetes {settings.cluster.kubernetes}, {settings.cluster.runtime}, "
        f"{len(settings.control_planes)} control plane(s), {len(settings.workers)} worker(s)"
    )
    if session.inventory.unset:
        print(f"not set here, and needed by other commands: {', '.join(sorted(session.inventory.unset))}")
    for finding in settings.cautions():
        print(f"warning: {session.inventory.problem(finding)}", file=sys.stderr)
    return EXIT_DONE


def mirrors(name: str) -> int:
    """Prints what the name of ready mirrors stands for."""
    if name not in READY:
        raise ConfigurationError(f"there are no ready mirrors `{name}`", advice=f"known: {', '.join(READY)}")
    print(ready_text(name), end="")
    return EXIT_DONE


def show(inventory: str, host: str) -> int:
    """Prints a table of a host's settings, and which line of the inventory each comes from."""
    table = Table("setting", "value", "from", "where", box=None, pad_edge=False)
    for one in explain(open_session(inventory, for_run=False).inventory, host):
        table.add_row(one.setting, one.value, one.level, one.where)
    _console().print(table)
    return EXIT_DONE


def schema() -> int:
    """Prints the JSON Schema of inventories."""
    print(json.dumps(json_schema(Inventory), indent=2))
    return EXIT_DONE


def trust(inventory: str, limit: Limit) -> int:
    """Prints the fingerprints of the hosts' SSH keys, and writes the new ones to known_hosts."""
    session = open_session(inventory)
    named = limited(session.hosts, limit)
    problems = trust_hosts([host for host in session.hosts if host.name in named], print)
    _complain(problems)
    return errors.exit_code(problem.exit_code for problem in problems)


def _run(
    session: Session,
    workflow: Workflow,
    hosts: Sequence[Host[Any]],
    mode: Mode = Mode.APPLY,
    *,
    limit: Limit = None,
    look: Preflight | None = None,
) -> int:
    reporters = [Lines(sys.stdout)]
    result = session.run(workflow, hosts, reporters=reporters, mode=mode, limit=limit, preflight=look)
    return result.exit_code


def _console() -> Console:
    """Returns the console for tables: as wide as the terminal, and 200 columns where a program reads them."""
    return Console(highlight=False, markup=False, width=None if sys.stdout.isatty() else 200)


def _complain(problems: Sequence[NodewrightError]) -> None:
    """Prints problems on standard error, for commands without a reporter."""
    for problem in problems:
        print(problem, file=sys.stderr)


def _left_without_a_cluster(session: Session, leaving: Sequence[str]) -> str:
    """Returns what happens to hosts that stay when no control plane does; empty where that is not so."""
    staying = [host for host in session.hosts if host.name not in leaving]
    if not staying or any(host.settings.control_plane for host in staying):
        return ""
    names = ", ".join(host.name for host in staying)
    return f"No control plane stays: {names} lose their cluster, and have to be reset as well."


def _confirm(what: str, *, also: str = "") -> None:
    """Asks the user, and goes on only when the answer is yes.

    Args:
        what: what is destroyed.
        also: what happens besides.

    Raises:
        ConfigurationError: the user says no, or nobody can be asked.
    """
    if not sys.stdin.isatty():
        raise ConfigurationError(
            f"nothing was done: reset would destroy {what}, and nobody can be asked without a terminal",
            advice="--yes answers for you",
        )
    print(f"This destroys {what}: Kubernetes, its workloads and their data there.")
    if also:
        print(also)
    try:
        answer = input("Type yes to go on: ").strip()
    except EOFError:
        answer = "no"
    if answer != "yes":
        raise ConfigurationError("nothing was done")
