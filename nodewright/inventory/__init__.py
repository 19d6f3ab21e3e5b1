"""Loads inventories: YAML files that become typed, frozen settings and hosts.

    ssh: {user: centos}                 # how hosts are reached; each host's own `ssh:` goes over it
    defaults:                           # for all hosts
      labels: {rack: a}
    workers:                            # a group: host name → settings
      defaults:                         # for all hosts of the group
        labels: {disk: ssd}
      node[01:40]:                      # forty hosts; a range in a value goes along in step
        address: 10.0.0.[11:50]
      node07:                           # one of them, with something of its own
        labels: {disk: nvme}

The most specific setting wins: `ssh`, `defaults`, the group's `defaults`, range, host. Maps merge, lists replace.
A host belongs to one group. The model defines the groups, and the settings of hosts.
"""

from nodewright.inventory.explain import Explained, explain
from nodewright.inventory.fields import FileSetting, PathSetting, SecretSetting, TextFile, TextFileSetting
from nodewright.inventory.load import Inventory, load
from nodewright.inventory.models import (
    Bastion,
    HostSettings,
    InventoryModel,
    Port,
    Seconds,
    Settings,
    SshSettings,
)
from nodewright.inventory.problems import Finding, InventoryError, InventoryProblem, Position, Unread
from nodewright.inventory.scalars import Free
from nodewright.inventory.schema import schema
from nodewright.inventory.text import Text

__all__ = [
    "Bastion",
    "Explained",
    "FileSetting",
    "Finding",
    "Free",
    "HostSettings",
    "Inventory",
    "InventoryError",
    "InventoryModel",
    "InventoryProblem",
    "PathSetting",
    "Port",
    "Position",
    "Seconds",
    "SecretSetting",
    "Settings",
    "SshSettings",
    "Text",
    "TextFile",
    "TextFileSetting",
    "Unread",
    "explain",
    "load",
    "schema",
]
