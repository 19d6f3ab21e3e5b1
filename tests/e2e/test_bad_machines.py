"""Machines that cannot be reached, or that must not or cannot become nodes: each is named, with its own reason."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from lab import faults
from tests.e2e.machines import Document, Machines, only
from tests.e2e.terminal import Ended, Terminal

PASSWORD = "correct horse"
USERS = f"""
for user in without-sudo with-password; do
    useradd --create-home --shell /bin/bash "$user"
    echo "$user:{PASSWORD}" | chpasswd
    install -d -m 700 -o "$user" -g "$user" "/home/$user/.ssh"
    install -m 600 -o "$user" -g "$user" /root/.ssh/authorized_keys "/home/$user/.ssh/"
done
echo 'with-password ALL=(ALL) ALL' >/etc/sudoers.d/with-password
"""


@pytest.fixture(scope="module")
def machines(all_machines: Machines) -> Machines:
    """Bare ones; tests give them users and mend what they break."""
    all_machines.bare()
    all_machines.touched()
    all_machines.on("node1", USERS)
    return all_machines


# ---- No way in ------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def not_let_in(machines: Machines, tmp_path_factory: pytest.TempPathFactory) -> Ended:
    """A provision of hosts none of which lets us in, each for another reason."""
    terminal = Terminal(tmp_path_factory.mktemp("terminal"))
    document = machines.document()
    lab, node1, node3 = machines.lab, machines.node("node1"), machines.node("node3")
    other = keypair(terminal.folder / "other-key")
    changed = terminal.folder / "known_hosts"
    changed.write_text(
        f"{node1.address} {keypair(terminal.folder / 'old-host-key').with_suffix('.pub').read_text()}"
    )
    unknown = terminal.folder / "empty"
    unknown.touch()
    ways: dict[str, dict[str, object]] = {
        "wrong-key": {"key": str(other)},
        "wrong-user": {"user": "somebody-else"},
        "changed-host-key": {"known_hosts": str(changed)},
        "unknown-host-key": {"known_hosts": str(unknown)},
        "no-sudo": {"user": "without-sudo"},
        "sudo-asks": {"user": "with-password"},
        "wrong-sudo-password": {"user": "with-password", "sudo_password": "battery staple"},
        "closed-port": {"host": "127.0.0.1", "port": 1},
        "frozen": {"host": node3.address, "connect_timeout": 2},
        "unknown-name": {"host": "no-such-host.invalid"},
    }
    document["control_planes"] = {}
    document["workers"] = {}
    for number, (name, ssh) in enumerate(ways.items()):
        group = document["workers"] if document["control_planes"] else document["control_planes"]
        group[name] = {"address": str(lab.subnet[100 + number]), "ssh": {"host": node1.address, **ssh}}
    faults.freeze(lab, node3)
    try:
        return terminal.invoke("provision", "--inventory", terminal.inventory(document))
    finally:
        faults.mend(lab, node3)


@pytest.mark.parametrize(
    ("host", "kind", "said"),
    [
        ("wrong-key", "AuthenticationFailed", "does not let root in"),
        ("wrong-user", "AuthenticationFailed", "does not let somebody-else in"),
        ("changed-host-key", "HostKeyRefused", "which is not the one we know"),
        ("unknown-host-key", "HostKeyRefused", "and none is known"),
        ("no-sudo", "SudoRefused", "without-sudo"),
        ("sudo-asks", "SudoRefused", "wants a password"),
        ("wrong-sudo-password", "SudoRefused", "does not take the password"),
        ("closed-port", "Unreachable", "refused the connection"),
        ("frozen", "Unreachable", "said nothing of SSH for 2 s"),
        ("unknown-name", "Unreachable", "no-such-host.invalid"),
    ],
)
def test_a_host_that_lets_nobody_in_is_named_with_the_reason(
    not_let_in: Ended, host: str, kind: str, said: str
) -> None:
    problem = not_let_in.problem(host)
    assert problem.kind == kind
    assert said in problem.what


def test_when_nobody_is_let_in_the_exit_code_says_so_and_nothing_is_changed(not_let_in: Ended) -> None:
    assert not_let_in.exit_code == 5
    assert not_let_in.steps("changed") == set()


def test_with_the_right_password_sudo_is_no_hindrance(
    machines: Machines, terminal: Terminal, document: Document
) -> None:
    document["ssh"] |= {"user": "with-password", "sudo_password": PASSWORD}
    ended = terminal.invoke("plan", "--inventory", terminal.inventory(only(document, "node1")))
    assert ended.exit_code == 2
    assert PASSWORD not in ended.text
    assert PASSWORD not in (ended.folder / "events.jsonl").read_text()


# ---- Not fit, or not ours -------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def unfit(machines: Machines, tmp_path_factory: pytest.TempPathFactory) -> Ended:
    """A provision of three hosts, each of which stands against it."""
    terminal = Terminal(tmp_path_factory.mktemp("terminal"))
    machines.on(
        "node1", "mkdir -p /etc/nodewright; printf 'cluster production\\nrun x\\n' >/etc/nodewright/cluster"
    )
    machines.on("node2", "mkdir /run/hidden; mv /usr/bin/dnf* /usr/bin/yum /run/hidden/")
    machines.on("node3", "mkdir -p /etc/kubernetes; echo 'apiVersion: v1' >/etc/kubernetes/kubelet.conf")
    return terminal.invoke("provision", "--inventory", terminal.inventory(machines.document()))


def test_hosts_that_do_not_fit_are_all_named_at_once_and_nothing_is_changed(unfit: Ended) -> None:
    assert unfit.exit_code == 4
    assert {problem.kind for name in ("node1", "node2", "node3") for problem in unfit.problems(name)} == {
        "PreflightError"
    }
    assert unfit.steps("changed") == set()


def test_a_node_of_another_cluster_is_refused_by_its_name(unfit: Ended) -> None:
    assert "is a node of the cluster production, not of lab-" in unfit.problem("node1").what


def test_a_system_without_dnf_and_yum_is_refused(unfit: Ended) -> None:
    assert "has neither dnf nor yum" in unfit.problem("node2").what


def test_a_node_that_somebody_else_made_is_refused_with_what_was_found(unfit: Ended) -> None:
    problem = unfit.problem("node3")
    assert "was made a node by something else than nodewright" in problem.what
    assert problem.output == "found: /etc/kubernetes/kubelet.conf"


def test_reset_leaves_a_foreign_node_alone(unfit: Ended, machines: Machines, terminal: Terminal) -> None:
    inventory = terminal.inventory(machines.document())
    ended = terminal.invoke("reset", "--yes", "--inventory", inventory)
    assert ended.exit_code == 4
    assert "not of lab-" in ended.problem("node1").what
    assert "something else than nodewright" in ended.problem("node3").what
    assert ended.steps("changed") == set()
    assert machines.on("node3", "cat /etc/kubernetes/kubelet.conf") == "apiVersion: v1\n"


# ---- Used before ----------------------------------------------------------------------------------------------

#: What somebody did there some time ago, and what undoes it.
_TRACES = {
    "node1": (
        "ip route del default; mkdir -p /usr/local/bin; cp /bin/true /usr/local/bin/kubeadm",
        "ip route add default via {gateway}; rm /usr/local/bin/kubeadm",
    ),
    "node2": (
        "mkdir -p /etc/sysconfig\n"
        "echo 'KUBELET_EXTRA_ARGS=--cgroup-driver=cgroupfs' >/etc/sysconfig/kubelet\n"
        "systemd-run --quiet --unit=squatter systemd-socket-activate --listen=10250 cat\n"
        "until ss -ltn | grep -q :10250; do :; done",
        "rm /etc/sysconfig/kubelet; systemctl stop squatter",
    ),
    "node3": (
        "cp /etc/hosts /root/hosts; echo '10.9.9.9 node1' >>/etc/hosts; echo >/etc/resolv.conf",
        "cat /root/hosts >/etc/hosts; echo 'nameserver {gateway}' >/etc/resolv.conf",
    ),
}


@pytest.fixture(scope="module")
def used(machines: Machines, tmp_path_factory: pytest.TempPathFactory) -> Ended:
    """A provision of three hosts that were used before."""
    machines.bare()
    terminal = Terminal(tmp_path_factory.mktemp("terminal"))
    machines.touched()
    for name, (trace, _) in _TRACES.items():
        machines.on(name, trace)
    ended = terminal.invoke("provision", "--inventory", terminal.inventory(machines.document()))
    for name, (_, undo) in _TRACES.items():
        machines.on(name, undo.format(gateway=machines.lab.gateway))
    return ended


@pytest.mark.parametrize(
    ("host", "said"),
    [
        ("node1", "the host has no default route"),
        ("node1", "/usr/local/bin/kubeadm would be called instead of what the packages bring"),
        ("node2", "/etc/sysconfig/kubelet gives the kubelet flags that go over its configuration"),
        ("node2", "port 10250/tcp, which the kubelet wants, is held by systemd-socket-"),
        ("node3", "/etc/hosts gives node1 the address 10.9.9.9"),
        ("node3", "the host has no name server"),
    ],
)
def test_what_earlier_use_left_or_took_away_is_named_and_nothing_is_changed(
    used: Ended, host: str, said: str
) -> None:
    assert any(problem.what.startswith(said) for problem in used.problems(host)), used.text
    assert used.exit_code == 4
    assert used.steps("changed") == set()


# ---- Steps that fail ------------------------------------------------------------------------------------------


@pytest.fixture
def fit(machines: Machines) -> Machines:
    """What was put in the way before is gone."""
    machines.on("node1", "rm -f /etc/nodewright/cluster")
    machines.on("node3", "rm -f /etc/kubernetes/kubelet.conf")
    return machines


def test_a_step_that_does_not_converge_is_an_error_although_its_command_succeeded(
    fit: Machines, terminal: Terminal, document: Document
) -> None:
    fit.on("node1", "mv /usr/sbin/swapoff /root/; ln -s /usr/bin/true /usr/sbin/swapoff")
    ended = terminal.invoke("provision", "--inventory", terminal.inventory(only(document, "node1")))
    fit.on("node1", "mv /root/swapoff /usr/sbin/swapoff")
    assert ended.exit_code == 7
    problem = ended.problem("node1")
    assert problem.step == "swap off"
    assert "roles/host/swap.py:" in str(problem.where)
    assert ended.steps("unconverged") == {("node1", "swap off")}


def test_a_version_that_the_repository_does_not_have_is_named(
    fit: Machines, terminal: Terminal, document: Document
) -> None:
    document["cluster"]["kubernetes"] = "1.34.3"
    ended = terminal.invoke("provision", "--inventory", terminal.inventory(only(document, "node1")))
    assert ended.exit_code == 7
    problem = ended.problem("node1")
    assert problem.step == "Kubernetes 1.34.3, docker and tools"
    assert "kubeadm-1.34.3" in problem.output


def test_a_repository_that_does_not_answer_is_named(
    fit: Machines, terminal: Terminal, document: Document
) -> None:
    silent = f"http://{fit.lab.gateway}:1/rpm/"
    document["mirrors"]["packages"]["kubernetes"] = {"url": silent, "key": f"{silent}key"}
    ended = terminal.invoke("provision", "--inventory", terminal.inventory(only(document, "node1")))
    assert ended.exit_code == 7
    problem = ended.problem("node1")
    assert silent in problem.output


def keypair(path: Path) -> Path:
    subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", path], check=True)
    return path
