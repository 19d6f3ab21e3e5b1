"""The host's kernel settings: what they were before the first lab, and back to that after the last one.

A node has no kernel of its own: its systemd writes fs.file-max, kubelet kernel.panic and
vm.overcommit_memory, podman net.ipv4.ip_forward, and all of these are the host's.
"""

import json
from collections.abc import Iterator
from pathlib import Path

ROOT = Path("/proc/sys")
TREES = ("fs", "kernel", "net", "vm")
# Counters and clocks among the settings: they change by themselves.
RESTLESS = ("kernel/ns_last_pid", "kernel/random/", "kernel/hostname", "kernel/domainname", "fs/binfmt_misc/")
# The kernel resets net.ipv4.conf.* whenever this one is written, so it goes first.
FIRST = "net/ipv4/ip_forward"

# Counted per user, and every node's programs are root's: two clusters use up the default of 128 instances,
# and a node's systemd then stops in the middle of its boot.
LIMITS = {"fs/inotify/max_user_instances": 8192, "fs/inotify/max_user_watches": 1 << 20}


def snapshot() -> dict[str, str]:
    """Returns every setting that can be read and written, by its path below /proc/sys."""
    return {name: value for name in _writable() if (value := _read(name)) is not None}


def save(file: Path) -> None:
    """Keep a snapshot, unless there is one already: an earlier lab's is the truth."""
    if file.exists():
        return
    partial = file.with_suffix(".partial")
    partial.write_text(json.dumps(snapshot(), indent=0))
    partial.rename(file)


def raise_limits() -> None:
    """Give all nodes together what each machine has for itself; more than that stays as it is."""
    for name, least in LIMITS.items():
        if int(_read(name) or least) < least:
            _write(name, str(least))


def restore(file: Path) -> list[str]:
    """Put back what differs from the snapshot and drop it; says what was put back."""
    if not file.exists():
        return []
    before: dict[str, str] = json.loads(file.read_text())
    put_back = []
    for name in sorted(before, key=lambda name: (name != FIRST, name)):
        now = _read(name)
        if now is not None and now != before[name] and _write(name, before[name]):
            put_back.append(f"{name.replace('/', '.')}: {now} -> {before[name]}")
    file.unlink()
    return put_back


def _writable() -> Iterator[str]:
    for tree in TREES:
        for path in (ROOT / tree).rglob("*"):
            name = str(path.relative_to(ROOT))
            if not name.startswith(RESTLESS) and path.is_file() and path.stat().st_mode & 0o600 == 0o600:
                yield name


def _read(name: str) -> str | None:
    """Returns None for what cannot be read: an interface that has gone, a feature the kernel lacks."""
    try:
        return (ROOT / name).read_text().strip()
    except (OSError, UnicodeDecodeError):
        return None


def _write(name: str, value: str) -> bool:
    try:
        (ROOT / name).write_text(value)
    except OSError:
        return False
    return _read(name) == value
