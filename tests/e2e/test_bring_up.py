"""A cluster that is brought up through all that can go wrong on the way: after each fault the next run goes on.

The tests build on each other, in their order: each takes the machines as the one before it left them.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import pytest

from lab import faults
from tests.e2e.machines import Document, Machines
from tests.e2e.terminal import Ended, Running, Terminal

#: kubelet says that it is about to start, and waits to be let go; both by a pipe.
HELD, GO = "/run/kubelet-held", "/run/kubelet-go"
DROP_IN = "/etc/systemd/system/kubelet.service.d/hold.conf"
HOLD = f"""
mkfifo {HELD} {GO}
mkdir -p {DROP_IN.rpartition("/")[0]}
cat >{DROP_IN} <<END
[Service]
ExecStartPre=/bin/sh -c 'echo held >{HELD}; read go <{GO}'
END
systemctl daemon-reload
"""
#: The command lines of all that runs there, and their environments.
COMMANDS = "cat /proc/[0-9]*/cmdline /proc/[0-9]*/environ 2>/dev/null | tr '\\0' ' '"
LET_GO = f"rm {DROP_IN}; systemctl daemon-reload"


@pytest.fixture(scope="module")
def machines(all_machines: Machines) -> Machines:
    """Bare at the first test, a cluster after the last one."""
    all_machines.bare()
    all_machines.touched()
    return all_machines


@pytest.fixture
def provision(terminal: Terminal, document: Document) -> Callable[..., Running]:
    """Starts `invoke provision --inventory … WORDS`, of an inventory that the test may have changed."""

    def start(*words: str) -> Running:
        return terminal.start("provision", "--inventory", terminal.inventory(document), *words)

    return start


def membership(machines: Machines, name: str) -> str:
    """What the machine keeps on the cluster that it belongs to."""
    return machines.on(name, "if [ -e /etc/nodewright/cluster ]; then cat /etc/nodewright/cluster; fi")


def test_ctrl_c_while_packages_are_installed_finishes_that_and_says_where_each_host_stands(
    machines: Machines, provision: Callable[..., Running]
) -> None:
    running = provision()
    running.until(r"node1 +Kubernetes 1\.34\.2, docker and tools … ")
    running.interrupt()
    ended = running.ended()
    assert ended.exit_code == 130
    assert "Ctrl-C: stops once the running steps are finished" in ended.text
    problem = ended.problem(None)
    assert problem.kind == "Interrupted"
    for name in ("node1", "node2", "node3"):
        assert f"{name}: " in problem.output
        assert machines.on(name, "rpm -q kubeadm")
        assert membership(machines, name) == ""
    assert "run again" in problem.advice


def test_a_port_that_is_taken_is_named_before_anything_changes(
    machines: Machines, provision: Callable[..., Running]
) -> None:
    machines.on("node1", "systemd-run --quiet --unit squatter python3 -m http.server 10257")
    ended = provision().ended()
    machines.on("node1", "systemctl stop squatter")
    assert ended.exit_code == 4
    assert ended.problem("node1").what.startswith(
        "port 10257/tcp, which the controller manager wants, is held by"
    )
    assert ended.steps("changed") == set()


def test_a_registry_that_does_not_answer_is_named(
    machines: Machines, document: Document, provision: Callable[..., Running]
) -> None:
    silent = f"{machines.lab.gateway}:1"
    document["mirrors"]["images"] = dict.fromkeys(document["mirrors"]["images"], silent)
    document["mirrors"]["insecure_registries"] = [silent]
    ended = provision().ended()
    assert ended.exit_code == 7
    problem = ended.problem("node1")
    assert problem.step == "kubeadm init"
    assert "[ERROR ImagePull]" in problem.output
    assert silent in problem.output
    # What the workers can do without a control plane is done meanwhile.
    jobs = {host["host"]: host["jobs"] for host in ended.report["hosts"]}
    assert jobs["node2"]["prepare"] in {"ok", "changed"}
    assert jobs["node2"]["join"] == "blocked"


def test_a_second_ctrl_c_inside_kubeadm_init_gives_up_at_once_and_kills_nothing(
    machines: Machines, provision: Callable[..., Running]
) -> None:
    machines.on("node1", HOLD)
    running = provision()
    machines.on("node1", f"read held <{HELD}")
    running.interrupt()
    running.until("still runs: node1: kubeadm init")
    running.interrupt()
    ended = running.ended()
    assert ended.exit_code == 130
    assert "node1: kubeadm init" in ended.problem(None).output
    assert machines.on("node1", "pgrep -x kubeadm")
    assert "\nca " not in membership(machines, "node1")


def test_the_next_run_finds_the_host_locked_by_what_still_runs(provision: Callable[..., Running]) -> None:
    ended = provision().ended()
    assert ended.exit_code == 9
    problem = ended.problem("node1")
    assert problem.kind == "Locked"
    assert "provision by " in f"{problem.what}\n{problem.output}"


@dataclass(frozen=True)
class JoinMet:
    """A run that Ctrl-C met inside a join; its token, and what commands ran on both hosts at that moment."""

    ended: Ended
    token: str
    commands: str


@pytest.fixture(scope="module")
def after_the_power_cut(machines: Machines, tmp_path_factory: pytest.TempPathFactory) -> JoinMet:
    """node1 has lost its power inside kubeadm init; the run after it meets Ctrl-C inside node2's join."""
    node1 = machines.node("node1")
    faults.kill(machines.lab, node1)
    faults.mend(machines.lab, node1)
    machines.on("node1", f"systemctl stop kubelet; {LET_GO}")
    assert machines.on("node1", "ls /etc/kubernetes/manifests")
    machines.on("node2", HOLD)
    terminal = Terminal(tmp_path_factory.mktemp("terminal"))
    inventory = terminal.inventory(machines.document())
    running = terminal.start("provision", "--inventory", inventory, "--limit", "node1,node2")
    machines.on("node2", f"read held <{HELD}")
    running.interrupt()
    running.until("still runs: node2: kubeadm join")
    token = machines.on("node1", "kubeadm token list | awk '/nodewright/ { print $1 }'").strip()
    commands = machines.on("node1", COMMANDS) + machines.on("node2", COMMANDS)
    machines.on("node2", f"{LET_GO}; echo go >{GO}")
    return JoinMet(running.ended(), token, commands)


