"""What the engine itself asks every host; the layers above it bring their own.

No question needs more than coreutils, sh and /proc; what is not there (iproute2, systemd, DMI) leaves its
answer empty. No parser fails, whatever a host prints.
"""

from __future__ import annotations

import ipaddress
import re
import shlex
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from nodewright.facts import Fragment

Address = ipaddress.IPv4Interface | ipaddress.IPv6Interface


@dataclass(frozen=True)
class OperatingSystem:
    """os-release(5).

    Args:
        id: for example `centos`, `rocky`, `debian`; empty where the file is missing.
        like: ids of what it is made from, closest first.
        version: for example `9` or `9.4`.
        name: for people.
    """

    id: str = ""
    like: tuple[str, ...] = ()
    version: str = ""
    name: str = ""

    @property
    def is_el(self) -> bool:
        """Enterprise Linux: RHEL, CentOS and what is built from them."""
        return bool({"rhel", "centos"} & {self.id, *self.like})

    @property
    def major(self) -> int:
        """The version's first number, else 0."""
        return _number(self.version.split(".")[0])


@dataclass(frozen=True)
class Kernel:
    """The running kernel.

    Args:
        release: as `uname -r`.
        machine: as `uname -m`, for example `x86_64`.
        boot_id: differs after each boot.
    """

    release: str = ""
    machine: str = ""
    boot_id: str = ""


@dataclass(frozen=True)
class Naming:
    """What the host calls itself.

    Args:
        hostname: the kernel's.
        fqdn: what the name service makes of it; empty where that knows it not.
    """

    hostname: str = ""
    fqdn: str = ""


@dataclass(frozen=True)
class Init:
    """Process 1.

    Args:
        name: `systemd`, or what else it is.
        systemd_version: 0 where it is not systemd.
        state: as `systemctl is-system-running`: running, degraded, starting, …
    """

    name: str = ""
    systemd_version: int = 0
    state: str = ""


@dataclass(frozen=True)
class PackageManager:
    """How software is installed.

    Args:
        name: `dnf`, `yum`, or empty where there is neither.
        program: what the name leads to, for example `/usr/bin/dnf-3`, `/usr/bin/dnf5`.
    """

    name: str = ""
    program: str = ""


@dataclass(frozen=True)
class Memory:
    """Bytes, of meminfo(5)."""

    total: int = 0
    available: int = 0
    swap: int = 0


@dataclass(frozen=True)
class Mount:
    """One mounted file system.

    Args:
        source: device, or what the kind says.
        point: where.
        kind: file system type.
        options: as /proc/mounts names them.
    """

    source: str
    point: str
    kind: str
    options: tuple[str, ...] = ()


@dataclass(frozen=True)
class Space:
    """A local file system's space, in bytes; what is reserved for root is not free."""

    point: str
    total: int
    free: int


@dataclass(frozen=True)
class Interface:
    """A network interface.

    Args:
        name: for example `eth0`.
        mac: empty where it has none.
        mtu: bytes; 0 where unknown.
        up: switched on, and with a carrier.
        addresses: with their prefix lengths.
    """

    name: str
    mac: str = ""
    mtu: int = 0
    up: bool = False
    addresses: tuple[Address, ...] = ()


@dataclass(frozen=True)
class Route:
    """A default route.

    Args:
        family: 4 or 6.
        gateway: empty for a route without one.
        interface: where it leaves.
        source: the address it leaves with, where the route says.
        metric: the smallest goes first.
    """

    family: int
    gateway: str
    interface: str
    source: str = ""
    metric: int = 0


@dataclass(frozen=True)
class Network:
    """Interfaces and default routes, the preferred route first."""

    interfaces: tuple[Interface, ...] = ()
    default_routes: tuple[Route, ...] = ()

    @property
    def macs(self) -> tuple[str, ...]:
        """Hardware addresses of all interfaces, without those of zeros."""
        return tuple(i.mac for i in self.interfaces if i.mac.strip("0:"))

    def has(self, address: str) -> bool:
        """Whether one of the interfaces has this address."""
        try:
            wanted = ipaddress.ip_address(address)
        except ValueError:
            return False
        return any(wanted == a.ip for i in self.interfaces for a in i.addresses)


@dataclass(frozen=True)
class Clock:
    """The host's time when it was asked.

    Args:
        seconds: since 1970; 0 where it did not say.
        synchronized: whether the kernel's clock is disciplined; None where it does not say.
    """

    seconds: float = 0.0
    synchronized: bool | None = None


