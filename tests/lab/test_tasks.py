"""The commands: a mistake is a sentence and exit code 4, and an end from outside is an interruption."""

import signal
import subprocess
import sys

import pytest
from invoke.main import program

from lab import faults
from lab.settings import Lab


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["lab.up", "--nodes", "three"], "lab: --nodes takes a number, not 'three'.\n"),
        (["lab.up", "--nodes=0"], "lab: 0 nodes cannot be: this topology takes 1 to 100 of them.\n"),
        (["lab.up", "--topology", "star"], "lab: there is no topology 'star': take one of default, single"),
        (["lab.up", "--name", "My-Lab"], "lab: 'My-Lab' cannot name a lab: take up to ten of a-z and 0-9"),
        (["lab.minor", "1.99"], "lab: the lab knows no Kubernetes '1.99': take one of 1.34, 1.35.\n"),
        (["lab.fresh", "--name", "nowhere"], "lab: there is no lab 'nowhere'"),
        (["lab.shell", "node1", "--name", "nowhere"], "lab: there is no lab 'nowhere'"),
        (["lab.break", "node1", "--how", "cut", "--name", "nowhere"], "lab: there is no lab 'nowhere'"),
    ],
)
def test_a_mistake_is_told_in_a_sentence(
    capsys: pytest.CaptureFixture[str], words: list[str], message: str
) -> None:
    with pytest.raises(SystemExit) as ended:
        program.run(["invoke", *words])
    assert ended.value.code == 4
    assert capsys.readouterr().err.startswith(message)


WAITING = """
import signal, sys, threading
from invoke.exceptions import Exit
from lab.tasks import told

@told
def wait():
    print("waiting", flush=True)
    threading.Event().wait()

# As at a terminal, whatever the tests were started from.
signal.signal(signal.SIGINT, signal.default_int_handler)
signal.signal(signal.SIGHUP, signal.SIG_DFL)
try:
    wait()
except Exit as end:
    print(end.message, flush=True)
    sys.exit(end.code)
"""


@pytest.mark.parametrize("end", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_command_that_is_ended_says_so_and_that_it_can_go_on(end: signal.Signals) -> None:
    command = [sys.executable, "-c", WAITING]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as waiting:
        assert waiting.stdout is not None
        assert waiting.stdout.readline() == "waiting\n"
        waiting.send_signal(end)
        said = waiting.stdout.read()
    assert (waiting.returncode, said) == (
        130,
        "lab: interrupted; what is whole stays, and the same command goes on.\n",
    )


def test_status_says_what_runs_what_answers_and_what_is_broken(
    nodes: Lab, capsys: pytest.CaptureFixture[str]
) -> None:
    broken = nodes.nodes[2]
    faults.apply(nodes, broken, "freeze")
    try:
        program.run(["invoke", "lab.status", "--name", nodes.name], exit=False)
    finally:
        faults.mend(nodes, broken)
    assert capsys.readouterr().out.splitlines() == [
        "registry   10.78.0.1:5000      answers",
        "http       10.78.0.1:8081      answers",
        "node1      10.78.0.11        running, SSH answers",
        "node2      10.78.0.12        running, SSH answers",
        "node3      10.78.0.13        frozen, SSH does not answer; broken: frozen",
        "kubernetes 1.34.2",
        f"inventory  {nodes.inventory}",
    ]
