"""The commands: `invoke --list` shows them, `invoke --help COMMAND` explains one.

Each ends with an exit code of nodewright.errors; what is wrong is said on standard error.
"""

from __future__ import annotations

import functools
import json
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, ParamSpec

from invoke.collection import Collection
from invoke.context import Context
from invoke.exceptions import Exit
from invoke.tasks import task
from rich.console import Console
from rich.table import Table

from kube.settings.inventory import Inventory
from lab import tasks as lab
from nodewright import errors
from nodewright.errors import EXIT_DONE, ConfigurationError, NodewrightError
from nodewright.facts.fragment import Facts
from nodewright.inventory import explain, schema
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

P = ParamSpec("P")

INVENTORY = {"inventory": "the inventory file (default: invoke.yaml's `inventory:`, else inventory.yaml)"}
LIMIT = {"limit": "change these hosts only; names with commas between them"}


def command(body: Callable[P, int]) -> Callable[P, None]:
    """A task that ends with an exit code of nodewright's and says errors as a user reads them."""

    @functools.wraps(body)
    def run(*args: P.args, **kwargs: P.kwargs) -> None:
        try:
            code = body(*args, **kwargs)
        except NodewrightError as error:
            raise Exit(str(error), code=error.exit_code) from None
        except KeyboardInterrupt:
            raise Exit("interrupted", code=errors.Interrupted.exit_code) from None
        if code != EXIT_DONE:
            raise Exit(code=code)

    return run


@task(help={**INVENTORY, **LIMIT})
@command
def provision(c: Context, limit: str = "", inventory: str = "") -> int:
    """Make the hosts a cluster, and prove it; what is done already is found done."""
    session = _session(c, inventory)
    hosts = session.with_addons()
    return _run(session, PROVISION, hosts, limit=limit, look=preflight(session.inventory))


@task(help={**INVENTORY, **LIMIT})
@command
def plan(c: Context, limit: str = "", inventory: str = "") -> int:
    """Show what provision would change, and change nothing; exit code 2 when there is something."""
    session = _session(c, inventory)
    hosts = session.with_addons()
    return _run(session, PROVISION, hosts, Mode.PLAN, limit=limit, look=preflight(session.inventory))


@task(help=INVENTORY)
@command
def smoke(c: Context, inventory: str = "") -> int:
    """Fetch nginx's page through every door of the cluster, and clean up."""
    session = _session(c, inventory)
    return _run(session, SMOKE, session.hosts)


@task(help=INVENTORY)
@command
def status(c: Context, inventory: str = "") -> int:
    """Show the hosts and the nodes that they are; changes nothing."""
    session = _session(c, inventory)
    found: dict[str, Facts] = {}
    result = session.run(status_workflow(found), session.hosts, reporters=[])
    _console().print(status_table(session.inventory.hosts, found))
    _complain(result.problems)
    return result.exit_code


@task(
    help={
        **INVENTORY,
        "limit": "reset these hosts only; names with commas between them",
        "packages": "remove the packages and repositories, too",
        "yes": "do not ask",
    }
)
@command
def reset(c: Context, limit: str = "", packages: bool = False, yes: bool = False, inventory: str = "") -> int:
    """Make nodes plain machines again; their part of the cluster is lost. Asks first."""
    session = _session(c, inventory)
    named = limited(session.hosts, _names(limit))
    leaving = [host.name for host in session.hosts if host.name in named]
    if not yes:
        _confirm(f"{', '.join(leaving)} of cluster {session.inventory.settings.cluster.name}")
    workflow = reset_workflow(leaving, packages=packages)
    return _run(session, workflow, session.hosts, limit=limit, look=reset_preflight)


