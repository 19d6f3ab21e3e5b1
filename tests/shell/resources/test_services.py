"""Units: enabled, running, and running what is configured now."""

from __future__ import annotations

import pytest

from nodewright.paths import STAMPS
from nodewright.resources import drop_in, enabled, masked, service, stopped, unit_file
from nodewright.script.step import Step
from tests.shell.resources.host import Host

CONFIG = "/etc/app/a b.conf"
SWAP = "dev-disk-by\\x2duuid-5.swap"


def _unit(host: Host, unit: str, **state: str) -> None:
    """A unit of the stand-in, with the files that say what it is like."""
    host.at(f"/state/units/{unit}").mkdir(parents=True, exist_ok=True)
    for name, value in state.items():
        host.put(f"/state/units/{unit}/{name}", f"{value}\n")


def _app(host: Host, **state: str) -> Step:
    _unit(host, "app.service", **state)
    host.put(CONFIG, "a\n")
    host.put("/state/rpm/app", "1.0-1\n")
    return service("app", depends_on=[CONFIG, "/etc/passwd"], packages=["app"])


@pytest.mark.parametrize(
    "state",
    [
        {},
        {"enabled": "enabled", "active": "inactive"},
        {"enabled": "disabled", "active": "active"},
        {"enabled": "masked", "active": "inactive"},
        {"enabled": "enabled", "active": "failed"},
        {"enabled": "enabled", "active": "activating"},
        {"enabled": "enabled", "active": "active", "reload": "yes"},
        {"enabled": "enabled", "active": "active"},
    ],
)
def test_whatever_a_service_is_like_it_comes_to_run_and_to_start_at_boot(
    host: Host, state: dict[str, str]
) -> None:
    host.converges(_app(host, **state))

    assert host.read("/state/units/app.service/enabled") == "enabled\n"
    assert host.read("/state/units/app.service/active") == "active\n"


def test_what_is_as_it_should_be_is_left_alone(host: Host) -> None:
    step = _app(host)
    host.apply(step)
    asked = host.log()

    assert host.holds(step)
    assert host.log() == asked


@pytest.mark.parametrize(("path", "text"), [(CONFIG, "b\n"), ("/state/rpm/app", "1.1-1\n")])
def test_a_change_of_what_it_depends_on_makes_a_restart_due_once(host: Host, path: str, text: str) -> None:
    step = _app(host)
    host.apply(step)
    host.put(path, text)

    host.converges(step)

    assert host.log().count("systemctl restart app.service") == 2


def test_a_unit_that_systemd_has_not_read_again_is_due(host: Host) -> None:
    step = _app(host)
    host.apply(step)
    _unit(host, "app.service", reload="yes")

    host.converges(step)


def test_a_restart_is_still_due_when_the_one_before_failed(host: Host) -> None:
    step = _app(host)
    host.apply(step)
    host.put(CONFIG, "b\n")
    host.put("/state/units/app.service/broken", "")
    assert host.run(step.apply).status != 0
    host.at("/state/units/app.service/broken").unlink()
    _unit(host, "app.service", active="active")

    host.converges(step)


def test_a_failed_start_tells_the_journal(host: Host) -> None:
    step = _app(host, broken="")

    host.refuses(step, because="journal of app.service: it went wrong")


@pytest.mark.parametrize("missing", [CONFIG, "/state/rpm/app"])
def test_what_it_depends_on_has_to_be_there(host: Host, missing: str) -> None:
    step = _app(host)
    host.apply(step)
    host.at(missing).unlink()

    host.refuses(step, because=missing.rpartition("/")[2])


def test_a_service_that_depends_on_nothing_leaves_no_stamp(host: Host) -> None:
    host.converges(service("app"))

    assert not host.at(STAMPS).exists()


def test_a_service_need_not_start_at_boot(host: Host) -> None:
    host.converges(service("app", at_boot=False))

    assert "systemctl enable app.service" not in host.log()


@pytest.mark.parametrize(
    "state", [{}, {"enabled": "masked"}, {"enabled": "disabled", "active": "activating"}]
)
def test_a_unit_is_enabled_without_being_started(host: Host, state: dict[str, str]) -> None:
    _unit(host, "kubelet.service", **state)

    host.converges(enabled("kubelet"))

    assert not [line for line in host.log() if "start" in line]


@pytest.mark.parametrize(
    "state",
    [
        {"enabled": "enabled", "active": "active"},
        {"enabled": "enabled", "active": "inactive"},
        {"enabled": "disabled", "active": "active"},
        {"enabled": "disabled", "active": "activating"},
        {"enabled": "enabled-runtime", "active": "reloading"},
    ],
)
def test_a_unit_that_runs_or_would_is_stopped_and_disabled(host: Host, state: dict[str, str]) -> None:
    _unit(host, "firewalld.service", **state)

    host.converges(stopped("firewalld"))


@pytest.mark.parametrize("state", [{}, {"enabled": "masked"}, {"enabled": "disabled", "active": "failed"}])
def test_a_unit_that_neither_runs_nor_would_is_left_alone(host: Host, state: dict[str, str]) -> None:
    _unit(host, "firewalld.service", **state)

    assert host.holds(stopped("firewalld"))


def test_a_unit_that_is_not_installed_is_stopped_already(host: Host) -> None:
    assert host.holds(stopped("firewalld"))


@pytest.mark.parametrize("unit", ["swap.target", SWAP])
@pytest.mark.parametrize(
    "state", [None, {}, {"active": "active"}, {"enabled": "enabled", "active": "inactive"}]
)
def test_a_unit_is_masked_be_it_installed_or_not(host: Host, unit: str, state: dict[str, str] | None) -> None:
    if state is not None:
        _unit(host, unit, **state)

    host.converges(masked(unit))

    assert host.read(f"/state/units/{unit}/enabled") == "masked\n"


def test_a_unit_that_is_masked_but_still_runs_is_stopped(host: Host) -> None:
    _unit(host, SWAP, enabled="masked", active="active")

    host.converges(masked(SWAP))


@pytest.mark.parametrize(
    ("step", "path"),
    [
        (
            drop_in("kubelet", "10-nodewright", "[Service]\n"),
            "/etc/systemd/system/kubelet.service.d/10-nodewright.conf",
        ),
        (unit_file("app", "[Service]\n"), "/etc/systemd/system/app.service"),
    ],
)
def test_what_is_written_for_systemd_is_also_loaded(host: Host, step: Step, path: str) -> None:
    host.converges(step)

    assert host.read(path) == "[Service]\n"
    assert host.log() == ["systemctl daemon-reload"]


def test_a_drop_in_that_is_written_and_not_loaded_is_due(host: Host) -> None:
    step = drop_in("kubelet", "10-nodewright", "[Service]\n")
    host.apply(step)
    _unit(host, "kubelet.service", reload="yes")

    host.converges(step)


def test_a_plan_shows_what_a_unit_is_like(host: Host) -> None:
    _unit(host, "app.service", enabled="disabled", active="failed")

    assert (
        host.run(service("app").show).output
        == "LoadState=loaded\nActiveState=failed\nUnitFileState=disabled\n"
    )
