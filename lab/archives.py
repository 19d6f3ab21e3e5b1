"""Packs a program as its release archive does, for what is published without a package for EL."""

import gzip
import tarfile

from lab.artifacts import Artifact, Job
from lab.versions import EPOCH

#: What each artifact of this kind holds.
ARCHIVE = "archive.tgz"


def archive(program: Artifact, source: str, member: str) -> Artifact:
    """Returns the artifact of a gzipped tar archive that holds one program.

    Args:
        source: where the program lies in its artifact.
        member: its name in the archive.
    """

    def build(job: Job) -> None:
        with (
            gzip.GzipFile(job.out / ARCHIVE, "wb", mtime=EPOCH) as packed,
            tarfile.open(fileobj=packed, mode="w") as tar,
        ):
            tar.add(job.inputs[str(program)] / source, member, filter=_of_root)

    return Artifact("archives", program.name, [source, member, EPOCH], build, (program,))


def _of_root(entry: tarfile.TarInfo) -> tarfile.TarInfo:
    entry.uid = entry.gid = 0
    entry.uname = entry.gname = "root"
    entry.mode, entry.mtime = 0o755, EPOCH
    return entry
