"""Nodes reach each other, the mirror, and nothing else; and nothing but their host reaches them."""

import subprocess
from collections.abc import Iterator
from dataclasses import dataclass

import pytest

from lab import lifecycle
from lab.nodes import on
from lab.settings import HTTP_PORT, Lab, Topology

# What curl ends with: 7 is refused at once, 28 is the time-out that a forgotten address must not end in.
FETCH = "curl --silent --output /dev/null --max-time 5 {url}; echo $?"
PORT = 8000


@dataclass(frozen=True)
class Outside:
    """A web server in a network of its own, which this host routes to."""

    addresses: tuple[str, str]


@pytest.fixture(scope="module")
def outside() -> Iterator[Outside]:
    space, link = "labtest-outside", "labtest0"
    commands = f"""
        netns add {space}
        link add {link} type veth peer name far netns {space}
        address add 198.18.77.1/30 dev {link}
        address add fd77:7::1/64 dev {link} nodad
        link set {link} up
        -n {space} address add 198.18.77.2/30 dev far
        -n {space} address add fd77:7::2/64 dev far nodad
        -n {space} link set far up
        -n {space} route add default via 198.18.77.1
        -n {space} route add default via fd77:7::1
    """
    subprocess.run(["ip", "netns", "delete", space], capture_output=True, check=False)
    for command in commands.strip().splitlines():
        subprocess.run(["ip", *command.split()], check=True)
    serve = ["ip", "netns", "exec", space, "python3", "-m", "http.server", "--bind", "::", str(PORT)]
    with subprocess.Popen(serve, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as server:
        there = Outside((f"http://198.18.77.2:{PORT}", f"http://[fd77:7::2]:{PORT}"))
        for url in there.addresses:
            retry = ["--retry", "50", "--retry-delay", "0", "--retry-connrefused", "--retry-max-time", "10"]
            subprocess.run(["curl", "--silent", "--output", "/dev/null", *retry, url], check=True)
        yield there
        server.terminate()
    subprocess.run(["ip", "netns", "delete", space], check=True)


def test_beyond_the_lab_everything_is_refused_at_once(nodes: Lab, outside: Outside) -> None:
    assert on(nodes, nodes.nodes[0], FETCH.format(url=outside.addresses[0])) == "7\n"


def test_over_ipv6_beyond_the_lab_is_refused_too_even_with_a_route(nodes: Lab, outside: Outside) -> None:
    first = nodes.nodes[0]
    with_route = f"""
        router=fe80::4e:57ff:fe{nodes.number:02x}:1
        ip -6 address add fd77:78::2/64 dev eth0 nodad
        ip -6 route add default via $router dev eth0
        {FETCH.format(url=outside.addresses[1])}
        ip -6 route delete default
        ip -6 address delete fd77:78::2/64 dev eth0
    """
    assert on(nodes, first, with_route) == "7\n"


def test_a_name_of_the_world_is_unknown_at_once(nodes: Lab) -> None:
    # A resolver that nobody refuses waits for five seconds.
    assert on(nodes, nodes.nodes[0], "timeout 4.9 getent hosts example.com; echo $?") == "2\n"


def test_the_host_answers_at_the_mirrors_ports_alone(nodes: Lab) -> None:
    def at(port: int) -> str:
        return on(nodes, nodes.nodes[0], FETCH.format(url=f"http://{nodes.gateway}:{port}/"))

    with subprocess.Popen(
        ["python3", "-m", "http.server", "--bind", nodes.gateway, str(PORT)], stderr=subprocess.DEVNULL
    ) as other:
        retry = [
            "--retry",
            "50",
            "--retry-delay",
            "0",
            "--retry-connrefused",
            "--silent",
            "--output",
            "/dev/null",
        ]
        subprocess.run(["curl", *retry, f"http://{nodes.gateway}:{PORT}/"], check=True)
        assert (at(HTTP_PORT), at(PORT)) == ("0\n", "7\n")
        other.terminate()


def test_nodes_reach_each_other(nodes: Lab) -> None:
    for other in nodes.nodes[1:]:
        assert "1 received" in on(nodes, nodes.nodes[0], f"ping -c 1 -W 5 {other.address}")


def test_nothing_outside_reaches_a_node_through_this_host(nodes: Lab, outside: Outside) -> None:
    fetch = FETCH.format(url=f"http://{nodes.nodes[0].address}:22").split(";")[0].split()
    seen = subprocess.run(["ip", "netns", "exec", "labtest-outside", *fetch], check=False)
    assert seen.returncode == 7


def test_two_labs_run_side_by_side_and_do_not_reach_each_other(nodes: Lab) -> None:
    lifecycle.down("testtwo")
    try:
        other = lifecycle.up("testtwo", Topology(control_planes=1, workers=0))
        assert other.subnet != nodes.subnet
        for here, there in ((nodes, other), (other, nodes)):
            assert on(here, here.nodes[0], FETCH.format(url=f"http://{here.gateway}:{HTTP_PORT}/")) == "0\n"
            assert on(here, here.nodes[0], FETCH.format(url=f"http://{there.gateway}:{HTTP_PORT}/")) == "7\n"
            assert on(here, here.nodes[0], FETCH.format(url=f"http://{there.nodes[0].address}:22/")) == "7\n"
    finally:
        lifecycle.down("testtwo")


def test_with_nat_every_node_has_the_same_address_on_its_default_route(nodes: Lab) -> None:
    lifecycle.down("testnat")
    try:
        lab = lifecycle.up("testnat", Topology(control_planes=1, workers=1, nat=True))
        for node in lab.nodes:
            assert "dev eth0 src 10.0.2.15" in on(lab, node, "ip route get 198.18.77.2")
            assert on(lab, node, "ip -4 -brief address show eth1").split()[2] == f"{node.address}/24"
            assert on(lab, node, FETCH.format(url="http://198.18.77.2/")) == "7\n"
        assert "1 received" in on(lab, lab.nodes[0], f"ping -c 1 -W 5 {lab.nodes[1].address}")
    finally:
        lifecycle.down("testnat")
