"""All resources in one script, as a host gets it: a plan changes nothing, an apply all, another apply nothing."""

from __future__ import annotations

import hashlib

from nodewright.resources import (
    Package,
    absent,
    awaited,
    background,
    block,
    directory,
    download,
    drop_in,
    drop_in_path,
    enabled,
    file,
    fstab_without,
    group,
    hostname,
    ini_key,
    kernel_module,
    link,
    masked,
    packages,
    repository,
    service,
    stopped,
    sysctls,
    wait_until,
)
from nodewright.script.compile import Mode, Script, Section, compile_script
from nodewright.script.records import Done, Outcome, parse
from nodewright.script.step import Step
from tests.shell.resources.host import Host

RUN = "run0"
TOOL = "the tool\n"


def _steps() -> tuple[Step, ...]:
    done = "[ -e /var/lib/app/pulled ]"
    return (
        hostname("node-1"),
        fstab_without("swap"),
        block("/etc/hosts", "10.0.0.1 node-1\n", marker="cluster"),
        ini_key("/etc/selinux/config", "SELINUX", "permissive"),
        group("app"),
        directory("/var/lib/app", group="app"),
        repository("app", title="App", base_urls=["https://a/"], keys=["https://a/key"], exclude=["app"]),
        packages([Package("app", "1.2.3"), "socat"], manager="dnf"),
        background("pull", ": >/var/lib/app/pulled", check=done),
        file('/etc/app/it\'s a "file"', "$HOME `id`\n\\"),
        drop_in("app", "10-app", "[Service]\n"),
        service("app", depends_on=[drop_in_path("app", "10-app")], packages=["app"]),
        enabled("other"),
        stopped("firewalld"),
        masked("zram.swap"),
        *kernel_module("br_netfilter", effect="[ -e /state/modules/br_netfilter/loaded ]"),
        *sysctls({"net.ipv4.ip_forward": "1"}),
        download(
            "file:///srv/tool", "/opt/tool", sha256=hashlib.sha256(TOOL.encode()).hexdigest(), mode="0755"
        ),
        link("/usr-local", "/usr/local"),
        absent("/etc/old", tree=True),
        awaited("pull", check=done, deadline=10),
        wait_until("it is pulled", done, deadline=10),
    )


def _bare(host: Host) -> Script:
    host.put("/etc/fstab", "/dev/sda1 / xfs defaults 0 0\n/dev/sda2 none swap sw 0 0\n")
    host.put("/etc/old/file", "")
    host.put("/state/available/app-1.2.3-1", "app 1.2.3-1\n")
    host.put("/state/available/socat-1-1", "socat 1-1\n")
    host.put("/state/units/firewalld.service/enabled", "enabled\n")
    host.put("/state/units/firewalld.service/active", "active\n")
    host.put("/state/sysctl/net.ipv4.ip_forward", "0\n")
    host.at("/state/modules/br_netfilter").mkdir()
    host.put("/srv/tool", TOOL)
    return compile_script([Section("node-1: prepare", _steps())])


def _outcomes(host: Host, script: Script, mode: Mode) -> dict[str, Outcome]:
    ran = host.script(script.text(run_id=RUN, mode=mode))
    records = [parse(line, RUN) for line in ran.output.encode().splitlines()]
    return {script.steps[record.step].name: record.outcome for record in records if isinstance(record, Done)}


def test_a_plan_changes_nothing_and_says_that_every_step_would(host: Host) -> None:
    script = _bare(host)
    before = host.everything()

    outcomes = _outcomes(host, script, Mode.PLAN)

    assert outcomes == {step.name: Outcome.CHANGE for step in _steps()}
    assert host.everything() == before


def test_an_apply_makes_it_so_and_another_finds_nothing_to_do(host: Host) -> None:
    script = _bare(host)

    first = _outcomes(host, script, Mode.APPLY)
    before = host.everything()
    second = _outcomes(host, script, Mode.APPLY)

    made_already = {"await pull", "it is pulled"}
    assert first == {
        step.name: Outcome.OK if step.name in made_already else Outcome.CHANGED for step in _steps()
    }
    assert second == {step.name: Outcome.OK for step in _steps()}
    assert host.everything() == before
