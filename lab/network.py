"""A lab's network: podman's bridge, and the rules that keep the lab inside it.

Nodes have a default route, because without one packets to service addresses are refused before kube-proxy's
rules see them. So the host rejects, in a table of the lab's own, whatever they send beyond the lab: a
forgotten public address shows at once, instead of after a time-out or, worse, never.
"""

import json
from ipaddress import IPv4Network

from lab.settings import HTTP_PORT, REGISTRY_PORT, Lab
from lab.system import call, succeeds

# What nodes send each other is bridged, with each other's hardware addresses; with the host's it is for the
# host, or for what lies beyond. That is rejected before routing, as podman lets its bridge forward nothing.
BEYOND = """
table inet {table} {{
    chain from_lab {{
        type filter hook prerouting priority filter - 10
        iifname != "{bridge}" accept
        ether daddr != {mac} accept
        ct state established,related accept
        ip daddr {gateway} meta l4proto icmp accept
        ip daddr {gateway} tcp dport {{ {ports} }} accept
        icmpv6 type {{ nd-neighbor-solicit, nd-neighbor-advert }} accept
        meta l4proto tcp reject with tcp reset
        reject
    }}
    chain to_lab {{
        type filter hook forward priority filter - 10
        oifname "{bridge}" iifname != "{bridge}" reject
    }}
}}
"""
# Faults: frames of one node by its hardware address, so that ARP and MetalLB's addresses are cut, too.
FAULTS = """
table bridge {table} {{
    chain from_node {{
        type filter hook prerouting priority -300
    }}
    chain to_node {{
        type filter hook postrouting priority -300
    }}
}}
"""


def create(lab: Lab) -> None:
    """Make the network, its bridge and its rules; what is there already stays as it is. Raises LabError."""
    if not succeeds("podman", "network", "exists", lab.network):
        # --internal: podman itself writes no rules then; --disable-dns: no resolver that asks the world.
        call(
            "podman", "network", "create", "--internal", "--disable-dns", "--label", lab.label,
            "--subnet", str(lab.subnet), "--gateway", lab.gateway, lab.network,
        )  # fmt: skip
    bridge = interface(lab)
    if not succeeds("ip", "link", "show", bridge):
        # podman makes it with the first node; the mirror's programs need its address before that.
        call("ip", "link", "add", bridge, "address", lab.mac, "type", "bridge")
        call("ip", "address", "add", f"{lab.gateway}/{lab.subnet.prefixlen}", "dev", bridge)
        call("ip", "link", "set", bridge, "up")
    if not succeeds("nft", "list", "table", "inet", lab.table):
        ports = f"{REGISTRY_PORT}, {HTTP_PORT}"
        names = {"table": lab.table, "bridge": bridge, "mac": lab.mac, "gateway": lab.gateway}
        rules = BEYOND.format(**names, ports=ports)
        call("nft", "--file", "-", stdin=rules + FAULTS.format(table=lab.table))


def remove_rules(lab: Lab) -> None:
    """Take away the lab's rules, and so every fault in force. Nothing there is no error."""
    for family in ("inet", "bridge"):
        if succeeds("nft", "list", "table", family, lab.table):
            call("nft", "delete", "table", family, lab.table)


def remove(lab: Lab) -> None:
    """Take away all that `create` made; no node may be left. Nothing there is no error."""
    remove_rules(lab)
    if succeeds("podman", "network", "exists", lab.network):
        bridge = interface(lab)
        if succeeds("ip", "link", "show", bridge):
            call("ip", "link", "delete", bridge)
        call("podman", "network", "rm", lab.network)


def interface(lab: Lab) -> str:
    """Returns the bridge's name on the host, as podman chose it."""
    found: str = json.loads(call("podman", "network", "inspect", lab.network))[0]["network_interface"]
    return found


def routed() -> list[IPv4Network]:
    """Returns the networks that this host has a route to, other than everything."""
    routes = json.loads(call("ip", "-json", "-4", "route", "show", "table", "all"))
    return [IPv4Network(route["dst"], strict=False) for route in routes if "/" in route["dst"]]


def drop(lab: Lab, mac: str, percent: int, comment: str) -> None:
    """Lose `percent` of the frames from and to the hardware address. `comment` names the rules."""
    share = "" if percent == 100 else f"numgen random mod 100 < {percent} "
    rules = [
        f'add rule bridge {lab.table} {chain} ether {field} {mac} {share}drop comment "{comment}"'
        for chain, field in (("from_node", "saddr"), ("to_node", "daddr"))
    ]
    call("nft", "--file", "-", stdin="\n".join(rules) + "\n")


def undrop(lab: Lab, comment: str) -> None:
    """Delete the rules that `drop` made under this comment."""
    for rule in _fault_rules(lab):
        if rule.get("comment") == comment:
            call("nft", "delete", "rule", "bridge", lab.table, rule["chain"], "handle", str(rule["handle"]))


def drops(lab: Lab) -> set[str]:
    """Returns the comments of all rules in force."""
    return {rule["comment"] for rule in _fault_rules(lab) if "comment" in rule}


def _fault_rules(lab: Lab) -> list[dict[str, str]]:
    if not succeeds("nft", "list", "table", "bridge", lab.table):
        return []
    listed = json.loads(call("nft", "--json", "list", "table", "bridge", lab.table))["nftables"]
    return [item["rule"] for item in listed if "rule" in item]
