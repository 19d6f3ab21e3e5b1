"""What a lab is: a name, a subnet, some nodes, and where all of it is found on this machine.

Nothing here touches the machine but `labs()` and `Lab.load`, which read the state folders, and `Lab.save`.
"""

import json
import os
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Network
from pathlib import Path

from lab.errors import LabError
from lab.versions import DEFAULT_MINORS

REGISTRY_PORT = 5000
HTTP_PORT = 8081
FIRST_NODE = 11
FIRST_PROXY_PORT = 2200
MOST_NODES = 100
NAMES = re.compile(r"[a-z][a-z0-9]{0,9}")
# The third number of 10.N.0.0/24. Two names have a fixed one; the others take the next that no lab has.
FIXED_SUBNETS = {"default": 77, "test": 78}
FREE_SUBNETS = range(79, 100)


@dataclass(frozen=True)
class Topology:
    """How many nodes of which kind; with `nat`, each has the same 10.0.2.15 on its default route."""

    control_planes: int
    workers: int
    nat: bool = False

    def resized(self, nodes: int) -> "Topology":
        """Returns the same with `nodes` nodes in all: workers come and go, control planes stay. Raises
        LabError.
        """
        if not self.control_planes <= nodes <= MOST_NODES:
            raise LabError(
                f"{nodes} nodes cannot be: this topology takes {self.control_planes} to {MOST_NODES} of them."
            )
        return Topology(self.control_planes, nodes - self.control_planes, self.nat)


TOPOLOGIES = {
    "default": Topology(control_planes=1, workers=2),
    "single": Topology(control_planes=1, workers=0),
    "vagrant": Topology(control_planes=1, workers=2, nat=True),
}


def topology(name: str, nodes: int | None) -> Topology:
    """Returns the topology of that name, with another number of nodes if one is given. Raises LabError."""
    if name not in TOPOLOGIES:
        raise LabError(f"there is no topology {name!r}: take one of {', '.join(TOPOLOGIES)}.")
    return TOPOLOGIES[name] if nodes is None else TOPOLOGIES[name].resized(nodes)


@dataclass(frozen=True)
class Node:
    """One node of a lab: its name in the lab, and what the network knows it by."""

    name: str
    address: str
    mac: str
    control_plane: bool


