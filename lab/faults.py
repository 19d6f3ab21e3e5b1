"""Breaking a node, and mending it: what `lab.break` does, for tests to call.

Nothing is remembered: whether a fault is in force is asked of podman, nftables and the process table.
"""

import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from lab import network, nodes, processes, serve
from lab.errors import LabError
from lab.settings import Lab, Node
from lab.system import call


def kill(lab: Lab, node: Node) -> None:
    """Power cut: the node is dead until `mend` or `lab.up`."""
    call("podman", "kill", lab.container(node))


def freeze(lab: Lab, node: Node) -> None:
    """Freezes all that runs in the node; its connections stay open."""
    call("podman", "pause", lab.container(node))


def restart(lab: Lab, node: Node) -> None:
    """Shut down and boot; returns when SSH answers again."""
    call("podman", "restart", "--time", "30", lab.container(node))
    nodes.wait_for_ssh([node])


def cut(lab: Lab, node: Node) -> None:
    """Pull the cable: not one frame reaches the node or leaves it."""
    network.drop(lab, node.mac, 100, f"{node.name} cut")


def drop(lab: Lab, node: Node, percent: int) -> None:
    """Lose that share of all frames from the node and to it."""
    if not 1 <= percent <= 99:
        raise LabError(f"a share of {percent} % cannot be dropped: take 1 to 99, or --how cut for all.")
    network.drop(lab, node.mac, percent, f"{node.name} drop {percent}%")


def proxy(lab: Lab, node: Node, kind: str, amount: int) -> tuple[str, int]:
    """Put a bad line (delay, stall, reset) in front of the node's sshd; returns where it listens."""
    address, port = lab.gateway, lab.proxy_port(node)
    processes.stop(lab.state, _role(node))
    command = [
        sys.executable,
        "-m",
        "lab.proxy",
        f"{address}:{port}",
        f"{node.address}:22",
        kind,
        str(amount),
    ]
    process = processes.start(lab.state, _role(node), command)
    serve.wait(lab, _role(node), port, process)
    return address, port


def mend(lab: Lab, node: Node) -> None:
    """Undo every fault of the node; returns when SSH answers again. Nothing to undo is no error."""
    for comment in network.drops(lab):
        if comment.split()[0] == node.name:
            network.undrop(lab, comment)
    processes.stop(lab.state, _role(node))
    state = nodes.states(lab).get(node.name)
    if state == "frozen":
        call("podman", "unpause", lab.container(node))
    elif state == "dead":
        call("podman", "start", lab.container(node))
    nodes.wait_for_ssh([node])


def in_force(lab: Lab) -> dict[str, list[str]]:
    """Node → its faults, in words; nodes without any are left out."""
    found = [comment.split(maxsplit=1) for comment in network.drops(lab)]
    found += [
        [role.removeprefix("proxy-"), "proxy"]
        for role in processes.running(lab.state).values()
        if "-" in role
    ]
    found += [[name, state] for name, state in nodes.states(lab).items() if state != "running"]
    return {
        name: sorted(what for who, what in found if who == name) for name in sorted({who for who, _ in found})
    }


def _role(node: Node) -> str:
    return f"proxy-{node.name}"


@dataclass(frozen=True)
class Fault:
    """A row of what `lab.break` offers. `amount` is the default, None where there is nothing to choose."""

    what: str
    apply: Callable[[Lab, Node, int], object]
    amount: int | None = None


FAULTS: Mapping[str, Fault] = {
    "kill": Fault("power cut", lambda lab, node, _: kill(lab, node)),
    "freeze": Fault("nothing in it runs, connections stay open", lambda lab, node, _: freeze(lab, node)),
    "restart": Fault("shut down and booted", lambda lab, node, _: restart(lab, node)),
    "cut": Fault("no frame reaches it or leaves it", lambda lab, node, _: cut(lab, node)),
    "drop": Fault("a share of its frames is lost, in percent", drop, 20),
    "delay": Fault("SSH proxy that delays, in ms", lambda lab, node, n: proxy(lab, node, "delay", n), 200),
    "stall": Fault(
        "SSH proxy that stalls, after bytes", lambda lab, node, n: proxy(lab, node, "stall", n), 4096
    ),
    "reset": Fault(
        "SSH proxy that resets, after bytes", lambda lab, node, n: proxy(lab, node, "reset", n), 4096
    ),
}


def apply(lab: Lab, node: Node, how: str, amount: int | None = None) -> str:
    """Break the node in the way of that name; says what is broken now. Raises LabError."""
    if how not in FAULTS:
        raise LabError(f"a node cannot be broken by {how!r}: --how is one of {', '.join(FAULTS)}.")
    fault = FAULTS[how]
    if amount is not None and fault.amount is None:
        raise LabError(f"{how} knows no amount.")
    if amount is not None and amount < 1:
        raise LabError(f"an amount of {amount} breaks nothing: take 1 or more.")
    if (state := nodes.states(lab).get(node.name, "not there")) != "running":
        raise LabError(f"{node.name} is {state} already: `invoke lab.up --name {lab.name}` brings it back.")
    fault.apply(lab, node, amount or fault.amount or 0)
    where = f", at {lab.gateway}:{lab.proxy_port(node)}" if "proxy" in fault.what else ""
    return f"{node.name}: {fault.what}{where}"
