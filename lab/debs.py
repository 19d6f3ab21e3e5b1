"""Files of Debian's own packages, for what the mirror repackages instead of compiling."""

from collections.abc import Sequence

from lab.artifacts import Artifact, Job
from lab.command import CommandError
from lab.errors import LabError


def debs(name: str, packages: Sequence[str]) -> Artifact:
    """Returns the packages as this machine's apt offers them, unpacked into one tree."""

    def build(job: Job) -> None:
        # apt downloads into its working folder, as a user of its own unless told that root may do it.
        try:
            job.run("apt-get", "-o", "APT::Sandbox::User=root", "download", *packages, cwd=job.out)
        except CommandError as error:
            raise LabError(f"{error}\nIf apt's lists are old, `apt-get update` mends it.") from error
        for package in sorted(job.out.glob("*.deb")):
            job.run("dpkg-deb", "--extract", package, job.out)
            package.unlink()

    return Artifact("debs", name, list(packages), build)