def test_an_init_that_a_power_cut_ended_is_begun_anew(
    after_the_power_cut: JoinMet, machines: Machines
) -> None:
    assert ("node1", "kubeadm init") in after_the_power_cut.ended.steps("changed")
    assert "\nca sha256:" in membership(machines, "node1")


def test_ctrl_c_inside_kubeadm_join_finishes_that_join_and_begins_nothing_more(
    after_the_power_cut: JoinMet, machines: Machines
) -> None:
    assert after_the_power_cut.ended.exit_code == 130
    assert ("node2", "kubeadm join") in after_the_power_cut.ended.steps("changed")
    assert "\nca sha256:" in membership(machines, "node2")
    assert "smoke: not run" in after_the_power_cut.ended.text


def test_a_join_token_stands_in_no_command_line(after_the_power_cut: JoinMet) -> None:
    assert "kubeadm join" in after_the_power_cut.commands
    assert len(after_the_power_cut.token) == len("abcdef.0123456789abcdef")
    assert after_the_power_cut.token.partition(".")[2] not in after_the_power_cut.commands


def test_ctrl_c_takes_back_the_join_token(after_the_power_cut: JoinMet, machines: Machines) -> None:
    assert "gives join-token" in after_the_power_cut.ended.text
    assert "nodewright" not in machines.on("node1", "kubeadm token list")


def test_a_join_whose_operator_and_whose_host_died_is_begun_anew_and_the_cluster_completed(
    machines: Machines, provision: Callable[..., Running]
) -> None:
    node3 = machines.node("node3")
    machines.on("node3", HOLD)
    running = provision()
    machines.on("node3", f"read held <{HELD}")
    running.kill()
    faults.kill(machines.lab, node3)
    faults.mend(machines.lab, node3)
    machines.on("node3", f"systemctl stop kubelet; {LET_GO}")
    assert machines.on("node3", "ls /etc/kubernetes/bootstrap-kubelet.conf")
    ended = provision().ended()
    assert ended.exit_code == 0
    assert ("node3", "kubeadm join") in ended.steps("changed")
    assert ("node1", "kubeadm init") not in ended.steps("changed")
    assert len(machines.kubectl("get nodes --no-headers").splitlines()) == 3
