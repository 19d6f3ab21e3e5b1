"""Reads a host's interfaces and addresses, and whether it has a default route."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterator
from dataclasses import dataclass

from nodewright.facts.fragment import Fragment
from nodewright.facts.text import words_of

Address = ipaddress.IPv4Interface | ipaddress.IPv6Interface


@dataclass(frozen=True)
class Interface:
    """Holds a network interface.

    Args:
        name: for example `eth0`.
        mac: empty if it has none.
        addresses: with their prefix lengths.
    """

    name: str
    mac: str = ""
    addresses: tuple[Address, ...] = ()


@dataclass(frozen=True)
class Network:
    """Holds how a host is connected.

    Args:
        interfaces: in the kernel's order.
        default_route: whether it has one for IPv4, wherever that leads.
    """

    interfaces: tuple[Interface, ...] = ()
    default_route: bool = False

    @property
    def macs(self) -> tuple[str, ...]:
        """Returns the hardware addresses of all interfaces, without those of zeros."""
        return tuple(i.mac for i in self.interfaces if i.mac.strip("0:"))

    def has(self, address: str) -> bool:
        """Returns whether one of the interfaces has this address."""
        try:
            wanted = ipaddress.ip_address(address)
        except ValueError:
            return False
        return any(wanted == a.ip for i in self.interfaces for a in i.addresses)


def parse_network(text: str) -> Network:
    """Returns the network from `ip -o link`, `ip -o addr` and the default routes of IPv4; see NETWORK's script."""
    links: dict[str, Interface] = {}
    addresses: dict[str, list[Address]] = {}
    default_route = False
    for kind, *words in words_of(text, at_least=3):
        if kind == "link":
            link = _interface(words)
            links[link.name] = link
        elif kind == "addr":
            addresses.setdefault(words[1], []).extend(_addresses(words))
        elif kind == "route" and words[0] == "default":
            default_route = True
    interfaces = (Interface(i.name, i.mac, tuple(addresses.get(i.name, ()))) for i in links.values())
    return Network(tuple(interfaces), default_route)


def _after(words: list[str], key: str) -> str:
    """Returns the word after a keyword, or an empty text."""
    return words[words.index(key) + 1] if key in words[:-1] else ""


def _interface(words: list[str]) -> Interface:
    """Returns an interface from `2: eth0@if3: <BROADCAST,UP,LOWER_UP> mtu 1500 … link/ether 52:54:00:12:34:56 …`."""
    return Interface(words[1].rstrip(":").partition("@")[0], _after(words, "link/ether"))


def _addresses(words: list[str]) -> Iterator[Address]:
    """Yields the address from `2: eth0 inet 10.0.0.5/24 …`."""
    for key in ("inet", "inet6"):
        try:
            yield ipaddress.ip_interface(_after(words, key))
        except ValueError:
            continue


NETWORK = Fragment(
    "network",
    """ip -o link >"$nw_tmp/link"
ip -o addr >"$nw_tmp/addr"
ip -o -4 route show default >"$nw_tmp/route"
for kind in link addr route; do
    sed "s/^/$kind /" "$nw_tmp/$kind"
done""",
    parse_network,
)
