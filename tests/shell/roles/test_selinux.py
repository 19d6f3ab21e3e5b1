"""SELinux comes to the mode of the inventory from any other, now and after a reboot."""

from __future__ import annotations

import pytest

from kube.facts.host import SELINUX, SeLinux
from kube.paths import RELABEL
from kube.paths import SELINUX as CONFIG
from kube.settings.node import NodeSettings
from nodewright.script.records import Outcome
from nodewright.workflow.context import Context
from roles.host.selinux import selinux
from tests.shell.resources.host import Host
from tests.shell.roles.applied import converges, run
from tests.unit.roles.villages import DNF, context, inventory

OTHER_LINES = "# SELINUX= can take one of these three values:\nSELINUXTYPE=targeted\n"


def machine(host: Host, *, now: str, configured: str, kernels: str = "ro quiet\n") -> None:
    """A host of EL as it was booted."""
    host.put("/state/selinux", f"{now.capitalize()}\n")
    host.put(CONFIG, f"{OTHER_LINES}SELINUX={configured}\n")
    host.put("/state/kernels", kernels)


def wanted(mode: str, *, now: str = "enforcing") -> Context[NodeSettings]:
    """The role's view of a host that said in which mode it is."""
    return context(inventory({"selinux": mode}), answers={**DNF, SELINUX: SeLinux(now=now)})


@pytest.mark.parametrize("mode", ["permissive", "enforcing"])
@pytest.mark.parametrize("now", ["permissive", "enforcing"])
@pytest.mark.parametrize("configured", ["permissive", "enforcing", "disabled"])
def test_between_permissive_and_enforcing_it_is_switched_at_once(
    host: Host, now: str, configured: str, mode: str
) -> None:
    machine(host, now=now, configured=configured)

    converges(host, selinux, wanted(mode, now=now))

    assert host.read("/state/selinux") == f"{mode.capitalize()}\n"
    assert host.read(CONFIG) == f"{OTHER_LINES}SELINUX={mode}\n"
    assert not host.at(RELABEL).exists()


def test_permissive_means_that_nothing_is_forbidden_so_disabled_is_as_good_until_the_next_boot(
    host: Host,
) -> None:
    machine(host, now="disabled", configured="disabled")

    converges(host, selinux, wanted("permissive", now="disabled"))

    assert host.read(CONFIG) == f"{OTHER_LINES}SELINUX=permissive\n"


def test_disabled_takes_the_configuration_the_kernels_arguments_and_a_reboot(host: Host) -> None:
    machine(host, now="enforcing", configured="enforcing", kernels="ro quiet\nro selinux=0\nro noselinux=0\n")

    run(host, selinux, wanted("disabled"))

    assert host.read(CONFIG) == f"{OTHER_LINES}SELINUX=disabled\n"
    assert host.read("/state/kernels") == "ro quiet selinux=0\nro selinux=0\nro noselinux=0 selinux=0\n"
    assert host.log()[-1].endswith("systemctl reboot")
    host.put("/state/selinux", "Disabled\n")
    assert converges(host, selinux, wanted("disabled", now="disabled")) == []


def test_enforcing_after_disabled_begins_with_a_boot_that_labels_and_forbids_nothing(host: Host) -> None:
    machine(host, now="disabled", configured="disabled", kernels="ro selinux=0 quiet\n")

    run(host, selinux, wanted("enforcing", now="disabled"))

    assert host.read(CONFIG) == f"{OTHER_LINES}SELINUX=permissive\n"
    assert host.read("/state/kernels") == "ro quiet\n"
    assert host.at(RELABEL).exists()
    assert host.log()[-1].endswith("systemctl reboot")

    host.at(RELABEL).unlink()
    host.put("/state/selinux", "Permissive\n")
    converges(host, selinux, wanted("enforcing", now="permissive"))
    assert host.read("/state/selinux") == "Enforcing\n"
    assert host.read(CONFIG) == f"{OTHER_LINES}SELINUX=enforcing\n"


def test_a_kernel_that_does_not_come_up_with_it_is_told_by_the_same_reboot_asked_for_again(
    host: Host,
) -> None:
    machine(host, now="disabled", configured="permissive")
    ctx = wanted("enforcing", now="disabled")
    run(host, selinux, ctx)

    again = run(host, selinux, ctx)

    assert again == dict.fromkeys(again, Outcome.OK)
    assert len([line for line in host.log() if line.endswith("systemctl reboot")]) == 2


def test_a_host_without_selinux_is_disabled_already(host: Host) -> None:
    machine(host, now="disabled", configured="disabled")
    for program in ("getenforce", "setenforce", "grubby"):
        host.at(f"/standins/{program}").unlink()

    assert converges(host, selinux, wanted("disabled", now="disabled")) == []
    assert converges(host, selinux, wanted("permissive", now="disabled")) == ["SELinux permissive at boot"]
