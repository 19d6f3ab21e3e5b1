"""Values that are more than text read what they print, and say what is wrong with what they cannot read."""

import re
from ipaddress import IPv4Address, IPv4Network

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from kube.settings.addresses import AddressRange
from kube.settings.models import Cluster, HostSettings, Mirrors
from kube.settings.scalars import Endpoint, Taint
from nodewright.inventory import Finding

addresses = st.integers(0, 2**32 - 1).map(IPv4Address)
ranges = st.tuples(addresses, addresses).map(lambda pair: AddressRange(min(pair), max(pair)))


@given(ranges)
def test_a_range_reads_what_it_prints(addresses_: AddressRange) -> None:
    assert AddressRange.parse(str(addresses_)) == addresses_


def test_a_network_is_a_range_too() -> None:
    assert str(AddressRange.parse("10.0.0.192/30")) == "10.0.0.192-10.0.0.195"


@given(ranges, addresses)
def test_a_range_holds_what_lies_between_its_ends(part: AddressRange, address: IPv4Address) -> None:
    assert (address in part) == (int(part.first) <= int(address) <= int(part.last))


@given(ranges, addresses, st.integers(0, 32))
def test_a_range_overlaps_a_network_that_holds_one_of_its_ends_or_lies_within(
    part: AddressRange, address: IPv4Address, prefix: int
) -> None:
    network = IPv4Network(f"{address}/{prefix}", strict=False)
    expected = part.first in network or part.last in network or network[0] in part
    assert part.overlaps(network) == expected


@pytest.mark.parametrize("text", ["10.0.0.9-10.0.0.1", "10.0.0.1", "a-b", "10.0.0.1/24", "1-2-3", "::1-::2"])
def test_what_is_no_range_is_refused(text: str) -> None:
    with pytest.raises(Finding, match=re.escape(text)):
        AddressRange.parse(text)


def test_an_endpoint_has_the_apis_port_unless_it_says_another() -> None:
    assert Endpoint.parse("api.example.org") == Endpoint("api.example.org", 6443)
    assert str(Endpoint.parse("10.0.0.1:8443")) == "10.0.0.1:8443"


@pytest.mark.parametrize("text", ["https://api:6443", "api:0", "api:70000", "", "a b"])
def test_what_is_no_endpoint_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="HOST:PORT"):
        Endpoint.parse(text)


@pytest.mark.parametrize(
    "text", ["dedicated=storage:NoSchedule", "spot:NoExecute", "example.org/a=:PreferNoSchedule"]
)
def test_a_taint_reads_what_it_prints(text: str) -> None:
    assert Taint.parse(str(Taint.parse(text))) == Taint.parse(text)


@pytest.mark.parametrize("text", ["a=b", "a:Never", "=b:NoSchedule", "a b:NoSchedule"])
def test_what_is_no_taint_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="EFFECT"):
        Taint.parse(text)


@pytest.mark.parametrize(
    ("setting", "value", "message"),
    [
        ("name", "My Cluster", "lower-case"),
        ("kubernetes", "1.34", "which patch release"),
        ("kubernetes", 1.34, "quotes"),
        ("pod_cidr", "10.244.0.1/16", "an address within a network"),
        ("runtime", "cri-o", "containerd"),
        ("ignore_preflight_errors", ["all"], "name the checks"),
        ("ignore_preflight_errors", ["Swap; reboot"], "preflight check"),
        ("log_rotation", {"max_size": "50M"}, "such as 50Mi"),
        ("flannel", {"interface": "eth0/1"}, "network interface"),
        ("metallb", {"mode": "bgp", "addresses": ["10.0.0.0/24"]}, "layer2"),
        ("metallb", {"addresses": []}, "at least 1"),
        ("proxy", {"http": "proxy:3128"}, "http://"),
        ("no_such_setting", 1, "not permitted"),
    ],
)
def test_a_bad_setting_is_refused_in_words(setting: str, value: object, message: str) -> None:
    with pytest.raises(ValidationError, match=message):
        Cluster.model_validate({"name": "test", setting: value})


def test_a_host_has_an_ipv4_address() -> None:
    with pytest.raises(ValidationError, match="IPv4"):
        HostSettings.model_validate({"address": "node1.example.org"})


def test_a_mirror_stands_before_a_path_and_has_no_scheme() -> None:
    with pytest.raises(ValidationError, match="without http"):
        Mirrors.model_validate({"images": {"docker.io": "http://10.0.0.1:5000"}})


def test_settings_do_not_change() -> None:
    settings = Cluster(name="test")
    with pytest.raises(ValidationError):
        settings.name = "other"


@pytest.mark.parametrize(
    ("setting", "value", "words"),
    [
        ("hosts_lines", ["registry 10.0.0.9"], "ADDRESS NAME"),
        ("hosts_lines", ["10.0.0.999 registry"], "does not begin with an address"),
        ("hosts_lines", ["10.0.0.9 a\n10.0.0.10 b"], "ADDRESS NAME"),
        ("kernel_modules", ["ip-vs"], "underscores"),
        ("packages", ["--nogpgcheck"], "name of a package"),
        ("resolver", {"nameservers": ["dns.example.org"]}, "no address of a name server"),
        ("resolver", {"nameservers": ["1.1.1.1"], "options": ["ndots 2"]}, "resolv.conf"),
    ],
)
def test_what_a_site_adds_is_text_that_goes_into_a_file_or_a_command_and_is_looked_at(
    setting: str, value: object, words: str
) -> None:
    with pytest.raises(ValidationError, match=words):
        Cluster.model_validate({"name": "test", setting: value})
