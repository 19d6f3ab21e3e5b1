"""Defines the commands: `invoke --list` shows them, `invoke --help COMMAND` explains one.

Each ends with an exit code of nodewright.errors, and prints errors on standard error.
"""

from __future__ import annotations

import functools
import sys
from collections.abc import Callable
from typing import TYPE_CHECKING, ParamSpec

from invoke.collection import Collection
from invoke.context import Context
from invoke.exceptions import Exit
from invoke.tasks import task

from lab import tasks as lab
from nodewright import errors
from nodewright.errors import EXIT_DONE, ConfigurationError, NodewrightError
from nodewright.later import Later

if TYPE_CHECKING:
    from workflows import commands, invocation
else:
    commands = Later("workflows.commands")
    invocation = Later("workflows.invocation")

P = ParamSpec("P")

INVENTORY = {"inventory": "the inventory file (default: invoke.yaml's `inventory:`, else inventory.yaml)"}
LIMIT = {"limit": "change these hosts only; names with commas between them"}


def command(body: Callable[P, int]) -> Callable[P, None]:
    """Returns the body as a task that ends with an exit code of nodewright's and prints errors for a user."""

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
def provision(c: Context, limit: str | None = None, inventory: str | None = None) -> int:
    """Make the hosts a cluster, and prove it; what is done already is found done."""
    return commands.provision(_file(c, inventory), _names(limit))


@task(help={**INVENTORY, **LIMIT})
@command
def plan(c: Context, limit: str | None = None, inventory: str | None = None) -> int:
    """Show what provision would change, and change nothing; exit code 2 when there is something."""
    return commands.provision(_file(c, inventory), _names(limit), plan=True)


@task(help=INVENTORY)
@command
def smoke(c: Context, inventory: str | None = None) -> int:
    """Fetch nginx's page through every door of the cluster, and clean up."""
    return commands.smoke(_file(c, inventory))


@task(help=INVENTORY)
@command
def status(c: Context, inventory: str | None = None) -> int:
    """Show the hosts and the nodes that they are; changes nothing."""
    return commands.status(_file(c, inventory))


@task(
    help={
        **INVENTORY,
        "limit": "reset these hosts only; names with commas between them",
        "packages": "remove the packages and repositories, too",
        "yes": "do not ask",
    }
)
@command
def reset(
    c: Context,
    limit: str | None = None,
    packages: bool = False,
    yes: bool = False,
    inventory: str | None = None,
) -> int:
    """Make nodes plain machines again; their part of the cluster is lost. Asks first."""
    return commands.reset(_file(c, inventory), _names(limit), packages=packages, yes=yes)


@task(help={**INVENTORY, "to": "the file to write (default: ~/.kube/nodewright-CLUSTER.yaml)"})
@command
def kubeconfig(c: Context, to: str | None = None, inventory: str | None = None) -> int:
    """Fetch the administrator's kubeconfig into a file of its own, readable by you alone."""
    return commands.kubeconfig(_file(c, inventory), None if to is None else _not_empty("--to", to))


@task(help=INVENTORY)
@command
def check(c: Context, inventory: str | None = None) -> int:
    """Read the inventory and say everything that is wrong with it; contacts nothing."""
    return commands.check(_file(c, inventory))


@task(positional=["name"], help={"name": "of the ready mirrors: aliyun, ustc, tuna, daocloud"})
@command
def mirrors(c: Context, name: str) -> int:
    """Print what the name of ready mirrors stands for, to be read, or pasted into an inventory and edited."""
    return commands.mirrors(name)


@task(positional=["host"], help={**INVENTORY, "host": "a host's name in the inventory"})
@command
def show(c: Context, host: str, inventory: str | None = None) -> int:
    """Show a host's settings, and which line of the inventory each comes from."""
    return commands.show(_file(c, inventory), host)


@task
@command
def schema(c: Context) -> int:
    """Print the JSON Schema of inventories, for editors."""
    return commands.schema()


@task(help={**INVENTORY, "limit": "ask these hosts only; names with commas between them"})
@command
def trust(c: Context, limit: str | None = None, inventory: str | None = None) -> int:
    """Ask hosts for their SSH keys, show the fingerprints, and write the new ones to known_hosts."""
    return commands.trust(_file(c, inventory), _names(limit))


def _file(c: Context, inventory: str | None) -> str:
    """Returns the inventory to read.

    An empty option is refused: it comes from an unset variable of a shell, and chooses no cluster.
    """
    return str(c.config.inventory) if inventory is None else _not_empty("--inventory", inventory)


def _names(limit: str | None) -> list[str] | None:
    """Returns the hosts that --limit names; None stands for all."""
    if limit is None:
        return None
    return [name.strip() for name in _not_empty("--limit", limit.strip(", ")).split(",") if name.strip()]


def _not_empty(option: str, value: str) -> str:
    if not value.strip():
        raise ConfigurationError(
            f"{option} is empty: nothing was done", advice="give it a value, or leave the option away"
        )
    return value


@task
@command
def look(c: Context) -> int:
    """Refuse what would be ignored; runs before any command."""
    invocation.look(c.config, namespace, lambda line: print(line, file=sys.stderr))
    return EXIT_DONE


namespace = Collection(provision, plan, smoke, status, reset, kubeconfig, lab.lab)
namespace.add_collection(Collection("inventory", check, show, mirrors, schema))
namespace.add_collection(Collection("hosts", trust))
namespace.configure({"inventory": "inventory.yaml"})
for name in namespace.task_names:
    namespace[name].pre.insert(0, look)
# A lambda imports the module only when something goes wrong.
sys.excepthook = lambda *error: invocation.tell(*error)  # noqa: PLW0108