@dataclass(frozen=True)
class Lab:
    """One lab. `number` is the N of its subnet 10.N.0.0/24; what it has on the machine carries its name.

    `minors` are the Kubernetes minors that its mirror offers.
    """

    name: str
    number: int
    topology: Topology
    minors: tuple[str, ...] = DEFAULT_MINORS

    @property
    def subnet(self) -> IPv4Network:
        return IPv4Network(f"10.{self.number}.0.0/24")

    def _address(self, host: int) -> str:
        return str(IPv4Address(int(self.subnet.network_address) + host))

    def _mac(self, host: int) -> str:
        return f"02:4e:57:{self.number:02x}:00:{host:02x}"

    @property
    def gateway(self) -> str:
        """Returns the host's own address in the subnet, where the mirror answers."""
        return self._address(1)

    @property
    def mac(self) -> str:
        """Returns the hardware address of the host's end of the network."""
        return self._mac(1)

    @property
    def pool(self) -> str:
        """Addresses for load balancers: no node has one of them."""
        return f"{self._address(200)}-{self._address(220)}"

    @property
    def registry(self) -> str:
        return f"{self.gateway}:{REGISTRY_PORT}"

    @property
    def http(self) -> str:
        return f"http://{self.gateway}:{HTTP_PORT}"

    @property
    def nodes(self) -> tuple[Node, ...]:
        count = self.topology.control_planes + self.topology.workers
        return tuple(
            Node(
                name=f"node{i + 1}",
                address=self._address(FIRST_NODE + i),
                mac=self._mac(FIRST_NODE + i),
                control_plane=i < self.topology.control_planes,
            )
            for i in range(count)
        )

    def node(self, name: str) -> Node:
        """Returns the node of that name. Raises LabError."""
        for node in self.nodes:
            if node.name == name:
                return node
        raise LabError(
            f"lab {self.name} has no node {name!r}: it has {', '.join(n.name for n in self.nodes)}."
        )

    @property
    def network(self) -> str:
        """podman's network, and the prefix of everything else podman has of this lab."""
        return f"nodewright-{self.name}"

    @property
    def table(self) -> str:
        """nftables' table (one in family inet, one in family bridge)."""
        return f"nodewright_{self.name}"

    def container(self, node: Node) -> str:
        return f"{self.network}-{node.name}"

    def proxy_port(self, node: Node) -> int:
        """Where, at the gateway's address, a fault puts its proxy in front of the node's sshd."""
        return FIRST_PROXY_PORT + int(node.address.rpartition(".")[2])

    @property
    def label(self) -> str:
        """Returns what podman finds this lab's containers and network by."""
        return f"nodewright.lab={self.name}"

    @property
    def state(self) -> Path:
        return state_root() / self.name

    @property
    def rootfs(self) -> Path:
        """Returns a link to the root file system that this lab's nodes boot from."""
        return self.state / "rootfs"

    @property
    def key(self) -> Path:
        return self.state / "id_ed25519"

    @property
    def known_hosts(self) -> Path:
        return self.state / "known_hosts"

    @property
    def inventory(self) -> Path:
        return self.state / "inventory.yaml"

    def identity(self, node: Node) -> Path:
        """Returns what the node gets at its first boot: host keys, who may log in. It outlives `lab.fresh`."""
        return self.state / "nodes" / node.name / "identity"

    def volumes(self, node: Node) -> Path:
        """Returns what is too large or too deep for an overlay: the runtimes' and kubelet's folders."""
        return self.state / "nodes" / node.name / "volumes"

    @property
    def trash(self) -> Path:
        """Volumes of nodes that are no more."""
        return self.state / "trash"

    def save(self) -> None:
        record = {"number": self.number, "topology": vars(self.topology), "minors": self.minors}
        partial = self.state / "lab.json.partial"
        partial.write_text(json.dumps(record) + "\n")
        partial.rename(self.state / "lab.json")

    @staticmethod
    def load(name: str) -> "Lab | None":
        """Returns the lab that was last up under this name, or None."""
        try:
            record = json.loads((state_root() / name / "lab.json").read_text())
        except FileNotFoundError:
            return None
        # A record of before there was a choice does not name them.
        minors = tuple(record.get("minors", DEFAULT_MINORS))
        return Lab(name, record["number"], Topology(**record["topology"]), minors)


def state_root() -> Path:
    """`$XDG_STATE_HOME/nodewright/labs`: a folder a lab."""
    home = os.environ.get("XDG_STATE_HOME") or Path.home() / ".local/state"
    return Path(home).absolute() / "nodewright" / "labs"


def labs() -> Iterator[Lab]:
    """Yields every lab that has state on this machine, by name."""
    for folder in sorted(state_root().glob("*/lab.json")):
        if lab := Lab.load(folder.parent.name):
            yield lab


def checked_name(name: str) -> str:
    """Returns the name, if a lab may have it. Raises LabError."""
    if not NAMES.fullmatch(name):
        raise LabError(f"{name!r} cannot name a lab: take up to ten of a-z and 0-9, a letter first.")
    return name


def free_number(name: str, routed: Iterable[IPv4Network]) -> int:
    """Returns the subnet's number for a new lab of that name: no other lab has it, and it is in none of
    `routed`.

    Raises LabError when a name's fixed subnet, or every other one, is taken.
    """
    networks = list(routed)
    numbers = {lab.number for lab in labs()}
    candidates = [FIXED_SUBNETS[name]] if name in FIXED_SUBNETS else FREE_SUBNETS
    for number in candidates:
        subnet = Lab(name, number, Topology(0, 0)).subnet
        if number not in numbers and not any(subnet.overlaps(network) for network in networks):
            return number
    tried = " to ".join(f"10.{number}.0.0/24" for number in dict.fromkeys((candidates[0], candidates[-1])))
    raise LabError(
        f"no subnet is left for lab {name}: {tried} is other labs' or routed elsewhere (`ip route`). Another "
        f"--name may have one; after a crash, `invoke lab.down --name {name}` gives its own back."
    )
