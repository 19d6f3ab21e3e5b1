"""Whole runs against real sshd processes: what a run costs, and what a host is left with when one ends early."""

from __future__ import annotations

import contextlib
import os
import threading
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from nodewright.facts import KERNEL
from nodewright.reports.events import Event, StepBegan
from nodewright.reports.summary import Result
from nodewright.resources.files import filled_text
from nodewright.run.interruption import Interruption
from nodewright.run.runner import run
from nodewright.script.compile import Mode
from nodewright.script.records import Outcome
from nodewright.script.step import Step
from nodewright.secret import Secret
from nodewright.transport.ssh import SshTransport
from nodewright.workflow.context import Context, Host
from nodewright.workflow.stages import Input, Stage, Workflow
from tests.ssh.conftest import MakeTarget, StartSshd
from tests.ssh.sshd import Sshd
from tests.ssh.users import PASSWORD, Users

PATIENCE = 20.0


@dataclass
class Site:
    """Hosts that are an sshd each, and a folder that all of them write to.

    Args:
        folder: of the test.
        hosts: the inventory.
        servers: of the hosts, in their order.
    """

    folder: Path
    hosts: tuple[Host[None], ...]
    servers: tuple[Sshd, ...]
    events: list[Event] = field(default_factory=list)
    _told: threading.Condition = field(default_factory=threading.Condition)

    def run(
        self, *stages: Stage, mode: Mode = Mode.APPLY, interruption: Interruption | None = None
    ) -> Result:
        """One run, over connections of its own."""
        transport = SshTransport()
        try:
            return run(
                Workflow(name="build", stages=stages, lanes={}),
                self.hosts,
                mode=mode,
                transport=transport,
                fragments=(KERNEL,),
                reporters=(self._tell,),
                runs_dir=self.folder / "runs",
                interruption=interruption,
            )
        finally:
            transport.close()

    @contextlib.contextmanager
    def running(self, *stages: Stage, interruption: Interruption | None = None) -> Iterator[list[Result]]:
        """A run in a thread of its own; its result is in the list after the block."""
        results: list[Result] = []
        thread = threading.Thread(
            target=lambda: results.append(self.run(*stages, interruption=interruption)), daemon=True
        )
        thread.start()
        yield results
        thread.join(PATIENCE)
        assert results, "the run has not ended"

    def wait_for(self, wanted: Callable[[Event], bool]) -> None:
        """Returns once such an event was told."""
        with self._told:
            seen = self._told.wait_for(lambda: any(wanted(event) for event in self.events), PATIENCE)
            assert seen, "\n".join(map(str, self.events))

    def _tell(self, event: Event) -> None:
        with self._told:
            self.events.append(event)
            self._told.notify_all()


MakeSite = Callable[..., Site]


@pytest.fixture
def make_site(tmp_path: Path, start_sshd: StartSshd, target_on: MakeTarget) -> MakeSite:
    """Makes a site of one host, or of several."""

    def make(size: int = 1, fields: Sequence[dict[str, Any]] = ()) -> Site:
        servers = tuple(start_sshd(private=True) for _ in range(size))
        names = [f"node{number}" for number in range(1, size + 1)]
        hosts = tuple(
            Host(
                name=name,
                address=server.address,
                groups=(),
                settings=None,
                target=target_on(server, **{"name": name, **(fields[index] if fields else {})}),
            )
            for index, (name, server) in enumerate(zip(names, servers, strict=True))
        )
        return Site(tmp_path, hosts, servers)

    return make


@pytest.fixture
def gate(tmp_path: Path) -> Path:
    """A fifo that holds a step until a test writes to it."""
    path = tmp_path / "gate"
    os.mkfifo(path)
    return path


def stage(name: str, *steps: Step, **other: Any) -> Stage:
    """A stage on every host that yields these steps; HOST in their texts is the host's name."""

    def role(context: Context[None]) -> Iterator[Step]:
        for step in steps:
            check, apply = (text.replace("HOST", context.host.name) for text in (step.check, step.apply))
            yield Step(name=step.name, check=check, apply=apply, timeout=PATIENCE)

    return Stage(**{"name": name, "on": lambda hosts: hosts, "roles": (role,), **other})


