"""What hosts say of themselves, as the parsers read it."""

from __future__ import annotations

import ipaddress
import os
import platform
from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nodewright.facts import (
    BASE_FRAGMENTS,
    CPUS,
    KERNEL,
    MEMORY,
    MOUNTS,
    NETWORK,
    SPACE,
    Address,
    Clock,
    Init,
    Interface,
    Kernel,
    Machine,
    Memory,
    Mount,
    Network,
    OperatingSystem,
    PackageManager,
    Space,
)
from nodewright.facts.capacity import parse_cpus, parse_memory, parse_mounts, parse_space
from nodewright.facts.fragment import Facts, Fragment
from nodewright.facts.network import parse_network
from nodewright.facts.system import (
    parse_clock,
    parse_init,
    parse_kernel,
    parse_machine,
    parse_operating_system,
    parse_package_manager,
)
from nodewright.run.ask import gather
from nodewright.script.records import End, Hello, OutputValue, Record
from nodewright.transport import Message, Target
from nodewright.transport.local import LocalTransport
from tests.fake_transport import FakeTransport

THIS_MACHINE = Target(name="here", host="localhost", local=True)

words = st.text("abcdefghijklmnopqrstuvwxyz0123456789_.-", min_size=1, max_size=12)


@pytest.mark.parametrize("fragment", BASE_FRAGMENTS, ids=lambda fragment: fragment.name)
@given(text=st.text())
def test_parsers_take_any_text(fragment: Fragment[object], text: str) -> None:
    fragment.parse(text)
    fragment.parse("")


@pytest.mark.parametrize("fragment", BASE_FRAGMENTS, ids=lambda fragment: fragment.name)
def test_answers_are_frozen(fragment: Fragment[object]) -> None:
    hash(fragment.parse(""))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            'NAME="CentOS Stream"\nVERSION="9"\nID="centos"\nID_LIKE="rhel fedora"\nVERSION_ID="9"\n'
            'PRETTY_NAME="CentOS Stream 9"\n',
            OperatingSystem("centos", ("rhel", "fedora"), "9", "CentOS Stream 9"),
        ),
        (
            "ID=debian\nVERSION_ID='12'\n# a comment\nPRETTY_NAME=it\\'s\n",
            OperatingSystem("debian", (), "12", "it's"),
        ),
        ("", OperatingSystem()),
    ],
)
def test_operating_system(text: str, expected: OperatingSystem) -> None:
    assert parse_operating_system(text) == expected


@pytest.mark.parametrize(
    ("system", "is_el", "major"),
    [
        (OperatingSystem("rocky", ("rhel", "centos", "fedora"), "9.4"), True, 9),
        (OperatingSystem("centos", ("rhel", "fedora"), "10"), True, 10),
        (OperatingSystem("debian", (), "12"), False, 12),
        (OperatingSystem("fedora", (), "rawhide"), False, 0),
    ],
)
def test_enterprise_linux_is_known_by_its_kin(system: OperatingSystem, is_el: bool, major: int) -> None:
    assert (system.is_el, system.major) == (is_el, major)


@given(words, words)
def test_kernel(release: str, machine: str) -> None:
    assert parse_kernel(f"{release}\n{machine}\n") == Kernel(release, machine)


@pytest.mark.parametrize(("text", "expected"), [("systemd\n", Init("systemd")), ("", Init())])
def test_init(text: str, expected: Init) -> None:
    assert parse_init(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("/usr/bin/dnf\n/usr/bin/dnf-3\n", PackageManager("dnf", "/usr/bin/dnf-3")),
        ("/usr/bin/yum\n/usr/bin/yum\n", PackageManager("yum", "/usr/bin/yum")),
        ("", PackageManager()),
    ],
)
def test_package_manager(text: str, expected: PackageManager) -> None:
    assert parse_package_manager(text) == expected


@given(st.integers(0, 2**40))
def test_memory_is_in_bytes(total: int) -> None:
    text = f"MemTotal: {total:9} kB\nMemFree: 1 kB\nMemAvailable: 2 kB\n"
    assert parse_memory(text) == Memory(total * 1024)


@given(st.integers(0, 10**6))
def test_cpus(count: int) -> None:
    assert parse_cpus(f"{count}\n") == count


paths = st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]), max_size=20).map(
    "/{}".format
)


def escaped(path: str) -> str:
    """As the kernel writes paths to /proc/mounts."""
    return "".join(f"\\{ord(c):03o}" if c in " \t\n\\#" else c for c in path)


@given(st.lists(st.tuples(words, paths, words, st.lists(words, min_size=1, max_size=3)), max_size=4))
def test_mounts(mounts: list[tuple[str, str, str, list[str]]]) -> None:
    text = "".join(
        f"{source} {escaped(point)} {kind} {','.join(options)} 0 0\n"
        for source, point, kind, options in mounts
    )
    assert parse_mounts(text) == tuple(Mount(s, p, k, tuple(o)) for s, p, k, o in mounts)


def test_space_is_in_bytes_and_knows_mount_points_with_spaces() -> None:
    text = """Filesystem     1024-blocks     Used Available Capacity Mounted on
/dev/vda         1000        400       500      45% /
none                0          0         0       -  /with a space
/dev/full          10         10        -2     100% /full
"""
    assert parse_space(text) == (
        Space("/", 1000 * 1024, 500 * 1024),
        Space("/with a space", 0, 0),
        Space("/full", 10 * 1024, 0),
    )


