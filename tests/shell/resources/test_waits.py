"""Waiting, work in the background, and reboots."""

from __future__ import annotations

import time

import pytest

from nodewright.resources import awaited, background, reboot, wait_until
from nodewright.resources.waits import watched
from tests.shell.resources.host import Host

APPEARS = 'echo look >>/looks\ngrep -c look /looks\n[ "$(grep -c look /looks)" -ge 4 ]'


def test_a_wait_ends_as_soon_as_the_condition_holds(host: Host) -> None:
    host.converges(wait_until("it appears", APPEARS, deadline=30, every=0.05))

    assert host.read("/looks").count("look") <= 6


def test_a_wait_that_finds_its_condition_holding_does_nothing(host: Host) -> None:
    assert host.holds(wait_until("it is there", "[ -e /etc/passwd ]", deadline=30))


def test_a_wait_fails_at_its_deadline_and_tells_why(host: Host) -> None:
    step = wait_until("it appears", "false", deadline=1, every=0.2, explain="echo because of this")
    began = time.monotonic()

    ran = host.run(step.apply)

    assert ran.status == 1
    assert "still waiting after 1 s: it appears" in ran.errors
    assert "because of this" in ran.output
    assert 0 < time.monotonic() - began < 10


def test_every_command_of_a_condition_has_to_succeed(host: Host) -> None:
    step = wait_until("both", "false\ntrue", deadline=1, every=0.2)

    assert host.run(step.apply).status == 1


def test_the_deadline_does_not_follow_the_clock_on_the_wall(host: Host) -> None:
    jumping = "date() { echo 9999999999; }\n"

    assert host.run(jumping + wait_until("it appears", APPEARS, deadline=30, every=0.05).apply).status == 0


def test_a_wait_ends_as_soon_as_it_is_known_to_be_in_vain_and_says_why(host: Host) -> None:
    step = wait_until(
        "it appears",
        "false",
        deadline=600,
        every=0.1,
        hopeless="echo the image is not there",
        explain="false\necho and more",
    )

    ran = host.run(step.apply, nw_tmp="/tmp")

    assert ran.status == 1
    assert ran.errors == "waiting is in vain: it appears\nthe image is not there\n"
    assert ran.output == "and more\n"


def test_a_wait_goes_on_while_there_is_hope(host: Host) -> None:
    step = wait_until("it appears", APPEARS, deadline=30, every=1, hopeless="echo no\nfalse\ntrue")

    assert host.run(step.apply, nw_tmp="/tmp").status == 0


def test_a_command_that_is_watched_and_ends_well_is_left_alone(host: Host) -> None:
    ran = host.run(watched("sh -c 'sleep 0.1; echo done'", hopeless="false"), nw_tmp="/tmp")

    assert (ran.status, ran.output, ran.errors) == (0, "done\n", "")


def test_a_command_that_is_watched_and_fails_says_why_and_keeps_its_status(host: Host) -> None:
    ran = host.run(watched("sh -c 'exit 42'", hopeless="false", explain="echo why"), nw_tmp="/tmp")

    assert (ran.status, ran.output) == (42, "why\n")


def test_a_command_that_waits_in_vain_is_ended_with_the_reason(host: Host) -> None:
    text = watched("sleep 1000", hopeless="echo it crashes", explain="echo its last words")
    began = time.monotonic()

    ran = host.run(text, nw_tmp="/tmp")

    assert ran.status == 143
    assert "ended, since it waited in vain:\nit crashes\n" in ran.errors
    assert ran.output == "its last words\n"
    assert time.monotonic() - began < 30


def test_background_work_is_started_and_awaited(host: Host) -> None:
    check = "[ -e /pulled ]"
    start = background("pull", "echo 'it is' >/pulled", check=check)

    host.converges(start)

    assert host.holds(awaited("pull", check=check, deadline=5))
    assert oct(host.at("/run/nodewright/background/pull.sh").stat().st_mode) == "0o100600"
    assert "it is" not in host.log()[0]


def test_background_work_that_runs_is_not_started_twice(host: Host) -> None:
    host.put("/state/hold", "")
    start = background("pull", ": >/pulled", check="[ -e /pulled ]")
    host.apply(start)

    assert host.holds(start)


def test_background_work_that_is_done_is_not_started(host: Host) -> None:
    host.put("/pulled", "")

    assert host.holds(background("pull", "false", check="[ -e /pulled ]"))


def test_every_command_of_a_background_check_has_to_succeed(host: Host) -> None:
    assert not host.holds(background("pull", "false", check="[ -e /pulled ]\ntrue"))


def test_background_work_that_failed_is_started_again(host: Host) -> None:
    host.put("/state/units/nodewright-pull.service/active", "failed\n")

    host.converges(background("pull", ": >/pulled", check="[ -e /pulled ]"))

    assert host.log()[0] == "systemctl reset-failed nodewright-pull.service"


@pytest.mark.parametrize("run", ["false\n: >/pulled", ":"])
def test_background_work_without_its_effect_fails_with_its_journal(host: Host, run: str) -> None:
    check = "[ -e /pulled ]"
    host.run(background("pull", run, check=check).apply)

    host.refuses(
        awaited("pull", check=check, deadline=5), because="journal of nodewright-pull.service: it went wrong"
    )


def test_background_work_that_takes_too_long_fails_and_goes_on(host: Host) -> None:
    host.put("/state/units/nodewright-pull.service/active", "active\n")

    host.refuses(awaited("pull", check="[ -e /pulled ]", deadline=1), because="still waiting after 1 s")

    assert host.read("/state/units/nodewright-pull.service/active") == "active\n"


def test_a_reboot_comes_after_the_script_has_said_so(host: Host) -> None:
    step = reboot("the new kernel runs", unless="[ -e /new-kernel ]")

    assert step.reboots
    assert not host.holds(step)
    assert host.run(step.apply).status == 0
    assert host.log() == ["systemd-run --on-active=3 --timer-property=AccuracySec=1 systemctl reboot"]
