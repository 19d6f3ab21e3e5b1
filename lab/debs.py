"""Files of Debian's own packages, for what the mirror repackages instead of compiling."""

from collections.abc import Sequence

from lab.artifacts import Artifact, Job


def debs(name: str, packages: Sequence[str]) -> Artifact:
    """The packages as this machine's apt offers them, unpacked into one tree."""

    def build(job: Job) -> None:
        # apt downloads into its working folder, as a user of its own unless told that root may do it.
        job.run("apt-get", "-o", "APT::Sandbox::User=root", "download", *packages, cwd=job.out)
        for package in sorted(job.out.glob("*.deb")):
            job.run("dpkg-deb", "--extract", package, job.out)
            package.unlink()

    return Artifact("debs", name, list(packages), build)