NETWORK_TEXT = r"""link 1: lo: <LOOPBACK,UP,LOWER_UP> mtu 65536 qdisc noqueue state UNKNOWN \    link/loopback 00:00:00:00:00:00 brd 00:00:00:00:00:00
link 2: eth0@if7: <BROADCAST,MULTICAST,UP,LOWER_UP> mtu 1400 qdisc fq \    link/ether 52:54:00:12:34:56 brd ff:ff:ff:ff:ff:ff
link 3: eth1: <NO-CARRIER,BROADCAST,MULTICAST,UP> mtu 1500 \    link/ether 52:54:00:12:34:57 brd ff:ff:ff:ff:ff:ff
addr 1: lo    inet 127.0.0.1/8 scope host lo\       valid_lft forever preferred_lft forever
addr 2: eth0    inet 10.0.0.5/24 brd 10.0.0.255 scope global eth0\       valid_lft forever
addr 2: eth0    inet6 fe80::1/64 scope link \       valid_lft forever preferred_lft forever
route default via 10.0.0.9 dev eth0 proto dhcp metric 200
"""  # noqa: E501


def test_network() -> None:
    v4, v6 = ipaddress.ip_interface("10.0.0.5/24"), ipaddress.ip_interface("fe80::1/64")
    network = parse_network(NETWORK_TEXT)
    assert network == Network(
        (
            Interface("lo", "", (ipaddress.ip_interface("127.0.0.1/8"),)),
            Interface("eth0", "52:54:00:12:34:56", (v4, v6)),
            Interface("eth1", "52:54:00:12:34:57"),
        ),
        default_route=True,
    )
    assert network.macs == ("52:54:00:12:34:56", "52:54:00:12:34:57")


@pytest.mark.parametrize("route", ["default dev ppp0 scope link", "default via 10.0.0.1 dev eth0"])
def test_a_default_route_is_one_wherever_it_leads(route: str) -> None:
    assert parse_network(f"route {route}\n").default_route


@pytest.mark.parametrize("text", ["", "route unreachable default metric 4278198272\n"])
def test_a_route_that_refuses_is_no_default_route(text: str) -> None:
    assert not parse_network(text).default_route


@pytest.mark.parametrize(("address", "found"), [("10.0.0.5", True), ("10.0.0.6", False), ("node1", False)])
def test_network_knows_its_addresses(address: str, found: bool) -> None:
    assert parse_network(NETWORK_TEXT).has(address) is found


@given(
    st.ip_addresses().flatmap(
        lambda ip: st.integers(0, ip.max_prefixlen).map(lambda n: ipaddress.ip_interface(f"{ip}/{n}"))
    )
)
def test_any_address_is_read(address: Address) -> None:
    family = "inet" if address.version == 4 else "inet6"
    text = f"link 2: eth0: <UP,LOWER_UP> mtu 1500\naddr 2: eth0    {family} {address} scope global eth0\n"
    assert parse_network(text).interfaces[0].addresses == (address,)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("1700000000.5\nyes\n", Clock(1700000000.5, True)),
        ("1700000000\nno\n", Clock(1700000000.0, False)),
        ("1700000000.%N\n", Clock()),
    ],
)
def test_clock(text: str, expected: Clock) -> None:
    assert parse_clock(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("0123abcd\n4C4C4544-0033\nnone\n", Machine("0123abcd", "4c4c4544-0033", False)),
        ("0123abcd\n\ndocker\n", Machine("0123abcd", "", True)),
        ("", Machine()),
    ],
)
def test_machine(text: str, expected: Machine) -> None:
    assert parse_machine(text) == expected


def test_this_machine_answers_all_of_it_in_one_exec() -> None:
    message: list[Message] = []

    def note(target: Target, sent: Message) -> Iterator[Record]:
        message.append(sent)
        return LocalTransport().run(target, sent)

    facts = gather(FakeTransport(note), THIS_MACHINE, BASE_FRAGMENTS)
    assert len(message) == 1
    assert facts[KERNEL].release == platform.release()
    assert facts[CPUS] == len(os.sched_getaffinity(0))
    assert facts[MEMORY].total == os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    assert "/proc" in [mount.point for mount in facts[MOUNTS]]
    assert any(space.total for space in facts[SPACE])
    assert facts[NETWORK].has("127.0.0.1")


def test_question_that_fails_gives_what_it_printed_and_stops_no_other() -> None:
    first = Fragment("first", "echo so far\nfalse\necho never", str)
    second = Fragment("second", "echo fine", str)
    facts = gather(LocalTransport(), THIS_MACHINE, [first, second])
    assert (facts[first], facts[second]) == ("so far\n", "fine\n")


def test_question_without_an_answer_is_an_empty_text() -> None:
    silent = Fragment("silent", "true", len)
    facts = gather(FakeTransport(lambda target, message: [Hello("boot"), End(1)]), THIS_MACHINE, [silent])
    assert facts == Facts({"silent": 0})


def test_answer_to_a_question_that_nobody_asked_is_passed_over() -> None:
    asked = Fragment("asked", "true", str)
    said: list[Record] = [Hello("boot"), OutputValue("asked", "yes"), OutputValue("other", "no"), End(0)]
    facts = gather(FakeTransport(lambda target, message: said), THIS_MACHINE, [asked, asked])
    assert facts == Facts({"asked": "yes"})


def test_two_questions_of_one_name_are_an_error() -> None:
    with pytest.raises(ValueError, match="two different fragments are named same"):
        gather(LocalTransport(), THIS_MACHINE, [Fragment("same", "a", str), Fragment("same", "b", str)])