def made(path: Path) -> Step:
    """A step that makes an empty file."""
    return Step(name=path.name, check=f"[ -e '{path}' ]", apply=f": >'{path}'")


def held(gate: Path) -> Step:
    """A step that reads the gate, once it is written to."""
    path = gate.with_name("held")
    return Step(
        name="held", check=f"[ -e '{path}' ]", apply=f"cat '{gate}' >'{path}.new'\nmv '{path}.new' '{path}'"
    )


def begun(step: str) -> Callable[[Event], bool]:
    """Whether an event says that the step has begun."""
    return lambda event: isinstance(event, StepBegan) and event.step == step


def processes(wanted: bytes) -> list[Path]:
    """The processes whose command line or environment holds it."""
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):
            if any(wanted in (process / part).read_bytes() for part in ("cmdline", "environ")):
                found.append(process)
    return found


def test_a_rerun_costs_one_connection_and_two_execs_a_host(make_site: MakeSite) -> None:
    site = make_site(2)
    stages = [
        stage("one", made(site.folder / "a-HOST")),
        stage("two", made(site.folder / "b-HOST"), needs=("one",)),
    ]
    assert site.run(*stages).exit_code == 0
    assert sorted(path.name for path in site.folder.glob("?-*")) == [
        "a-node1",
        "a-node2",
        "b-node1",
        "b-node2",
    ]
    before = [server.connects() for server in site.servers]
    result = site.run(*stages)
    assert [host.steps for host in result.hosts] == [{"ok": 2}] * 2
    assert [host.execs for host in result.hosts] == [2, 2]
    assert [server.connects() - count for server, count in zip(site.servers, before, strict=True)] == [1, 1]


def test_users_with_and_without_a_password_for_sudo_are_in_one_run(make_site: MakeSite, users: Users) -> None:
    fields = [
        {"user": users[name], "sudo_password": Secret(PASSWORD)}
        for name in ("password", "csh", "fish", "noisy")
    ]
    site = make_site(5, [{"user": users["plain"]}, *fields])
    result = site.run(stage("one", made(site.folder / "made-HOST")))
    assert result.exit_code == 0, result.problems
    assert {path.owner() for path in site.folder.glob("made-*")} == {"root"}
    assert len(list(site.folder.glob("made-*"))) == 5


def test_a_plan_over_ssh_changes_nothing(make_site: MakeSite) -> None:
    site = make_site()
    result = site.run(stage("one", made(site.folder / "a")), mode=Mode.PLAN)
    assert (result.exit_code, result.hosts[0].steps) == (2, {"change": 1})
    assert not (site.folder / "a").exists()


def test_a_value_of_another_host_is_in_no_argv_no_environment_and_no_file_but_its_own(
    make_site: MakeSite, gate: Path
) -> None:
    site = make_site(2)
    secret = "s3cret-of-node1"
    wanted = site.folder / "token"

    def offer(context: Context[None]) -> Iterator[Step]:
        # Put together by the host, as a real one would be made there.
        yield Step(name="make", check='end=of-node1\noutput token "s3cret-$end"', apply=":")

    def join(context: Context[None]) -> Iterator[Step]:
        text = filled_text("<TOKEN>\n", {"<TOKEN>": context.inputs["token"]})
        yield Step(name="token", check=f"[ -e {wanted} ]", apply=f"umask 077\ncat >{wanted} {text}")
        yield held(gate)

    entry = Input(names=("token",), source=lambda hosts: hosts[:1], give=offer)
    stages = [
        stage("init", on=lambda hosts: hosts[:1]),
        Stage(name="join", on=lambda hosts: hosts[1:], roles=(join,), needs=("init",), inputs=(entry,)),
    ]
    with site.running(*stages) as results:
        site.wait_for(begun("held"))
        seen = processes(secret.encode())
        gate.write_text("go on")
    assert seen == []
    assert results[0].exit_code == 0, results[0].problems
    assert (wanted.read_text(), wanted.stat().st_mode & 0o777) == (f"{secret}\n", 0o600)
    files = [path for path in site.folder.rglob("*") if path.is_file() and path != wanted]
    assert files
    assert [path for path in files if secret in path.read_text()] == []


