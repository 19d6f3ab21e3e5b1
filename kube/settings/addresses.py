"""Reads the IPv4 addresses of an inventory: of hosts, of networks, and those that services may get."""

from __future__ import annotations

import re
from dataclasses import dataclass
from ipaddress import (
    AddressValueError,
    IPv4Address,
    IPv4Network,
    IPv6Address,
    NetmaskValueError,
    summarize_address_range,
)
from typing import Annotated, Self

from pydantic import AfterValidator, BeforeValidator, PlainSerializer, WithJsonSchema

from nodewright.inventory import Finding

#: These addresses belong to no machine. Sources: RFC 6890, and Kubernetes' API reference of Endpoints, which may be
#: neither loopback nor link-local.
_OF_NOBODY = {
    IPv4Network("0.0.0.0/8"): "stand for no address",
    IPv4Network("127.0.0.0/8"): "are each machine's own (loopback)",
    IPv4Network("169.254.0.0/16"): "are link-local",
    IPv4Network("224.0.0.0/4"): "are multicast",
    IPv4Network("255.255.255.255/32"): "are for broadcast",
}


@dataclass(frozen=True)
class AddressRange:
    """Holds the IPv4 addresses from `first` to `last`, both included."""

    first: IPv4Address
    last: IPv4Address

    @classmethod
    def parse(cls, text: str) -> Self:
        """Reads `10.0.0.200-10.0.0.220` or `10.0.0.192/27`.

        Raises:
            Finding: the text has neither form, or the range runs backwards.
        """
        if "/" in text:
            network = as_network(text.strip())
            return cls(network[0], network[-1])
        ends = [part.strip() for part in text.split("-")]
        read = [_address(end) for end in ends]
        match read:
            case [IPv4Address() as first, IPv4Address() as last] if first <= last:
                return cls(first, last)
            case [IPv4Address() as first, IPv4Address() as last]:
                raise Finding(f"`{text}` runs backwards", advice=f"write {last}-{first}")
            case [IPv4Address() as single]:
                what, advice = f"`{text}` is a single address", f"write {single}-{single}"
            case [IPv4Address() as first, None] if re.fullmatch(r"\d{1,3}", ends[1]):
                what = f"`{text}` has no whole address behind the `-`"
                advice = f"write {first}-{str(first).rpartition('.')[0]}.{ends[1]}"
            case _:
                what = f"`{text}` is no range of IPv4 addresses"
                advice = "write FIRST-LAST, such as 10.0.0.200-10.0.0.220, or a CIDR, such as 10.0.0.192/27"
        raise Finding(what, advice=advice)

    def __str__(self) -> str:
        return f"{self.first}-{self.last}"

    def __contains__(self, address: IPv4Address) -> bool:
        return self.first <= address <= self.last

    def overlaps(self, network: IPv4Network) -> bool:
        """Returns whether any address is in both the range and the network."""
        return any(part.overlaps(network) for part in summarize_address_range(self.first, self.last))


def as_network(text: str) -> IPv4Network:
    """Reads a network in CIDR notation.

    Raises:
        Finding: the text is not a network, or is an address within one.
    """
    try:
        return IPv4Network(text)
    except (AddressValueError, NetmaskValueError):
        what, advice = f"`{text}` is no IPv4 network", "write ADDRESS/LENGTH, such as 10.244.0.0/16"
    except ValueError:
        meant = IPv4Network(text, strict=False)
        what, advice = f"`{text}` is an address within a network", f"write {meant} for the whole network"
    raise Finding(what, advice=advice)


def _address(text: str) -> IPv4Address | None:
    try:
        return IPv4Address(text)
    except AddressValueError:
        return None


def _network(value: object) -> object:
    if not isinstance(value, str):
        return value
    network = as_network(value)
    if "/" not in value:
        raise Finding(
            f"`{value}` is no network: its length is missing", advice=f"write {value}/16, for example"
        )
    for nobodys, reason in _OF_NOBODY.items():
        if network.subnet_of(nobodys):
            advice = "choose a private network that nothing else of yours is in, such as 10.244.0.0/16"
            raise Finding(f"`{value}`: addresses of {nobodys} {reason}", advice=advice)
    return network


def _of_host(text: str) -> str:
    """Returns the address of a host in its usual form. Raises Finding, with what to write, if it is none."""
    address = _address(text)
    if address is not None:
        _somebodys(
            AddressRange(address, address), text, "write the address by which the other hosts reach it"
        )
        return str(address)
    bare = re.search(r"\d{1,3}(\.\d{1,3}){3}", text)
    meant = _address(bare[0]) if bare else None
    if meant is not None:
        what = f"`{text}` is more than an address"
        advice = f"write {meant}; user and port go into `ssh: {{user: USER, port: PORT}}`"
    elif _is_ipv6(text):
        what, advice = f"`{text}` is an IPv6 address", "give the host's IPv4 address"
    elif re.search(r"[A-Za-z]", text):
        what = f"`{text}` is a name, not an IPv4 address"
        advice = f"write the host's address; the name can go into `ssh: {{host: {text}}}`"
    else:
        what, advice = f"`{text}` is no IPv4 address", "write four numbers up to 255, such as 192.0.2.11"
    raise Finding(what, advice=advice)


def _is_ipv6(text: str) -> bool:
    try:
        IPv6Address(text)
    except AddressValueError:
        return False
    return True


def _somebodys(addresses: AddressRange, text: str, advice: str) -> None:
    """Raises Finding where no machine can have these addresses."""
    for network, reason in _OF_NOBODY.items():
        if addresses.overlaps(network):
            raise Finding(f"`{text}`: addresses of {network} {reason}", advice=advice)


def _range(value: object) -> object:
    if not isinstance(value, str):
        return value
    addresses = AddressRange.parse(value)
    _somebodys(addresses, value, "take free addresses of the hosts' network")
    return addresses


NetworkText = Annotated[
    IPv4Network,
    BeforeValidator(_network),
    WithJsonSchema({"type": "string", "examples": ["10.244.0.0/16"]}),
]
AddressRangeText = Annotated[
    AddressRange,
    BeforeValidator(_range),
    PlainSerializer(str, return_type=str),
    WithJsonSchema({"type": "string", "examples": ["10.0.0.200-10.0.0.220"]}),
]
IPv4Text = Annotated[str, AfterValidator(_of_host), WithJsonSchema({"type": "string", "format": "ipv4"})]