@dataclass(frozen=True)
class Machine:
    """What makes this machine itself and not another.

    Args:
        machine_id: machine-id(5); clones that were not cleaned share it.
        product_uuid: the firmware's, lower case; empty where there is none.
        virtualization: what simulates the hardware, as `systemd-detect-virt --vm` says: `none`, `kvm`, …;
            empty where unknown.
        container: as `systemd-detect-virt --container` says: it shares its kernel with others.
    """

    machine_id: str = ""
    product_uuid: str = ""
    virtualization: str = ""
    container: bool = False


def parse_operating_system(text: str) -> OperatingSystem:
    """From os-release(5)."""
    values: dict[str, str] = {}
    for line in text.splitlines():
        key, is_assignment, value = line.partition("=")
        if is_assignment:
            values[key.strip()] = _unquoted(value)
    return OperatingSystem(
        id=values.get("ID", ""),
        like=tuple(values.get("ID_LIKE", "").split()),
        version=values.get("VERSION_ID", ""),
        name=values.get("PRETTY_NAME", ""),
    )


def parse_kernel(text: str) -> Kernel:
    """From three lines: release, machine, boot id."""
    return Kernel(*_lines(text, 3))


def parse_naming(text: str) -> Naming:
    """From two lines: hostname, and the fully qualified name or none."""
    hostname, fqdn = _lines(text, 2)
    return Naming(hostname, fqdn if "." in fqdn else "")


def parse_init(text: str) -> Init:
    """From three lines: name of process 1, first line of `systemctl --version`, state."""
    name, version, state = _lines(text, 3)
    words = version.split()
    return Init(name, _number(words[1]) if len(words) > 1 else 0, state)


def parse_package_manager(text: str) -> PackageManager:
    """From two lines: path of dnf or yum, and where that leads."""
    found, program = _lines(text, 2)
    return PackageManager(found.rpartition("/")[2], program)


def parse_memory(text: str) -> Memory:
    """From meminfo(5), which counts in KiB."""
    kib = {key: _number(rest) for key, _, rest in (line.partition(":") for line in text.splitlines())}
    return Memory(*(kib.get(key, 0) * 1024 for key in ("MemTotal", "MemAvailable", "SwapTotal")))


def parse_cpus(text: str) -> int:
    """From `nproc`."""
    return _number(text)


def parse_mounts(text: str) -> tuple[Mount, ...]:
    """From /proc/mounts, fstab(5)'s form; in the order in which they were mounted."""
    return tuple(
        Mount(_unescaped(source), _unescaped(point), kind, tuple(options.split(",")))
        for source, point, kind, options, *_ in _words(text, at_least=4)
    )


def parse_space(text: str) -> tuple[Space, ...]:
    """From `df -P -k`, without its headline; the mount point is the rest of the line."""
    found = []
    for line in text.splitlines():
        match = re.fullmatch(r".*\s(\d+)\s+-?\d+\s+(-?\d+)\s+(?:\d+%|-)\s+(/.*)", line, re.ASCII)
        if match:
            found.append(Space(match[3], int(match[1]) * 1024, max(0, int(match[2])) * 1024))
    return tuple(found)


def parse_network(text: str) -> Network:
    """From `ip -o link`, `ip -o addr` and the default routes of both families; see NETWORK's script."""
    links: dict[str, Interface] = {}
    addresses: dict[str, list[Address]] = {}
    routes: list[Route] = []
    for kind, *words in _words(text, at_least=3):
        if kind == "link":
            link = _interface(words)
            links[link.name] = link
        elif kind == "addr":
            addresses.setdefault(words[1], []).extend(_addresses(words))
        elif kind in ("route4", "route6") and words[0] == "default":
            routes.append(_route(int(kind[-1]), words))
    interfaces = (
        Interface(i.name, i.mac, i.mtu, i.up, tuple(addresses.get(i.name, ()))) for i in links.values()
    )
    return Network(tuple(interfaces), tuple(sorted(routes, key=lambda route: (route.family, route.metric))))


def parse_clock(text: str) -> Clock:
    """From two lines: seconds since 1970, and yes or no."""
    seconds, synchronized = _lines(text, 2)
    return Clock(
        float(seconds) if re.fullmatch(r"\d{1,12}(\.\d+)?", seconds, re.ASCII) else 0.0,
        {"yes": True, "no": False}.get(synchronized),
    )


def parse_machine(text: str) -> Machine:
    """From four lines: machine id, product UUID, kind of virtualization, kind of container."""
    machine_id, product_uuid, virtualization, container = _lines(text, 4)
    return Machine(machine_id, product_uuid.lower(), virtualization, container not in ("", "none"))


def _lines(text: str, count: int) -> list[str]:
    lines = [line.strip() for line in text.splitlines()[:count]]
    return lines + [""] * (count - len(lines))


