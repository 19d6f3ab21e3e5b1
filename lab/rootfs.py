"""The nodes' root file system: Debian 12 made to look like EL to a provisioning tool.

Two artifacts: `BASE` is packages only, and takes minutes; `node` is that with the files of `lab/node`
and the RPM that tells dnf what the base already has, and takes seconds. Nodes boot from overlays over it.
"""

import shutil
from pathlib import Path

from lab.artifacts import Artifact, Job
from lab.cache import files_key
from lab.versions import DEBIAN

FILES = Path(__file__).with_name("node")
PACKAGES = (FILES / "packages").read_text().split()
# Nobody reads manuals on a node, and one that is lost with the machine can be built again.
DPKG = """\
force-unsafe-io
path-exclude=/usr/share/doc/*
path-exclude=/usr/share/man/*
path-exclude=/usr/share/info/*
path-exclude=/usr/share/locale/*
"""
QUIET = {"DEBIAN_FRONTEND": "noninteractive", "LC_ALL": "C.UTF-8"}


def _make_base(job: Job) -> None:
    job.run("debootstrap", "--variant=minbase", DEBIAN, job.out, env=QUIET)
    (job.out / "etc/dpkg/dpkg.cfg.d/lab").write_text(DPKG)
    # Not by debootstrap's --include: dnf and its kind fail to configure there.
    for words in (["update"], ["install", "--yes", "--no-install-recommends", *PACKAGES], ["clean"]):
        job.run("chroot", job.out, "apt-get", "--quiet=2", *words, env=QUIET)
    for leftover in ("var/lib/apt/lists", "var/cache/apt", "var/log/apt"):
        shutil.rmtree(job.out / leftover)


BASE = Artifact("rootfs", "base", [DEBIAN, PACKAGES, DPKG], _make_base)


def node(base_rpm: Artifact) -> Artifact:
    """Returns the root file system that nodes boot from; `base_rpm` is a folder with the one RPM to install."""

    def make(job: Job) -> None:
        [rpm] = job.inputs[str(base_rpm)].glob("*.rpm")
        below = job.inputs[str(BASE)]
        for entry in below.iterdir():
            # /usr is most of it, and nothing writes there in place: links take no room.
            link = ["--link"] if entry.name == "usr" else []
            job.run("cp", "--archive", *link, entry, job.out)
        own = ["--recursive", "--no-preserve=ownership", "--preserve=mode", "--remove-destination"]
        job.run("cp", *own, f"{FILES}/root/.", job.out)
        shutil.copy(rpm, job.out / "base.rpm")
        shutil.copy(FILES / "finish.sh", job.out / "finish.sh")
        job.run("chroot", job.out, "/finish.sh", env=QUIET)
        (job.out / "base.rpm").unlink()
        (job.out / "finish.sh").unlink()

    return Artifact("rootfs", "node", files_key(FILES), make, needs=(BASE, base_rpm))
