"""Reads how much a host can hold: memory, processors, file systems."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TypeVar

from nodewright.facts.fragment import Fragment
from nodewright.facts.text import number, words_of


@dataclass(frozen=True)
class Memory:
    """Holds bytes of memory, from meminfo(5)."""

    total: int = 0


@dataclass(frozen=True)
class Mount:
    """Holds one mounted file system.

    Args:
        source: a device, or what this type of file system has instead.
        point: the mount point.
        kind: file system type.
        options: as /proc/mounts names them.
    """

    source: str
    point: str
    kind: str
    options: tuple[str, ...] = ()


@dataclass(frozen=True)
class Space:
    """Holds a local file system's space, in bytes; blocks reserved for root do not count as free."""

    point: str
    total: int
    free: int


def parse_memory(text: str) -> Memory:
    """Returns memory from the text of meminfo(5), which counts in KiB."""
    kib = {key: number(rest) for key, _, rest in (line.partition(":") for line in text.splitlines())}
    return Memory(kib.get("MemTotal", 0) * 1024)


def parse_cpus(text: str) -> int:
    """Returns the number of processors from the output of `nproc`."""
    return number(text)


def parse_mounts(text: str) -> tuple[Mount, ...]:
    """Returns file systems from /proc/mounts, which has the form of fstab(5), in the order of mounting."""
    return tuple(
        Mount(_unescaped(source), _unescaped(point), kind, tuple(options.split(",")))
        for source, point, kind, options, *_ in words_of(text, at_least=4)
    )


def parse_space(text: str) -> tuple[Space, ...]:
    """Returns space from `df -P -k` without its headline; the mount point is the rest of the line."""
    found = []
    for line in text.splitlines():
        match = re.fullmatch(r".*\s(\d+)\s+-?\d+\s+(-?\d+)\s+(?:\d+%|-)\s+(/.*)", line, re.ASCII)
        if match:
            found.append(Space(match[3], int(match[1]) * 1024, max(0, int(match[2])) * 1024))
    return tuple(found)


def parse_xfs_without_types(text: str) -> frozenset[str]:
    """Returns the devices from lines with one device each."""
    return frozenset(line.strip() for line in text.splitlines() if line.strip())


def _unescaped(field: str) -> str:
    """Returns a field of fstab(5) as plain text: `\\040` is a space, and so on; the bytes are UTF-8."""
    plain = re.sub(rb"\\([0-3][0-7]{2})", lambda match: bytes([int(match[1], 8)]), field.encode())
    return plain.decode("utf-8", "replace")


_Place = TypeVar("_Place", Mount, Space)


def holding(places: tuple[_Place, ...], path: str) -> _Place | None:
    """Returns the file system that a path lies on or would lie on: of several on one point, the last."""
    found: _Place | None = None
    for place in places:
        inside = place.point in {"/", path} or path.startswith(f"{place.point}/")
        if inside and (found is None or len(place.point) >= len(found.point)):
            found = place
    return found


MEMORY = Fragment("memory", "cat /proc/meminfo", parse_memory)
CPUS = Fragment("cpus", "nproc", parse_cpus)
MOUNTS = Fragment("mounts", "cat /proc/mounts", parse_mounts)
SPACE = Fragment("space", "df -P -k -l", parse_space)

#: Devices with an XFS without file types in its folders (`mkfs.xfs -n ftype=0`, the default before EL 7.3).
XFS_WITHOUT_TYPES = Fragment(
    "xfs-without-types",
    """sort -u -k 1,1 /proc/mounts >"$nw_tmp/mounts"
while read -r device point kind _; do
    if [ "$kind" = xfs ] && xfs_info "$point" 2>/dev/null | grep -q 'ftype=0'; then echo "$device"; fi
done <"$nw_tmp/mounts"
""",
    parse_xfs_without_types,
)
