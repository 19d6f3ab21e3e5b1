"""`invoke lab.*`: a lab's commands. Each takes --name: labs of different names never meet."""

import os
import signal
from collections.abc import Callable
from functools import wraps
from typing import TYPE_CHECKING, ParamSpec

from invoke.collection import Collection
from invoke.context import Context
from invoke.exceptions import Exit
from invoke.tasks import task

from lab import faults, nodes, serve, settings
from lab.errors import LabError
from lab.settings import HTTP_PORT, REGISTRY_PORT, TOPOLOGIES, Lab
from lab.versions import RELEASES
from nodewright.later import Later

if TYPE_CHECKING:
    from lab import lifecycle
else:
    lifecycle = Later("lab.lifecycle")

P = ParamSpec("P")
NAME = {"name": "the lab's name (default: default)"}


def told(body: Callable[P, None]) -> Callable[P, None]:
    """Turn what the user can do something about into a sentence and exit code 4.

    A command that is ended from outside, or whose terminal is closed, ends what it started as after Ctrl-C.
    """

    @wraps(body)
    def wrapped(*args: P.args, **kwargs: P.kwargs) -> None:
        for end in (signal.SIGTERM, signal.SIGHUP):
            if signal.getsignal(end) == signal.SIG_DFL:
                signal.signal(end, signal.default_int_handler)
        try:
            body(*args, **kwargs)
        except LabError as error:
            raise Exit(f"lab: {error}", code=4) from None
        except KeyboardInterrupt:
            raise Exit(
                "lab: interrupted; what is whole stays, and the same command goes on.", code=130
            ) from None

    return wrapped


@task(help={**NAME, "topology": f"one of {', '.join(TOPOLOGIES)}", "nodes": "how many nodes in all"})
@told
def up(c: Context, name: str = "default", topology: str = "", nodes: str = "") -> None:
    """Boot a lab's nodes and its mirror; the first time ever, build what they are made of."""
    count = _number("nodes", nodes)
    wanted = None
    if topology or count is not None:
        wanted = settings.topology(topology or "default", count)
    lab = lifecycle.up(name, wanted)
    print(f"lab {lab.name} is up: {', '.join(f'{node.name} {node.address}' for node in lab.nodes)}")
    print(f"inventory: {lab.inventory}")


@task(positional=["minor"], help={**NAME, "minor": f"one of {', '.join(RELEASES)}"})
@told
def minor(c: Context, minor: str, name: str = "default") -> None:
    """Have a lab's mirror offer another Kubernetes minor too, for upgrades; compiles it the first time."""
    lab = lifecycle.up(name, minors=[minor])
    print(f"lab {lab.name} offers Kubernetes {_versions(lab)}")


@task(help={**NAME, "purge": "remove the cache, too: the next lab.up builds everything again"})
@told
def down(c: Context, name: str = "default", purge: bool = False) -> None:
    """Take away all there is of a lab but the cache."""
    for line in lifecycle.down(name, purge):
        print(line)
    print(f"lab {name} is down")


@task(help=NAME)
@told
def fresh(c: Context, name: str = "default") -> None:
    """Bare nodes again, with the same addresses and keys; the mirror stays."""
    lab = lifecycle.fresh(name)
    print(f"lab {lab.name} is fresh: {', '.join(f'{node.name} {node.address}' for node in lab.nodes)}")


@task(help=NAME)
@told
def status(c: Context, name: str = "default") -> None:
    """Show what runs, what answers, and what is broken on purpose."""
    lab = lifecycle.existing(name)
    broken, states = faults.in_force(lab), nodes.states(lab)
    for role, port in (("registry", REGISTRY_PORT), ("http", HTTP_PORT)):
        answer = "answers" if serve.answers(lab, port) else "does not answer"
        print(f"{role:10} {lab.gateway}:{port:<8}  {answer}")
    for node in lab.nodes:
        ssh = "SSH answers" if nodes.answers_ssh(node) else "SSH does not answer"
        wrong = "; broken: " + ", ".join(broken[node.name]) if node.name in broken else ""
        print(f"{node.name:10} {node.address:17} {states.get(node.name, 'not there')}, {ssh}{wrong}")
    print(f"kubernetes {_versions(lab)}")
    print(f"inventory  {lab.inventory}")


def _versions(lab: Lab) -> str:
    return ", ".join(RELEASES[minor].kubernetes for minor in lab.minors)


@task(
    positional=["node"], help={**NAME, "node": "which one, for example node1", "user": "root or cloud-user"}
)
@told
def shell(c: Context, node: str, name: str = "default", user: str = "root") -> None:
    """Open a shell on a node, by SSH."""
    lab = lifecycle.existing(name)
    command = nodes.ssh_command(lab, lab.node(node), user=user)
    os.execvp(command[0], command)


@task(
    name="break",
    positional=["node"],
    help={
        **NAME,
        "node": "which one, for example node1",
        "how": "; ".join(f"{how}: {fault.what}" for how, fault in faults.FAULTS.items()),
        "amount": "how much, for those that name a unit",
        "undo": "mend all that is broken on this node",
    },
)
@told
def break_(
    c: Context, node: str, *, how: str = "", amount: str = "", undo: bool = False, name: str = "default"
) -> None:
    """Break a node on purpose, or mend it (--undo)."""
    lab = lifecycle.existing(name)
    if undo:
        faults.mend(lab, lab.node(node))
        print(f"{node} is as it was")
        return
    print(faults.apply(lab, lab.node(node), how, _number("amount", amount)))


def _number(option: str, text: str) -> int | None:
    """Returns the number that an option gives, None for an option that is not given. Raises LabError."""
    if text and not text.isdecimal():
        raise LabError(f"--{option} takes a number, not {text!r}.")
    return int(text) if text else None


lab = Collection("lab", up, down, fresh, status, shell, break_, minor)
