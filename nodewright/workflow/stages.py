"""A workflow is a literal table of stages; order and needs stand nowhere else."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from nodewright.workflow.context import Context, Host, Role

#: Which of the inventory's hosts a stage runs on, in order.
Selector = Callable[[Sequence[Host[Any]]], Sequence[Host[Any]]]


class Operator(Protocol):
    """What a stage that runs on the operator's side may do; built by the runner."""

    hosts: Mapping[str, Host[Any]]

    def context(self, host: str) -> Context[Any]:
        """Returns the context that roles on this host see, with its facts."""
        ...

    def ask(self, host: str, script: str, *, timeout: float = 60.0) -> str:
        """Runs a small script as root on a host and returns what it printed.

        Raises:
            ConnectError, ConnectionLost: as the transport does.
            StepFailed: the script's exit status is not 0; its output is in the message.
            Interrupted: as `pause` does.
        """
        ...

    def ended(self, stage: str) -> Mapping[str, str]:
        """Returns what became of a settled stage: host name → ok, changed, failed, blocked, lost or not run."""
        ...

    def progress(self, text: str) -> None:
        """One line for the reporters: what is looked at now."""
        ...

    def pause(self, seconds: float) -> None:
        """Waits; a task that looks again and again waits by this, so that Ctrl-C is heard at once.

        Raises:
            Interrupted: the user pressed Ctrl-C; said once, here or by `ask`, so that the task can clean up.
        """
        ...


#: What is done on the operator's side; raises VerificationFailed or NotProven, and cleans up after itself.
Task = Callable[[Operator], None]


def variable(name: str) -> str:
    """Returns the shell variable that holds the output `name`: `join-token` is in `NW_INPUT_JOIN_TOKEN`."""
    return "NW_INPUT_" + re.sub("[^A-Z0-9]", "_", name.upper())


@dataclass(frozen=True, kw_only=True)
class Input:
    """A value that a job needs from another host, asked for when its script is compiled.

    A role finds the name of the variable in `context.inputs[name]`: always, so that its text is the same for
    every host. The variable is empty in a plan, and where the job is `independent`. In the steps of `revoke` it
    holds what is to be revoked.

    Args:
        names: the outputs that `give` gives; each becomes a shell variable (see `variable`) in the
            consumer's preamble.
        source: the hosts that can give it; asked is the first that is not lost and has not failed to give it.
        give: steps that end with outputs; run by an exec of their own, once for all consumers that wait.
        revoke: steps run on the source once no consumer needs the value any more, however they ended.
        lasts: seconds for which later consumers are given the same value; then it is given anew.
    """

    names: tuple[str, ...]
    source: Selector
    give: Role[Any]
    revoke: Role[Any] | None = None
    lasts: float = 600.0


@dataclass(frozen=True, kw_only=True)
class Stage:
    """A row of a workflow.

    Args:
        name: unique in the workflow.
        on: the hosts it runs on; for `tasks`, the operator's side (None).
        roles: what the hosts become, in order.
        tasks: what is done on the operator's side, one after the other.
        needs: stages that must have succeeded: on the same host that host's own job, else every job of it
            that this one can reach (a stage on one host: that one; "first_control_plane" for a worker).
        after_any: stages of which at least one job must have succeeded.
        settled: stages whose jobs must have ended, in whatever way.
        inputs: values from other hosts.
        independent: true for a host where this job waits for no other host and needs no input (it is a
            member already), so that its checks ride in the host's first script.
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
    """A name and its stages, in the order in which a reader and a report see them."""

    name: str
    stages: tuple[Stage, ...]
    lanes: Mapping[str, int]
