"""What a preflight's tests share: three hosts that fit, and what is found when one of them says otherwise."""

from __future__ import annotations

from collections.abc import Mapping
from ipaddress import IPv4Interface
from pathlib import Path

import yaml

from kube.facts.host import CGROUP, RESOLVER, Resolver
from kube.facts.membership import MEMBERSHIP, Membership
from kube.settings.inventory import Inventory
from nodewright import inventory
from nodewright.errors import NodewrightError, Problem
from nodewright.facts import (
    CLOCK,
    CPUS,
    INIT,
    KERNEL,
    MACHINE,
    MEMORY,
    MOUNTS,
    NETWORK,
    SPACE,
    Clock,
    Init,
    Interface,
    Kernel,
    Machine,
    Memory,
    Mount,
    Network,
    Space,
)
from tests.unit.roles.villages import DNF, Answers, contexts
from workflows.preflight import preflight

#: The operator's clock when the hosts answered.
NOW = 1_000_000.0
ADDRESSES = {"node1": "192.168.56.11", "node2": "192.168.56.12", "node3": "192.168.56.13"}


#: A mirror that has old versions, too.
MIRRORS = {
    "packages": {
        "kubernetes": {"url": "https://mirror.example.org/k/", "key": "https://mirror.example.org/key"}
    }
}
#: A node of the inventory's cluster.
MEMBER = Membership("village", "sha256:1", ("/etc/kubernetes/kubelet.conf",))


def network(*interfaces: Interface) -> Network:
    """With these interfaces, and a way out."""
    return Network(interfaces, default_route=True)


def good(name: str) -> Answers:
    """What a host says that fits."""
    address = ADDRESSES[name]
    own = Interface("eth1", mac=f"52:54:00:00:00:{address[-2:]}", addresses=(IPv4Interface(f"{address}/24"),))
    # Vagrant's NAT: the same on every machine.
    nat = Interface("eth0", mac="52:54:00:4d:77:d3", addresses=(IPv4Interface("10.0.2.15/24"),))
    return {
        **DNF,
        CGROUP: 2,
        CLOCK: Clock(NOW, synchronized=True),
        CPUS: 2,
        INIT: Init("systemd"),
        KERNEL: Kernel("5.14.0-427.el9.x86_64", "x86_64"),
        MACHINE: Machine(machine_id=f"id of {name}", product_uuid=f"uuid of {name}"),
        MEMORY: Memory(total=4 * 1024**3),
        MOUNTS: (Mount("/dev/sda1", "/", "xfs"),),
        NETWORK: network(nat, own),
        RESOLVER: Resolver(("10.0.2.3",)),
        SPACE: (Space("/", 40 * 1024**3, 30 * 1024**3),),
    }


def findings(
    tmp_path: Path,
    cluster: Mapping[str, object] | None = None,
    mirrors: Mapping[str, object] | None = None,
    /,
    **answers: Answers,
) -> list[NodewrightError | Problem]:
    """What a preflight over three hosts finds.

    Args:
        cluster, mirrors: settings.
        answers: by host, what it says otherwise.
    """
    path = tmp_path / "inventory.yaml"
    path.write_text(
        yaml.safe_dump(
            {
                "cluster": {"name": "village", "runtime": "containerd", **(cluster or {})},
                "mirrors": mirrors or {},
                "control_planes": {"node1": {"address": ADDRESSES["node1"]}},
                "workers": {name: {"address": ADDRESSES[name]} for name in ("node2", "node3")},
            },
            sort_keys=False,
        )
    )
    source = inventory.load(path, Inventory)
    # The control plane of a cluster that has nodes is one of them.
    has_nodes = MEMBER in [answer.get(MEMBERSHIP) for answer in answers.values()]
    runs = {"node1": {MEMBERSHIP: MEMBER}} if has_nodes else {}
    said = {name: {**good(name), **runs.get(name, {}), **answers.get(name, {})} for name in ADDRESSES}
    hosts = contexts(source.settings, by_host=said, at=NOW)
    return list(preflight(source)(hosts))


def found(
    tmp_path: Path,
    cluster: Mapping[str, object] | None = None,
    mirrors: Mapping[str, object] | None = None,
    /,
    **answers: Answers,
) -> list[str]:
    """The errors, each with its host and its line of the inventory."""
    return [
        _text(one)
        for one in findings(tmp_path, cluster, mirrors, **answers)
        if isinstance(one, NodewrightError)
    ]


def told(
    tmp_path: Path,
    cluster: Mapping[str, object] | None = None,
    mirrors: Mapping[str, object] | None = None,
    /,
    **answers: Answers,
) -> list[str]:
    """The warnings, likewise."""
    return [_text(one) for one in findings(tmp_path, cluster, mirrors, **answers) if isinstance(one, Problem)]


def advice(
    tmp_path: Path,
    cluster: Mapping[str, object] | None = None,
    mirrors: Mapping[str, object] | None = None,
    /,
    **answers: Answers,
) -> str:
    """What the only finding says to do."""
    (finding,) = findings(tmp_path, cluster, mirrors, **answers)
    return finding.advice


def _text(finding: NodewrightError | Problem) -> str:
    place = f" ({Path(finding.where).name})" if finding.where else ""
    return f"{finding.host or 'all'}: {finding.what}{place}"