def _words(text: str, at_least: int) -> Iterator[list[str]]:
    for line in text.splitlines():
        words = line.split()
        if len(words) >= at_least:
            yield words


def _number(text: str) -> int:
    """The digits that a text begins with, as a number; 0 where there are none."""
    match = re.match(r"\s*(\d{1,18})", text, re.ASCII)
    return int(match[1]) if match else 0


def _unquoted(value: str) -> str:
    try:
        return "".join(shlex.split(value))
    except ValueError:
        return value.strip()


def _unescaped(field: str) -> str:
    """fstab(5): a space is \\040, and so on; the bytes are UTF-8."""
    plain = re.sub(rb"\\([0-3][0-7]{2})", lambda match: bytes([int(match[1], 8)]), field.encode())
    return plain.decode("utf-8", "replace")


def _after(words: list[str], key: str) -> str:
    """The word after a keyword, or nothing."""
    return words[words.index(key) + 1] if key in words[:-1] else ""


def _interface(words: list[str]) -> Interface:
    """From `2: eth0@if3: <BROADCAST,UP,LOWER_UP> mtu 1500 … link/ether 52:54:00:12:34:56 …`."""
    flags = set(words[2].strip("<>").split(",")) if len(words) > 2 else set()
    return Interface(
        name=words[1].rstrip(":").partition("@")[0],
        mac=_after(words, "link/ether"),
        mtu=_number(_after(words, "mtu")),
        up={"UP", "LOWER_UP"} <= flags,
    )


def _addresses(words: list[str]) -> Iterator[Address]:
    """From `2: eth0 inet 10.0.0.5/24 …`."""
    for key in ("inet", "inet6"):
        try:
            yield ipaddress.ip_interface(_after(words, key))
        except ValueError:
            continue


def _route(family: int, words: list[str]) -> Route:
    """From `default via 10.0.0.1 dev eth0 src 10.0.0.5 metric 100`."""
    return Route(
        family,
        _after(words, "via"),
        _after(words, "dev"),
        _after(words, "src"),
        _number(_after(words, "metric")),
    )


OPERATING_SYSTEM = Fragment(
    "operating-system", "cat /etc/os-release || cat /usr/lib/os-release", parse_operating_system
)
KERNEL = Fragment("kernel", "uname -r\nuname -m\ncat /proc/sys/kernel/random/boot_id", parse_kernel)
NAMING = Fragment("naming", "uname -n\nhostname -f", parse_naming)
INIT = Fragment(
    "init",
    """cat /proc/1/comm
command -v systemctl >/dev/null
systemctl --version >"$nw_tmp/systemctl"
head -n 1 "$nw_tmp/systemctl"
systemctl is-system-running""",
    parse_init,
)
PACKAGE_MANAGER = Fragment(
    "package-manager",
    """for name in dnf yum; do
    if program=$(command -v "$name"); then
        echo "$program"
        readlink -f "$program"
        break
    fi
done""",
    parse_package_manager,
)
MEMORY = Fragment("memory", "cat /proc/meminfo", parse_memory)
CPUS = Fragment("cpus", "nproc", parse_cpus)
MOUNTS = Fragment("mounts", "cat /proc/mounts", parse_mounts)
SPACE = Fragment("space", "df -P -k -l", parse_space)
NETWORK = Fragment(
    "network",
    """ip -o link >"$nw_tmp/link"
ip -o addr >"$nw_tmp/addr"
ip -o -4 route show default >"$nw_tmp/route4"
ip -o -6 route show default >"$nw_tmp/route6"
for kind in link addr route4 route6; do
    sed "s/^/$kind /" "$nw_tmp/$kind"
done""",
    parse_network,
)
CLOCK = Fragment("clock", "date +%s.%N\ntimedatectl show --property=NTPSynchronized --value", parse_clock)
MACHINE = Fragment(
    "machine",
    """for file in /etc/machine-id /sys/class/dmi/id/product_uuid; do
    if [ -r "$file" ]; then cat "$file"; else echo; fi
done
if command -v systemd-detect-virt >/dev/null; then
    for option in --vm --container; do
        virtualization=$(systemd-detect-virt "$option" || true)
        echo "$virtualization"
    done
fi""",
    parse_machine,
)

BASE_FRAGMENTS: tuple[Fragment[Any], ...] = (
    OPERATING_SYSTEM,
    KERNEL,
    NAMING,
    INIT,
    PACKAGE_MANAGER,
    MEMORY,
    CPUS,
    MOUNTS,
    SPACE,
    NETWORK,
    CLOCK,
    MACHINE,
)
