"""Nodes: podman containers with systemd as pid 1, each an overlay over the one root file system.

podman's restart policy starts a node again after `reboot` inside it; a node that was killed from outside
stays dead.
"""

import json
import socket
import time
import uuid
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TypeVar

from lab import host, processes
from lab.errors import LabError
from lab.settings import Lab, Node
from lab.system import call

SECCOMP = Path(__file__).with_name("seccomp.json")
VOLUMES = ("docker", "containerd", "kubelet")
SSH_WAIT = 60.0
POLL = 0.05
T = TypeVar("T")


def make_identities(lab: Lab) -> None:
    """Keys that outlive the nodes: the lab's own to log in with, and every node's host key."""
    lab.state.mkdir(parents=True, exist_ok=True, mode=0o700)
    _have_key(lab.key, f"nodewright lab {lab.name}")
    for node in lab.nodes:
        folder = lab.identity(node)
        folder.mkdir(parents=True, exist_ok=True)
        _have_key(folder / "ssh_host_ed25519_key", node.name)
        (folder / "authorized_keys").write_text(_public(lab.key))
        (folder / "product_uuid").write_text(f"{uuid.uuid5(uuid.NAMESPACE_DNS, node.mac)}\n")
        nat = "yes" if lab.topology.nat else "no"
        (folder / "node.env").write_text(f"GATEWAY={lab.gateway}\nNAT={nat}\n")
    lab.known_hosts.write_text("".join(known_hosts_line(lab, node) for node in lab.nodes))


def known_hosts_line(lab: Lab, node: Node) -> str:
    kind, key = _public(lab.identity(node) / "ssh_host_ed25519_key").split()[:2]
    proxied = f"[{lab.gateway}]:{lab.proxy_port(node)}"
    return f"{node.address},{proxied} {kind} {key}\n"


def boot(lab: Lab) -> None:
    """Start every node of the lab that does not run, or go on with it, all at once. Raises LabError."""
    there = states(lab)
    _each([node for node in lab.nodes if node.name not in there], lambda node: _boot(lab, node))
    awake = {"dead": "start", "frozen": "unpause"}
    asleep = [node for node in lab.nodes if there.get(node.name) in awake]
    _each(asleep, lambda node: call("podman", awake[there[node.name]], lab.container(node)))


def _boot(lab: Lab, node: Node) -> None:
    volumes = lab.volumes(node)
    for name in VOLUMES:
        (volumes / name).mkdir(parents=True, exist_ok=True)
    interface = "eth1" if lab.topology.nat else "eth0"
    call(
        "podman", "run", "--detach", "--name", lab.container(node), "--hostname", node.name,
        "--label", lab.label, "--label", f"nodewright.node={node.name}", "--restart", "always",
        *host.node_flags(),
        "--privileged", "--security-opt", f"seccomp={SECCOMP}", "--cgroupns", "private", "--pids-limit", "-1",
        # The host's own limits may be lower than podman's defaults, which it then fails to set.
        "--ulimit", "nofile=20000:20000", "--ulimit", "nproc=10000:10000",
        "--network", f"{lab.network}:ip={node.address},mac={node.mac},interface_name={interface}",
        "--no-hosts", "--stop-signal", "SIGRTMIN+3",
        "--volume", f"{lab.identity(node)}:/usr/lib/lab-node/identity:ro",
        *(word for name in VOLUMES for word in ("--volume", f"{volumes / name}:/var/lib/{name}")),
        "--rootfs", f"{lab.rootfs.resolve()}:O", "/sbin/init",
    )  # fmt: skip


def remove(lab: Lab) -> None:
    """Take away every container that carries the lab's label, whatever its state.

    What the nodes stored is put aside for `sweep`: deleting images takes a disk longer than booting nodes.
    """
    found = call("podman", "ps", "--all", "--quiet", "--no-trunc", "--filter", f"label={lab.label}").split()
    _each(found, lambda container: call("podman", "rm", "--force", "--time", "0", container))
    for folder in (lab.state / "nodes").glob("*/volumes"):
        unmount_below(folder)
        lab.trash.mkdir(exist_ok=True)
        folder.rename(lab.trash / uuid.uuid4().hex)


