"""A worker's runtime restarts in the middle of a provision, and takes its time: no look at the cluster fails."""

from __future__ import annotations

import random

import pytest

from tests.e2e.machines import Machines
from tests.e2e.terminal import Terminal

#: Seconds that Docker on node3 takes to start, so that it is down at many moments of the other hosts' scripts.
_DICE = random.Random(10)
PAUSES = [round(_DICE.uniform(0, 25), 1) for _ in range(6)]

#: Its changed configuration makes a restart due, which takes that long. A kubelet that was just started has forgotten
#: that containers ended in earlier restarts, for which it would let them wait for minutes.
SLOW_RESTART = """
mkdir -p /etc/systemd/system/docker.service.d
printf '[Service]\\nExecStartPre=/bin/sleep {pause}\\n' >/etc/systemd/system/docker.service.d/slow.conf
systemctl daemon-reload
sed -i 's/50m/1m/' /etc/docker/daemon.json
systemctl restart kubelet
"""
#: Something to mend, so that all steps of node1 are looked at once more at its script's end.
SOMETHING_DUE = "rm /root/.kube/nodewright-*"


@pytest.fixture(scope="module")
def machines(all_machines: Machines) -> Machines:
    all_machines.cluster()
    all_machines.touched()
    return all_machines


@pytest.mark.parametrize("pause", PAUSES)
def test_a_runtime_that_restarts_in_the_middle_of_it_makes_no_run_fail(
    machines: Machines, operator: Terminal, pause: float
) -> None:
    machines.on("node1", SOMETHING_DUE)
    machines.on("node3", SLOW_RESTART.format(pause=pause))
    ended = operator.invoke("provision", "--inventory", operator.inventory(machines.document()))
    assert ended.exit_code == 0, ended.text
    assert ("node3", "service docker.service") in ended.steps("changed")
