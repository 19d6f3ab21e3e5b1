"""The lab's nodes, and what the tests have made of them."""

from __future__ import annotations

import copy
from collections.abc import Callable
from typing import Any

import yaml

from lab import lifecycle, nodes
from lab.settings import Lab, Node
from tests.e2e.terminal import Ended, Terminal

Document = dict[str, Any]


class Machines:
    """Three machines; `bare` and `cluster` make of them what a module's tests begin with, unless they are it.

    Args:
        lab: up.
        terminal: where the commands of `cluster` are typed.
    """

    def __init__(self, lab: Lab, terminal: Terminal) -> None:
        self.lab = lab
        self._terminal = terminal
        self._inventory: Document = yaml.safe_load(lab.inventory.read_text())
        self._are = "bare"

    def document(self) -> Document:
        """The lab's inventory, to be changed at will."""
        return copy.deepcopy(self._inventory)

    def node(self, name: str) -> Node:
        return self.lab.node(name)

    def on(self, name: str, script: str, user: str = "root") -> str:
        """What a user's shell script printed on that machine."""
        return nodes.on(self.lab, self.lab.node(name), script, user=user)

    def kubectl(self, arguments: str) -> str:
        """What kubectl printed on the control plane."""
        return self.on("node1", f"kubectl --kubeconfig /etc/kubernetes/admin.conf {arguments}").strip()

    def bare(self) -> None:
        """As they were installed."""
        if self._are != "bare":
            lifecycle.fresh(self.lab.name)
            self._are = "bare"

    def plain(self) -> None:
        """Without a cluster: as they were installed, or as a reset left them."""
        if self._are != "reset":
            self.bare()

    def become(self, state: str, how: Callable[[], Ended]) -> None:
        """Remembers what a command that has to succeed made of them; nothing is done if they are it."""
        if self._are != state:
            self.touched()
            ended = how()
            assert ended.exit_code == 0, ended.text
            self._are = state

    def cluster(self) -> None:
        """A cluster of all three, as the lab's inventory describes it."""
        if self._are == "touched":
            self.bare()
        inventory = self._terminal.inventory(self.document())
        self.become("cluster", lambda: self._terminal.invoke("provision", "--inventory", inventory))

    def touched(self) -> None:
        """Nobody knows what they are now: the next who needs them bare has them booted anew."""
        self._are = "touched"


def only(document: Document, name: str) -> Document:
    """The inventory of a cluster of that machine alone."""
    hosts = {**document["control_planes"], **document["workers"]}
    return {**document, "control_planes": {name: hosts[name]}, "workers": {}}
