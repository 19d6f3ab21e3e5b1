"""Compiles the components with Go: commands into bin/, files of the module into files/.

Sources come from the module proxy and are checked against the committed go.sum. All components share one
build cache and one module cache below the cache's work folder, because their modules share packages.
"""

import shutil
from collections.abc import Callable
from pathlib import Path

from lab.artifacts import Artifact, Job
from lab.cache import files_key
from lab.command import CommandError
from lab.components import Component
from lab.errors import LabError


def binaries(component: Component, go: Callable[[], Path], work: Path) -> Artifact:
    """Returns the artifact of a component: `go` finds the compiler, `work` is the folder of the shared
    caches.
    """
    return Artifact(
        kind="binaries",
        name=component.name,
        recipe=[
            [str(word) for word in build_command(component, Path("go"), Path("bin"))],
            component.cgo,
            component.files,
            files_key(component.folder),
        ],
        build=lambda job: _compile(component, go(), work, job),
        compiles=True,
    )


def _compile(component: Component, go: Path, work: Path, job: Job) -> None:
    env = environment(component, work)
    try:
        job.run(*build_command(component, go, job.out / "bin"), cwd=component.folder, env=env)
    except CommandError as error:
        if reason := explain(error.output):
            raise LabError(f"{component.name} {component.version}: {reason} (log: {job.log})") from error
        raise
    if component.files:
        where = job.run(go, "list", "-m", "-f", "{{.Dir}}", component.module, cwd=component.folder, env=env)
        module = Path(where.splitlines()[-1])
        (job.out / "files").mkdir()
        for file in component.files:
            # copyfile, not copy: files in the module cache are read-only.
            shutil.copyfile(module / file, job.out / "files" / Path(file).name)


def build_command(component: Component, go: Path, out: Path) -> list[str | Path]:
    """Returns the command line that compiles every tool of the component's go.mod into `out`."""
    stamps = [f"-X {variable}={value}" for variable, value in component.stamps.items()]
    static = ["-extldflags=-static"] if component.cgo else []
    command: list[str | Path] = [go, "build", "-mod=readonly", "-trimpath"]
    command += ["-ldflags", " ".join(["-s", "-w", *static, *stamps])]
    if component.tags:
        command += ["-tags", ",".join(component.tags)]
    if component.go_language:
        command += ["-gcflags", f"{component.module}/...=-lang=go{component.go_language}"]
    return [*command, "-o", f"{out}/", "tool"]


def environment(component: Component, work: Path) -> dict[str, str]:
    """Returns what the compiler's environment must say whatever the user's own says."""
    return {
        "CGO_ENABLED": "1" if component.cgo else "0",
        "GOCACHE": str(work / "go-build"),
        "GOMODCACHE": str(work / "go-modules"),
        "GOFLAGS": "-modcacherw -buildvcs=false",
        "GOTOOLCHAIN": "local",
        "GOWORK": "off",
    }


NOT_OFFERED = (
    "the module proxy does not offer this version, or one that it needs. Choose another version in "
    "lab/versions.py and its go.mod, and run `go mod tidy` there"
)
EXPLANATIONS = {
    "This module version is not available": NOT_OFFERED,
    "unknown revision": NOT_OFFERED,
    "404 Not Found": NOT_OFFERED,
    "410 Gone": NOT_OFFERED,
    "SECURITY ERROR": "what the module proxy sent is not what the committed go.sum says. Do not use "
    "it; try again later or from another network",
    "missing go.sum entry": "go.sum does not fit go.mod. Run `go mod tidy` in its folder of lab/go",
    "requires go >=": "the Go compiler is too old for it. Install the version that the log names, or newer",
    "no space left on device": "the disk is full. Make room, or set XDG_CACHE_HOME to a folder elsewhere",
    "dial tcp": "the module proxy cannot be reached. Check the network and GOPROXY, then run it again: what "
    "is compiled is not compiled twice",
    "seccomp.h": "libseccomp's headers are missing. Install libseccomp-dev",
    "libseccomp": "libseccomp is missing. Install libseccomp-dev and pkg-config",
}


def explain(output: str) -> str | None:
    """Returns what a failed compile means and what to do, in one sentence, if we know."""
    return next((meaning for sign, meaning in EXPLANATIONS.items() if sign in output), None)