def sweep(lab: Lab) -> None:
    """Delete in the background what removed nodes stored."""
    if lab.trash.exists():
        processes.start(lab.state, "sweeper", ["rm", "-rf", lab.trash])


def unmount_below(folder: Path) -> None:
    """Unmount what a dead node left mounted below the folder."""
    lines = Path("/proc/self/mountinfo").read_text().splitlines()
    points = [Path(line.split()[4]) for line in lines]
    for point in sorted((p for p in points if p.is_relative_to(folder)), reverse=True):
        call("umount", "--lazy", point)


def states(lab: Lab) -> dict[str, str]:
    """For each node that has a container: running, frozen, or dead."""
    words = {"running": "running", "paused": "frozen"}
    listed = json.loads(call("podman", "ps", "--all", "--format", "json", "--filter", f"label={lab.label}"))
    return {each["Labels"]["nodewright.node"]: words.get(each["State"], "dead") for each in listed}


def running_from(lab: Lab) -> set[Path]:
    """Returns the root file systems below the nodes that there are: an earlier recipe's, until they are
    fresh.
    """
    found = call("podman", "ps", "--all", "--quiet", "--filter", f"label={lab.label}").split()
    below = call("podman", "inspect", "--format", "{{.Rootfs}}", *found).split() if found else []
    return {Path(each) for each in below}


def wait_for_ssh(nodes: Iterable[Node], seconds: float = SSH_WAIT) -> None:
    """Return when every node's sshd has said its name. Raises LabError for those that did not in time."""
    deadline = time.monotonic() + seconds
    late = [node for node in nodes if not _banner_by(node, deadline)]
    if late:
        names = ", ".join(f"{node.name} ({node.address})" for node in late)
        raise LabError(
            f"no SSH on {names} after {seconds:.0f} s. `invoke lab.status` says whether it was broken on "
            "purpose; `podman logs` of its container tells more."
        )


def answers_ssh(node: Node, timeout: float = 1.0) -> bool:
    """Returns whether sshd says its name within `timeout` seconds."""
    try:
        with socket.create_connection((node.address, 22), timeout=timeout) as connection:
            return connection.recv(4) == b"SSH-"
    except OSError:
        return False


def ssh_command(lab: Lab, node: Node, *words: str, user: str = "root") -> list[str]:
    """Returns the command line that runs `words` on the node (a shell, if there are none)."""
    return [
        "ssh", "-F", "none", "-i", str(lab.key), "-o", f"UserKnownHostsFile={lab.known_hosts}",
        "-o", "IdentitiesOnly=yes", "-o", "BatchMode=yes", "-o", "ConnectTimeout=10",
        f"{user}@{node.address}", *words,
    ]  # fmt: skip


def on(lab: Lab, node: Node, script: str, user: str = "root", timeout: float = 120) -> str:
    """Returns what a shell script on the node wrote. `timeout` is in seconds. Raises LabError when it fails."""
    return call(*ssh_command(lab, node, "sh", "-s", user=user), stdin=script, timeout=timeout)


def _banner_by(node: Node, deadline: float) -> bool:
    while not answers_ssh(node):
        if time.monotonic() > deadline:
            return False
        time.sleep(POLL)
    return True


def _each(things: Iterable[T], action: Callable[[T], object]) -> None:
    """Do it for all at the same time; raises the first error after all have ended."""
    with ThreadPoolExecutor(max_workers=16) as pool:
        for done in [pool.submit(action, thing) for thing in things]:
            done.result()


def _have_key(path: Path, comment: str) -> None:
    """Make a key pair unless it is there: the public half is written last."""
    if Path(f"{path}.pub").exists():
        return
    path.unlink(missing_ok=True)
    call("ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", comment, "-f", path)


def _public(key: Path) -> str:
    return Path(f"{key}.pub").read_text()
