"""Makes RPMs and their repositories, signed like the public ones: each package, and the list of them."""

import os
import shutil
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict
from pathlib import Path

from lab.artifacts import Artifact, Job
from lab.cache import files_key
from lab.package_recipes import BASE, File, Package
from lab.signing import KEY, PUBLIC, USER, keyring
from lab.versions import EPOCH

OWN_FILES = Path(__file__).parent / "packages"


def repository(name: str, packages: Sequence[Package], inputs: Iterable[Artifact]) -> Artifact:
    """Returns a folder to serve: signed packages, signed repodata, and the key as repodata/repomd.xml.key.

    `inputs` are the artifacts that the packages' files come from.
    """

    def build(job: Job) -> None:
        for package in packages:
            _package(package, job)
        with keyring(job.inputs[str(KEY)]) as env:
            rpms = sorted(job.out.glob("*.rpm"))
            # Debian's rpm looks for gpg by name alone, and does not find it.
            defines = ["--define", f"_gpg_name {USER}", "--define", "__gpg /usr/bin/gpg"]
            job.run("rpmsign", *defines, "--addsign", *rpms, env=env)
            epoch = ["--revision", str(EPOCH), "--set-timestamp-to-revision"]
            job.run("createrepo_c", "--no-database", *epoch, job.out)
            index = job.out / "repodata" / "repomd.xml"
            job.run("gpg", "--batch", "--armor", "--detach-sign", index, env=env)
        shutil.copy(job.inputs[str(KEY)] / PUBLIC, index.with_name("repomd.xml.key"))

    recipe = [[_recipe(package) for package in packages], _own_files(packages)]
    return Artifact("rpms", name, recipe, build, (KEY, *inputs))


def base_rpm() -> Artifact:
    """Returns a folder with the one package that tells dnf what a node's Debian provides."""
    return Artifact("rpms", "base", _recipe(BASE), lambda job: _package(BASE, job))


def spec(package: Package) -> str:
    """Returns the spec file of a package whose files lie ready in the folder that the macro `stage` names."""
    return "\n".join([*_head(package), "", *_scripts(package), *_body(package), ""])


def _head(package: Package) -> list[str]:
    relations: Mapping[str, tuple[str, ...]] = {
        "Requires": package.requires,
        "Recommends": package.recommends,
        "Provides": package.provides,
        "Conflicts": package.conflicts,
    }
    return [
        f"Name: {package.name}",
        *([f"Epoch: {package.epoch}"] if package.epoch else []),
        f"Version: {package.version}",
        f"Release: {package.release}",
        f"Summary: {package.summary}",
        "License: Apache-2.0",
        *(["BuildArch: noarch"] if package.noarch else []),
        "AutoReqProv: no",
        *(f"{kind}: {other}" for kind, others in relations.items() for other in others),
    ]


def _scripts(package: Package) -> list[str]:
    """Returns what EL's systemd macros and file triggers do: units stop with their package, systemd sees new
    ones.
    """
    units = " ".join(package.units)
    after = [*([package.post] if package.post else []), *(["systemctl daemon-reload || :"] if units else [])]
    lines = ["%post", *after, ""] if after else []
    if units:
        stop = f"[ $1 -gt 0 ] || systemctl --no-reload disable --now {units} || :"
        lines += ["%preun", stop, "", "%postun", "systemctl daemon-reload || :", ""]
    return lines


def _body(package: Package) -> list[str]:
    return [
        "%description",
        package.summary,
        "",
        "%install",
        "cp --archive --link %{stage}/. %{buildroot}",
        "",
        "%files",
        *(f"%dir %attr(0755, root, root) {folder}" for folder in package.folders),
        *(_entry(file) for file in package.files),
    ]


def _entry(file: File) -> str:
    config = "%config(noreplace) " if file.config else ""
    return f"{config}%attr({file.mode}, root, root) {file.path}"


# Binaries are stripped already and must stay what they are; zstd unpacks several times faster than gzip.
MACROS = {
    "__os_install_post": "%{nil}",
    "_build_id_links": "none",
    "_binary_payload": "w3.zstdio",
    "_buildhost": "lab",
    "use_source_date_epoch_as_buildtime": "1",
    "clamp_mtime_to_source_date_epoch": "1",
    "_dbpath": "%{_topdir}/db",
    "_rpmfilename": "%{NAME}-%{VERSION}-%{RELEASE}.%{ARCH}.rpm",
}


def _package(package: Package, job: Job) -> None:
    top = job.out / "rpmbuild"
    stage = top / "stage"
    stage.mkdir(parents=True)
    for folder in package.folders:
        (stage / folder.lstrip("/")).mkdir(parents=True, exist_ok=True)
    for file in package.files:
        target = stage / file.path.lstrip("/")
        target.parent.mkdir(parents=True, exist_ok=True)
        _place(_source(file, job), target)
    specification = top / f"{package.name}.spec"
    specification.write_text(spec(package))
    macros = {**MACROS, "_topdir": str(top), "_rpmdir": str(job.out), "stage": str(stage)}
    defines = [word for name, value in macros.items() for word in ("--define", f"{name} {value}")]
    env = {"SOURCE_DATE_EPOCH": str(EPOCH)}
    job.run("rpmbuild", "-bb", "--quiet", "--target", "x86_64", *defines, specification, env=env)
    shutil.rmtree(top)


def _source(file: File, job: Job) -> Path:
    kind, _, name = file.source.partition("/")
    return OWN_FILES / name if kind == OWN_FILES.name else job.file(file.source)


def _place(source: Path, target: Path) -> None:
    try:
        os.link(source, target)
    except OSError:
        # The lab's own files may lie on another disk than the cache.
        shutil.copyfile(source, target)


def _recipe(package: Package) -> list[object]:
    return [asdict(package), spec(package), MACROS]


def _own_files(packages: Sequence[Package]) -> list[str]:
    prefix = f"{OWN_FILES.name}/"
    own = {
        file.source.removeprefix(prefix)
        for package in packages
        for file in package.files
        if file.source.startswith(prefix)
    }
    return [files_key(OWN_FILES / name) for name in sorted(own)]