def test_the_first_press_lets_the_step_finish_and_begins_no_other(make_site: MakeSite, gate: Path) -> None:
    site = make_site()
    interruption = Interruption()
    stages = [stage("one", held(gate), made(site.folder / "later"))]
    with site.running(*stages, interruption=interruption) as results:
        site.wait_for(begun("held"))
        interruption.press()
        [told] = site.servers[0].run_folder.glob("*@*")
        while not (told / "stop").exists():
            assert not results
        gate.write_text("go on")
    assert results[0].exit_code == 130
    assert "node1: stopped before: later" in str(results[0].problems[-1])
    assert (site.folder / "held").exists()
    assert not (site.folder / "later").exists()
    while runs(told):  # it tells its end, and then takes its folder with it
        assert told.parent.exists()
    assert [path.name for path in site.servers[0].run_folder.iterdir()] == ["lock"]


def test_the_second_press_abandons_the_step_and_never_kills_it(make_site: MakeSite, gate: Path) -> None:
    site = make_site()
    interruption = Interruption()
    with site.running(
        stage("one", held(gate), made(site.folder / "later")), interruption=interruption
    ) as results:
        site.wait_for(begun("held"))
        interruption.press()
        interruption.press()
    assert results[0].exit_code == 130
    assert "node1: held" in str(results[0].problems[-1])
    left_to_itself(site, gate)


def test_a_step_outlives_its_link_and_the_next_run_goes_on_from_there(
    make_site: MakeSite, gate: Path
) -> None:
    site = make_site()
    stages = [stage("one", held(gate), made(site.folder / "later"))]
    with site.running(*stages) as results:
        site.wait_for(begun("held"))
        site.servers[0].kill_sessions()
    assert results[0].exit_code == 6
    assert results[0].hosts[0].status is Outcome.LOST
    assert "node1: held: " in str(results[0].problems[0])
    left_to_itself(site, gate)
    again = site.run(*stages)
    assert again.hosts[0].steps == {"ok": 1, "changed": 1}


def runs(folder: Path) -> bool:
    """Whether the script of that folder does; its process is in the folder's name."""
    try:
        status = Path("/proc", folder.name.rpartition("@")[2], "status").read_text()
    except OSError:
        return False
    return "\nState:\tZ" not in status


def left_to_itself(site: Site, gate: Path) -> None:
    """The step on the only host still runs; it comes to its end, nothing follows, and nothing stays behind."""
    [folder] = site.servers[0].run_folder.glob("*@*")
    assert runs(folder)
    # A link is gone for the script once sshd knows.
    site.servers[0].wait_until_alone()
    gate.write_text("go on")
    while runs(folder):
        assert not (site.folder / "later").exists()
    assert (site.folder / "held").read_text() == "go on"
    assert not (site.folder / "later").exists()
    assert [path.name for path in site.servers[0].run_folder.iterdir()] == ["lock"]


def test_a_second_run_is_told_who_holds_the_host(make_site: MakeSite, gate: Path) -> None:
    site = make_site()
    with site.running(stage("one", held(gate))) as results:
        site.wait_for(begun("held"))
        locked_out = site.run(stage("other", made(site.folder / "other")))
        gate.write_text("go on")
    assert (locked_out.exit_code, results[0].exit_code) == (9, 0)
    told = str(locked_out.problems[0])
    assert f"another run holds this host: {results[0].run_id} build by " in told
    assert " since 2" in told
    assert not (site.folder / "other").exists()


def test_a_host_that_refuses_our_key_leaves_the_others_alone(
    make_site: MakeSite, start_sshd: StartSshd, target_on: MakeTarget
) -> None:
    site = make_site(2)
    stranger = start_sshd(private=True, authorized="")
    lost = Host[None](
        name="stranger",
        address="127.0.0.1",
        groups=(),
        settings=None,
        target=target_on(stranger, name="stranger"),
    )
    site.hosts = (site.hosts[0], lost, site.hosts[1])
    result = site.run(stage("one", made(site.folder / "made-HOST")))
    assert result.exit_code == 5
    assert [str(host.status) for host in result.hosts] == ["changed", "lost", "changed"]
    assert "does not let root in" in str(result.problems[0])
