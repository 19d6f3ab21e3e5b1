"""Waits for hosts that reboot during a run: for another boot id, then for their facts."""

from __future__ import annotations

import time
from collections.abc import Callable

from nodewright.errors import ConnectError, ConnectionLost, Interrupted, NodewrightError, StepFailed
from nodewright.facts.fragment import Facts
from nodewright.reports.events import FactsGathered, RebootAwaited, Rebooted
from nodewright.run.ask import boot_id, gather
from nodewright.run.host_script import OWN_MACHINE, Chain
from nodewright.run.run import Shared

Ended = Callable[[NodewrightError | None], None]


class Reboots:
    """Keeps the reboots of a run; each step may ask for one, once."""

    def __init__(self, shared: Shared) -> None:
        self._shared = shared

    def steps(self, chain: Chain) -> frozenset[tuple[str, str]]:
        """Returns stage and name of the steps that have rebooted the chain's host, the last one included."""
        return chain.rebooted | {_asker(chain)}

    def wait(self, chain: Chain, ended: Ended) -> None:
        """Waits, in a thread of its own, until the host is back and its facts are gathered.

        `ended` gets None on success. It gets ConnectionLost if the host did not come back, StepFailed if it must not
        reboot (again), and Interrupted if Ctrl-C was pressed meanwhile.
        """
        stage, step = _asker(chain)
        shared, host, reboot = self._shared, chain.host, chain.reading.reboot
        assert reboot is not None
        refusal = None
        if shared.is_own_machine(host):
            refusal = OWN_MACHINE
        elif (stage, step) in chain.rebooted:
            refusal = "did not converge: the host has rebooted for it, and it asks for a second reboot"
        if refusal is not None:
            where = chain.step(reboot.step).where or None
            ended(StepFailed(refusal, host=host, step=step, where=where))
            return
        begun = time.time()
        shared.journal.tell(RebootAwaited(at=begun, host=host, stage=stage, step=step))

        def work() -> tuple[Facts, float]:
            _await(shared, host, reboot.boot_id)
            back = time.time()
            target = shared.hosts[host].target
            return gather(shared.execs.lend("facts"), target, shared.fragments), back

        def done(found: tuple[Facts, float] | None, error: NodewrightError | None) -> None:
            if found is not None:
                facts, back = found
                shared.learn(host, facts)
                shared.journal.tell(Rebooted(at=back, host=host, seconds=back - begun))
                now = time.time()
                shared.journal.tell(FactsGathered(at=now, host=host, seconds=now - back, again=True))
            ended(error)

        shared.execs.spawn(work, done)


def _asker(chain: Chain) -> tuple[str, str]:
    reboot = chain.reading.reboot
    assert reboot is not None
    return chain.job_of(reboot.step).stage, chain.step(reboot.step).name


def _await(shared: Shared, host: str, before: str) -> None:
    begun = time.monotonic()
    while (seen := _look(shared, host, before)) is not None:
        if time.monotonic() - begun >= shared.limits.reboot:
            raise ConnectionLost(
                f"it did not come back within {shared.limits.reboot:g} s after its reboot: {seen}",
                host=host,
                advice="look at its console, then run again",
            )
        if shared.interruption.wait(shared.limits.poll):
            raise Interrupted("it was rebooting", host=host)


def _look(shared: Shared, host: str, before: str) -> str | None:
    """Returns None once the host has rebooted, else what is seen instead."""
    try:
        seen = boot_id(shared.execs.lend("boot"), shared.hosts[host].target, run_id=shared.run_id)
    except (ConnectError, ConnectionLost) as error:
        return error.what
    return "it is still up" if seen == before else None