@task(help={**INVENTORY, "to": "the file to write (default: ~/.kube/nodewright-CLUSTER.yaml)"})
@command
def kubeconfig(c: Context, to: str = "", inventory: str = "") -> int:
    """Fetch the administrator's kubeconfig into a file of its own, readable by you alone."""
    session = _session(c, inventory)
    path = Path(to) if to else kubeconfig_path(session.inventory.settings.cluster.name)
    result = session.run(kubeconfig_workflow(path), session.hosts, reporters=[])
    if result.exit_code == EXIT_DONE:
        print(f"export KUBECONFIG={path}")
    _complain(result.problems)
    return result.exit_code


@task(help=INVENTORY)
@command
def check(c: Context, inventory: str = "") -> int:
    """Read the inventory and say everything that is wrong with it; contacts nothing."""
    session = _session(c, inventory)
    settings = session.inventory.settings
    print(
        f"{session.inventory.source.document.file} is valid: cluster {settings.cluster.name}, "
        f"Kubernetes {settings.cluster.kubernetes}, "
        f"{len(settings.control_planes)} control plane(s), {len(settings.workers)} worker(s)"
    )
    return EXIT_DONE


@task(positional=["host"], help={**INVENTORY, "host": "a host's name in the inventory"})
@command
def show(c: Context, host: str, inventory: str = "") -> int:
    """Show a host's settings, and which line of the inventory each comes from."""
    table = Table("setting", "value", "from", "where", box=None, pad_edge=False)
    for one in explain(_session(c, inventory).inventory, host):
        table.add_row(one.setting, one.value, one.level, one.where)
    _console().print(table)
    return EXIT_DONE


@task(name="schema")
@command
def schema_(c: Context) -> int:
    """Print the JSON Schema of inventories, for editors."""
    print(json.dumps(schema(Inventory), indent=2))
    return EXIT_DONE


@task(name="trust", help={**INVENTORY, "limit": "ask these hosts only; names with commas between them"})
@command
def trust_(c: Context, limit: str = "", inventory: str = "") -> int:
    """Ask hosts for their SSH keys, show the fingerprints, and write the new ones to known_hosts."""
    session = _session(c, inventory)
    named = limited(session.hosts, _names(limit))
    problems = trust_hosts([host for host in session.hosts if host.name in named], print)
    _complain(problems)
    return errors.exit_code(problem.exit_code for problem in problems)


def _session(c: Context, inventory: str) -> Session:
    return open_session(inventory or str(c.config.inventory))


def _run(
    session: Session,
    workflow: Workflow,
    hosts: Sequence[Host[Any]],
    mode: Mode = Mode.APPLY,
    *,
    limit: str = "",
    look: Preflight | None = None,
) -> int:
    reporters = [Lines(sys.stdout)]
    result = session.run(workflow, hosts, reporters=reporters, mode=mode, limit=_names(limit), preflight=look)
    return result.exit_code


def _console() -> Console:
    """For tables: as wide as the terminal, and whole where a program reads them."""
    return Console(highlight=False, markup=False, width=None if sys.stdout.isatty() else 200)


def _complain(problems: Sequence[NodewrightError]) -> None:
    """For commands without a reporter."""
    for problem in problems:
        print(problem, file=sys.stderr)


def _names(limit: str) -> list[str] | None:
    return [name.strip() for name in limit.split(",") if name.strip()] or None


def _confirm(what: str) -> None:
    """Goes on only when the user says yes. Raises ConfigurationError otherwise."""
    if not sys.stdin.isatty():
        raise ConfigurationError(
            f"nothing was done: reset would destroy {what}, and nobody can be asked without a terminal",
            advice="--yes answers for you",
        )
    print(f"This destroys {what}: Kubernetes, its workloads and their data there.")
    if input("Type yes to go on: ").strip() != "yes":
        raise ConfigurationError("nothing was done")


namespace = Collection(provision, plan, smoke, status, reset, kubeconfig, lab.lab)
namespace.add_collection(Collection("inventory", check, show, schema_))
namespace.add_collection(Collection("hosts", trust_))
namespace.configure({"inventory": "inventory.yaml"})
