"""Reads what runs on a host, and which machine it is."""

from __future__ import annotations

import re
import shlex
from dataclasses import dataclass

from nodewright.facts.fragment import Fragment
from nodewright.facts.text import lines_of, number


@dataclass(frozen=True)
class OperatingSystem:
    """Holds the operating system, from os-release(5).

    Args:
        id: for example `centos`, `rocky`, `debian`; empty if the file is missing.
        like: ids of the systems it is made from, closest first.
        version: for example `9` or `9.4`.
        name: for people.
    """

    id: str = ""
    like: tuple[str, ...] = ()
    version: str = ""
    name: str = ""

    @property
    def is_el(self) -> bool:
        """Returns whether it is Enterprise Linux: RHEL, CentOS, or built from them."""
        return bool({"rhel", "centos"} & {self.id, *self.like})

    @property
    def major(self) -> int:
        """Returns the version's first number, or 0."""
        return number(self.version.split(".")[0])


@dataclass(frozen=True)
class Kernel:
    """Holds the running kernel.

    Args:
        release: as `uname -r`.
        machine: as `uname -m`, for example `x86_64`.
    """

    release: str = ""
    machine: str = ""


@dataclass(frozen=True)
class Init:
    """Holds process 1.

    Args:
        name: `systemd`, or another name.
    """

    name: str = ""


@dataclass(frozen=True)
class PackageManager:
    """Holds the program that installs software.

    Args:
        name: `dnf`, `yum`, or empty where there is neither.
        program: the file that the name leads to, for example `/usr/bin/dnf-3`, `/usr/bin/dnf5`.
    """

    name: str = ""
    program: str = ""


@dataclass(frozen=True)
class Clock:
    """Holds the host's time when it was asked.

    Args:
        seconds: since 1970; 0 if unknown.
        synchronized: whether the kernel's clock is disciplined; None if unknown.
    """

    seconds: float = 0.0
    synchronized: bool | None = None


@dataclass(frozen=True)
class Machine:
    """Identifies the machine.

    Args:
        machine_id: machine-id(5); clones that were not cleaned share it.
        product_uuid: of the firmware, lower case; empty if there is none.
        container: from `systemd-detect-virt --container`; a container shares its kernel with others.
    """

    machine_id: str = ""
    product_uuid: str = ""
    container: bool = False


def parse_operating_system(text: str) -> OperatingSystem:
    """Returns the operating system from the text of os-release(5)."""
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
    """Returns the kernel from two lines: release and machine."""
    return Kernel(*lines_of(text, 2))


def parse_init(text: str) -> Init:
    """Returns process 1 from a line with its name."""
    return Init(*lines_of(text, 1))


def parse_package_manager(text: str) -> PackageManager:
    """Returns the package manager from two lines: path of dnf or yum, and the file it leads to."""
    found, program = lines_of(text, 2)
    return PackageManager(found.rpartition("/")[2], program)


def parse_clock(text: str) -> Clock:
    """Returns the clock from two lines: seconds since 1970, and yes or no."""
    seconds, synchronized = lines_of(text, 2)
    return Clock(
        float(seconds) if re.fullmatch(r"\d{1,12}(\.\d+)?", seconds, re.ASCII) else 0.0,
        {"yes": True, "no": False}.get(synchronized),
    )


def parse_machine(text: str) -> Machine:
    """Returns the machine from three lines: machine id, product UUID, kind of container."""
    machine_id, product_uuid, container = lines_of(text, 3)
    return Machine(machine_id, product_uuid.lower(), container not in ("", "none"))


def _unquoted(value: str) -> str:
    try:
        return "".join(shlex.split(value))
    except ValueError:
        return value.strip()


OPERATING_SYSTEM = Fragment(
    "operating-system", "cat /etc/os-release || cat /usr/lib/os-release", parse_operating_system
)
KERNEL = Fragment("kernel", "uname -r\nuname -m", parse_kernel)
INIT = Fragment("init", "cat /proc/1/comm", parse_init)
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
CLOCK = Fragment("clock", "date +%s.%N\ntimedatectl show --property=NTPSynchronized --value", parse_clock)
MACHINE = Fragment(
    "machine",
    """for file in /etc/machine-id /sys/class/dmi/id/product_uuid; do
    if [ -r "$file" ]; then cat "$file"; else echo; fi
done
if command -v systemd-detect-virt >/dev/null; then
    systemd-detect-virt --container
fi""",
    parse_machine,
)
