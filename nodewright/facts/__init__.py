"""Asks every host for the facts that the engine offers; the layers above add their own.

The questions need only coreutils, sh and /proc. If something else is missing (iproute2, systemd, DMI), its answer
is empty. No parser fails, whatever a host prints.
"""

from __future__ import annotations

from typing import Any

from nodewright.facts.capacity import (
    CPUS,
    MEMORY,
    MOUNTS,
    SPACE,
    XFS_WITHOUT_TYPES,
    Memory,
    Mount,
    Space,
    holding,
)
from nodewright.facts.fragment import Fragment
from nodewright.facts.network import NETWORK, Address, Interface, Network
from nodewright.facts.system import (
    CLOCK,
    INIT,
    KERNEL,
    MACHINE,
    OPERATING_SYSTEM,
    PACKAGE_MANAGER,
    Clock,
    Init,
    Kernel,
    Machine,
    OperatingSystem,
    PackageManager,
)

__all__ = [
    "BASE_FRAGMENTS",
    "CLOCK",
    "CPUS",
    "INIT",
    "KERNEL",
    "MACHINE",
    "MEMORY",
    "MOUNTS",
    "NETWORK",
    "OPERATING_SYSTEM",
    "PACKAGE_MANAGER",
    "SPACE",
    "XFS_WITHOUT_TYPES",
    "Address",
    "Clock",
    "Init",
    "Interface",
    "Kernel",
    "Machine",
    "Memory",
    "Mount",
    "Network",
    "OperatingSystem",
    "PackageManager",
    "Space",
    "holding",
]

BASE_FRAGMENTS: tuple[Fragment[Any], ...] = (
    OPERATING_SYSTEM,
    KERNEL,
    INIT,
    PACKAGE_MANAGER,
    MEMORY,
    CPUS,
    MOUNTS,
    SPACE,
    XFS_WITHOUT_TYPES,
    NETWORK,
    CLOCK,
    MACHINE,
)
