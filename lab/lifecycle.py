"""A lab's life: up, fresh, down. Each may be run at any time, and after a crash of any other."""

import shutil
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

from lab import host, inventory, mirror, network, nodes, processes, serve, sysctl
from lab.cache import Cache
from lab.errors import LabError
from lab.lock import locked, one_at_a_time
from lab.progress import Progress
from lab.settings import TOPOLOGIES, Lab, Topology, checked_name, free_number, labs, state_root
from lab.versions import RELEASES

# Of each node's own: packages, images, logs.
GIB_PER_NODE = 2.0


def up(name: str, topology: Topology | None = None, minors: Sequence[str] = ()) -> Lab:
    """Bring a lab up, or what is missing of it; the mirror is built if need be. Raises LabError.

    Without a topology it is the one that the lab had last, else the default. Its mirror offers `minors` from
    now on, beside what it offered before.
    """
    host.require_root()
    for minor in minors:
        if minor not in RELEASES:
            raise LabError(f"the lab knows no Kubernetes {minor!r}: take one of {', '.join(RELEASES)}.")
    with (
        locked(state_root() / checked_name(name)),
        Progress() as progress,
        Cache(waiting=progress.say) as cache,
    ):
        if installed := host.install_packages():
            progress.say(f"installed: {', '.join(installed)}")
        host.check_podman()
        lab = _settled(name, topology)
        if not all(path.exists() for path in nodes.running_from(lab)):
            progress.say("the nodes' root file system has gone from the cache: they are made anew")
            _take_away(lab)
        host.need_disk(lab.state, GIB_PER_NODE * len(lab.nodes), f"lab {name}", "XDG_STATE_HOME")
        lab = replace(lab, minors=tuple(m for m in RELEASES if m in {*lab.minors, *minors}))
        supply = mirror.build(cache, lab.minors, progress=progress)
        lab.save()
        sysctl.raise_limits()
        network.create(lab)
        used = sorted({supply.www.parent, supply.rootfs, *nodes.running_from(lab)})
        hold = {path: descriptor for path in used if (descriptor := cache.hold(path)) is not None}
        serve.start(lab, www=supply.www, registry=supply.registry, hold=hold)
        _link(lab.rootfs, supply.rootfs)
        nodes.make_identities(lab)
        nodes.boot(lab)
        lab.inventory.write_text(inventory.text(lab, supply))
        nodes.wait_for_ssh(lab.nodes)
        nodes.sweep(lab)
    mirror.drop_stale()
    return lab


def fresh(name: str) -> Lab:
    """Throw the nodes away and boot bare ones with the same keys; the mirror stays. Raises LabError."""
    lab = existing(name)
    with locked(lab.state):
        if not lab.rootfs.exists():
            raise LabError(
                f"the nodes' root file system has gone from the cache: `invoke lab.up --name {name}` makes it "
                "and bare nodes again."
            )
        for node in lab.nodes:
            processes.stop(lab.state, f"proxy-{node.name}")
        nodes.remove(lab)
        network.remove_rules(lab)
        network.create(lab)
        nodes.boot(lab)
        nodes.wait_for_ssh(lab.nodes)
        nodes.sweep(lab)
    return lab


def down(name: str, purge: bool = False) -> list[str]:
    """Take away all there is of a lab, whatever state it is in; with `purge` the cache as well.

    Returns what the user should know of: kernel settings put back, artifacts that another lab still uses.
    """
    host.require_root()
    folder = state_root() / checked_name(name)
    said = []
    with locked(folder):
        # Without its record, what carries the name can still be found; number and nodes are not needed.
        _take_away(Lab.load(name) or Lab(name, 0, Topology(0, 0)))
        with one_at_a_time(state_root()):
            shutil.rmtree(folder)
            if not any(labs()):
                said += [f"put back {setting}" for setting in sysctl.restore(_settings_before())]
    for empty in (state_root(), state_root().parent):
        with suppress(OSError):
            empty.rmdir()
    if not purge:
        mirror.drop_stale()
    elif kept := Cache().purge():
        said.append(f"still used by another lab, and kept: {', '.join(str(path) for path in kept)}")
    return said


def _take_away(lab: Lab) -> None:
    """Programs, nodes and network: all that carries the lab's name, whether or not it is recorded."""
    processes.stop(lab.state)
    if shutil.which("podman"):
        nodes.remove(lab)
        network.remove(lab)


def existing(name: str) -> Lab:
    """Returns the lab of that name. Raises LabError if there is none, and for anybody but root."""
    host.require_root()
    if lab := Lab.load(checked_name(name)):
        return lab
    known = ", ".join(lab.name for lab in labs()) or "none"
    raise LabError(f"there is no lab {name!r} (there is: {known}): `invoke lab.up --name {name}` makes it.")


def _settled(name: str, topology: Topology | None) -> Lab:
    """Returns the lab as it is recorded, or a new one, which is recorded before anything of it exists."""
    lab = Lab.load(name)
    if lab and topology and lab.topology != topology:
        raise LabError(
            f"lab {name} is up with another topology ({len(lab.nodes)} nodes): "
            f"`invoke lab.down --name {name}` first."
        )
    if lab is None:
        # Another user, or another checkout's tests, may have left a lab of this name without its record.
        _take_away(Lab(name, 0, Topology(0, 0)))
        with one_at_a_time(state_root()):
            lab = Lab(name, free_number(name, network.routed()), topology or TOPOLOGIES["default"])
            sysctl.save(_settings_before())
            lab.save()
    return lab


def _settings_before() -> Path:
    return state_root() / "sysctl-before.json"


def _link(link: Path, target: Path) -> None:
    link.unlink(missing_ok=True)
    link.symlink_to(target)
