"""Defines the workflow: a literal table of stages. It is the only place for their order and needs."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from nodewright.workflow.context import Context, Host, Role

#: Returns the hosts that a stage runs on, in order, out of those of the inventory.
Selector = Callable[[Sequence[Host[Any]]], Sequence[Host[Any]]]


class Operator(Protocol):
    """Offers tasks on the operator's side what they may do. The runner builds it."""

    hosts: Mapping[str, Host[Any]]

    def context(self, host: str) -> Context[Any]:
        """Returns the context that roles on this host see, with its facts."""
        ...

    def ask(self, host: str, script: str, *, timeout: float = 60.0) -> str:
        """Runs a small script as root on a host and returns what it printed.

        Raises:
            ConnectError, ConnectionLost: as the transport does.
            StepFailed: the script's exit status is not 0; the message holds its output.
            Interrupted: as `pause` does.
        """
        ...

    def ended(self, stage: str) -> Mapping[str, str]:
        """Returns the outcomes of a settled stage: host name → ok, changed, failed, blocked, lost or not run."""
        ...

    def progress(self, text: str) -> None:
        """Tells reporters, in one line, what the task is looking at."""
        ...

    def pause(self, seconds: float) -> None:
        """Waits. Tasks that look repeatedly wait by this, so that they hear Ctrl-C at once.

        Raises:
            Interrupted: the user pressed Ctrl-C. It is raised once, here or by `ask`, so that the task can clean up.
        """
        ...


#: Does work on the operator's side. Raises VerificationFailed or NotProven, and cleans up after itself.
Task = Callable[[Operator], None]


def variable(name: str) -> str:
    """Returns the shell variable for the output `name`: `NW_INPUT_JOIN_TOKEN` for `join-token`."""
    return "NW_INPUT_" + re.sub("[^A-Z0-9]", "_", name.upper())


@dataclass(frozen=True, kw_only=True)
class Input:
    """Describes values that a job needs from another host. They are asked for when its script is compiled.

    A role always finds the name of the variable in `context.inputs[name]`, so that its text is the same for
    every host. The variable is empty in a plan, and for an `independent` job. In the steps of `revoke` it
    holds the value to revoke.

    Args:
        names: the outputs of `give`; each becomes a shell variable (see `variable`) in the consumer's preamble.
        source: the hosts that can give it. The first one that is not lost, and has not failed to give it, is asked.
        give: steps that end with outputs. They run in an exec of their own, once for all consumers that wait.
        revoke: steps that run on the source once no consumer needs the value any more, however those ended.
        lasts: seconds for which later consumers get the same value; after that it is asked for again.
    """

    names: tuple[str, ...]
    source: Selector
    give: Role[Any]
    revoke: Role[Any] | None = None
    lasts: float = 600.0


@dataclass(frozen=True, kw_only=True)
class Stage:
    """Describes a row of a workflow.

    Args:
        name: unique in the workflow.
        on: the hosts it runs on; for `tasks`, the operator's side (None).
        roles: what the hosts become, in order.
        tasks: work on the operator's side, one task after the other.
        needs: stages that must have succeeded. If such a stage has a job on the same host, that job counts. Else
            all of its jobs count (for a worker, "first_control_plane" has one).
        after_any: stages in which at least one job must have succeeded.
        settled: stages whose jobs must have ended, with any outcome.
        inputs: values from other hosts.
        independent: returns whether the job on a host waits for no other host and needs no input, say because the
            host is a member already. Its checks then run in the host's first script.
        lane: name of a narrow lane; at most `Workflow.lanes[lane]` jobs of it run at once.
    """

    name: str
    on: Selector | None
    roles: tuple[Role[Any], ...] = ()
    tasks: tuple[Task, ...] = ()
    needs: tuple[str, ...] = ()
    after_any: tuple[str, ...] = ()
    settled: tuple[str, ...] = ()
    inputs: tuple[Input, ...] = ()
    independent: Callable[[Context[Any]], bool] | None = None
    lane: str | None = None


@dataclass(frozen=True, kw_only=True)
class Workflow:
    """Holds a name and its stages, in the order in which a reader and a report see them."""

    name: str
    stages: tuple[Stage, ...]
    lanes: Mapping[str, int]
