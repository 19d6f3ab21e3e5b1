"""Runs kubectl on a control plane, over the engine's own connection."""

from __future__ import annotations

import json
import shlex
from collections.abc import Callable, Iterable
from typing import Any, TypeVar

from kube.paths import ADMIN_KUBECONFIG
from nodewright.errors import ConnectError, ConnectionLost, StepFailed, VerificationFailed
from nodewright.workflow.stages import Operator

T = TypeVar("T")


def first_answer(hosts: Iterable[str], ask: Callable[[str], T], *, what: str, advice: str) -> T:
    """Tries control planes in order; returns the first successful answer.

    Args:
        hosts: names of control planes, in the order in which they are tried.
        ask: asks one of them and returns its answer.
        what, advice: of the error when none answers; its output is the error of each.

    Raises:
        VerificationFailed: none of them answers successfully.
        Interrupted: as `Operator.ask` does.
    """
    said: list[str] = []
    for name in hosts:
        try:
            return ask(name)
        except (ConnectError, ConnectionLost, StepFailed) as error:
            said.append(str(error))
    raise VerificationFailed(what, output="\n".join(said), advice=advice)


class Kubectl:
    """Runs kubectl as the administrator on one control plane.

    Args:
        operator: carries the commands.
        host: the control plane's name in the inventory.
    """

    def __init__(self, operator: Operator, host: str) -> None:
        self._operator = operator
        self.host = host

    def __call__(self, *arguments: str, manifest: str = "", timeout: float = 60.0) -> str:
        """Runs `kubectl ARGUMENTS`, with `manifest` as its standard input, and returns what it printed.

        Raises:
            ConnectError, ConnectionLost: the control plane cannot be asked.
            StepFailed: kubectl's exit status is not 0.
        """
        command = shlex.join(["kubectl", f"--kubeconfig={ADMIN_KUBECONFIG}", *arguments])
        if manifest:
            command = f"{command} <<'END-OF-MANIFEST'\n{manifest.rstrip()}\nEND-OF-MANIFEST"
        return self._operator.ask(self.host, command, timeout=timeout)

    def get(self, *arguments: str) -> dict[str, Any]:
        """Returns the object or list that `kubectl get ARGUMENTS` prints."""
        return dict(json.loads(self("get", *arguments, "--output=json")))

    def look(self, *arguments: str) -> str:
        """Returns what kubectl prints, as evidence for a person; its own failure is evidence as well."""
        try:
            return f"$ kubectl {shlex.join(arguments)}\n{self(*arguments).rstrip()}"
        except StepFailed as error:
            return f"$ kubectl {shlex.join(arguments)}\n{error.output.rstrip()}"
