"""Artifacts that are made of others: the graph of the mirror, and how it is made."""

from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass, field
from functools import cached_property
from graphlib import TopologicalSorter
from pathlib import Path
from threading import Event

from lab.cache import Cache, content_key
from lab.command import Stopped, run
from lab.errors import LabError
from lab.progress import Progress

# Two at once: a compile's last minute is one linker on one core, and a download leaves both idle.
COMPILES_AT_ONCE = 2


@dataclass(frozen=True)
class Job:
    """What a build function gets: the empty folder to fill, its inputs, its log, and when to stop."""

    out: Path
    inputs: Mapping[str, Path]
    log: Path
    stop: Event

    def file(self, source: str) -> Path:
        """Returns what an input holds: "binaries/etcd/bin/etcdctl" is bin/etcdctl of the artifact binaries
        etcd.
        """
        kind, name, path = source.split("/", 2)
        return self.inputs[f"{kind}/{name}"] / path

    def run(self, *argv: str | Path, cwd: Path | None = None, env: Mapping[str, str] | None = None) -> str:
        """Run a program with the job's log; see `lab.command.run`."""
        return run(argv, self.log, cwd=cwd, env=env, stop=self.stop)


@dataclass(frozen=True, eq=False)
class Artifact:
    """Something the cache holds. `recipe` is all that decides its content beside what it is made from."""

    kind: str
    name: str
    recipe: object
    build: Callable[[Job], None]
    needs: tuple["Artifact", ...] = ()
    compiles: bool = field(default=False)

    @cached_property
    def key(self) -> str:
        return content_key(self.recipe, [need.key for need in self.needs])

    def __str__(self) -> str:
        return f"{self.kind}/{self.name}"


def closure(*goals: Artifact) -> list[Artifact]:
    """Returns the artifacts and all they are made from, each after what it needs, in the order of the needs."""
    found: dict[Artifact, None] = {}
    for goal in goals:
        found |= dict.fromkeys(closure(*goal.needs))
        found[goal] = None
    return list(found)


def missing(cache: Cache, artifacts: Iterable[Artifact]) -> list[Artifact]:
    """Returns those that the cache does not hold yet."""
    return [a for a in artifacts if cache.find(a.kind, a.name, a.key) is None]


def needed(cache: Cache, *goals: Artifact) -> list[Artifact]:
    """Returns what has to be made for the goals: nothing of what one that is there was made from."""
    found: dict[Artifact, None] = {}
    for goal in missing(cache, goals):
        found |= dict.fromkeys(needed(cache, *goal.needs))
        found[goal] = None
    return list(found)


def make(cache: Cache, artifacts: list[Artifact], progress: Progress) -> dict[Artifact, Path]:
    """Make all that is missing, compiles beside the rest, and return where each is.

    The first failure ends what else is running and is raised; what was whole by then stays in the cache.
    """
    todo = missing(cache, artifacts)
    progress.expect(len(todo))
    maker = _Maker(cache, progress, Event())
    sorter = TopologicalSorter({a: [need for need in a.needs if need in todo] for a in todo})
    sorter.prepare()
    with (
        ThreadPoolExecutor(COMPILES_AT_ONCE) as compiles,
        ThreadPoolExecutor(1) as others,
    ):
        running: dict[Future[None], Artifact] = {}
        try:
            while sorter.is_active():
                for artifact in sorted(sorter.get_ready(), key=todo.index):
                    lane = compiles if artifact.compiles else others
                    running[lane.submit(maker.make, artifact)] = artifact
                for done in wait(running, return_when=FIRST_COMPLETED).done:
                    sorter.done(running.pop(done))
                    done.result()
        except BaseException:
            maker.stop.set()
            raise
    return {artifact: maker.found(artifact) for artifact in artifacts}


@dataclass(frozen=True)
class _Maker:
    cache: Cache
    progress: Progress
    stop: Event

    def make(self, artifact: Artifact) -> None:
        if self.stop.is_set():
            raise Stopped("stopped")
        log = self.cache.logs / f"{artifact.kind}-{artifact.name}.log"
        log.parent.mkdir(parents=True, exist_ok=True)

        def build(out: Path) -> None:
            log.write_text("")
            inputs = {str(need): self.found(need) for need in artifact.needs}
            artifact.build(Job(out, inputs, log, self.stop))

        with self.progress.component(str(artifact), log):
            self.cache.make(artifact.kind, artifact.name, artifact.key, build)

    def found(self, artifact: Artifact) -> Path:
        path = self.cache.find(artifact.kind, artifact.name, artifact.key)
        if path is None:
            raise LabError(f"{artifact} was removed from {self.cache.root} meanwhile. Try again.")
        return path
