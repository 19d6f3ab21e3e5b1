"""Packages of yum and dnf: there, at the version that is pinned, in one transaction."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from nodewright.errors import ConfigurationError
from nodewright.script import shell
from nodewright.script.step import Step

#: `dnf` is DNF 4; DNF 5 is called by its own name, since its options differ.
Manager = Literal["dnf", "dnf5", "yum"]

_NAME = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.+-]*")
_VERSION = re.compile(r"[A-Za-z0-9_.+~^]+(?:-[A-Za-z0-9_.+~^]+)?")


@dataclass(frozen=True)
class Package:
    """A package, and the version it is pinned to.

    Args:
        name: as rpm knows it; without a version also what another package provides.
        version: empty for any; `1.34.2` for that version in any release; `1.34.2-150500` for releases that
            are or begin with `150500.`; never `1.34.20`.
    """

    name: str
    version: str = ""

    def __post_init__(self) -> None:
        if not _NAME.fullmatch(self.name):
            raise ConfigurationError(f"{self.name!r} is no name of a package")
        if self.version and not _VERSION.fullmatch(self.version):
            raise ConfigurationError(f"{self.version!r} is no version or version-release of {self.name}")

    @property
    def patterns(self) -> tuple[str, ...]:
        """Returns the version-releases that fit the pin, as patterns of the shell."""
        if "-" in self.version:
            return (self.version, f"{self.version}.*")
        return (f"{self.version}-*",)

    @property
    def wanted(self) -> str:
        """Returns what yum and dnf are asked for."""
        if not self.version:
            return self.name
        return f"{self.name}-{self.version}{'*' if '-' in self.version else '-*'}"


def packages(
    wanted: Sequence[Package | str],
    *,
    manager: Manager,
    repositories: Sequence[str] = (),
    name: str = "",
    after: tuple[str, ...] = (),
    timeout: float = 1800,
) -> Step:
    """Returns the step that installs all of these by one transaction, the pinned ones at their version.

    A pinned package is installed or upgraded to its version; one without a pin is installed and never moved,
    whatever else the transaction brings. Where a newer one than the pinned is installed the step fails
    and says so: a downgrade of a cluster's parts is not for a provisioning tool to decide. To keep an
    ordinary `dnf update` from moving them, give `repository` an `exclude`: the repository file is read by
    every yum and dnf, where versionlock is a plugin that a minimal machine lacks. Excludes are disabled here.

    Args:
        wanted: packages, or names for any version.
        manager: what the host has, from its facts.
        repositories: ids of the only ones to take the transaction from, dependencies too; none for all
            that are enabled.
        timeout: seconds.

    Raises:
        ConfigurationError: no package, or a name or version that no package can have.
    """
    items = [item if isinstance(item, Package) else Package(item) for item in wanted]
    if not items:
        raise ConfigurationError("a step that installs packages needs one at least")
    names = shell.quote_all(item.name for item in items)
    return Step(
        name=name or f"packages {' '.join(item.name for item in items)}",
        check=shell.script(
            f"if ! rpm -q --quiet {names}; then",
            *(_provided(item) for item in items),
            "fi",
            *(_check_version(item) for item in items if item.version),
        ),
        apply=shell.script(
            *(_refuse_downgrade(item) for item in items if item.version),
            _missing([item.name for item in items if not item.version]),
            f'{install(manager, [item.wanted for item in items if item.version], repositories)} "$@"',
        ),
        show=f"rpm -q {names}",
        after=after,
        timeout=timeout,
    )


def install(manager: Manager, wanted: Sequence[str], repositories: Sequence[str] = ()) -> str:
    """Returns the command for one transaction; signatures are checked as the repositories say."""
    only = ["--disablerepo=*", *(f"--enablerepo={repository}" for repository in repositories)]
    options = ["-y", _no_excludes(manager), *(only if repositories else [])]
    return " ".join([manager, *map(shell.quote, options), "install", *map(shell.quote, wanted)])


def packages_absent(
    unwanted: Sequence[str],
    *,
    manager: Manager,
    name: str = "",
    after: tuple[str, ...] = (),
    timeout: float = 900,
) -> Step:
    """Returns the step that removes these; what depends on them goes with them.

    Args:
        unwanted: names of packages.
        manager: what the host has, from its facts.
        timeout: seconds.
    """
    items = [Package(item) for item in unwanted]
    if not items:
        raise ConfigurationError("a step that removes packages needs one at least")
    names = shell.quote_all(item.name for item in items)
    return Step(
        name=name or f"no packages {' '.join(unwanted)}",
        check=shell.script(*(_if_installed(item, "exit 1") for item in items)),
        apply=f"{manager} -y {shell.quote(_no_excludes(manager))} remove {names}",
        show=shell.script(*(_if_installed(item, f"rpm -q {shell.quote(item.name)}") for item in items)),
        want="",
        after=after,
        timeout=timeout,
    )


def _no_excludes(manager: Manager) -> str:
    """Returns the option that lets a transaction move what repositories exclude.

    Source: dnf5's doc/changes_from_dnf4.7.rst: `--disableexcludes` is dropped, disable_excludes stays.
    """
    return "--setopt=disable_excludes=*" if manager == "dnf5" else "--disableexcludes=all"


def _missing(names: Sequence[str]) -> str:
    """Returns commands that set `$@` to those that are not installed: yum and dnf would upgrade the others."""
    return shell.script(
        f"set -- {shell.quote_all(names)}".rstrip(),
        "for name; do",
        "  shift",
        '  if ! rpm -q --quiet "$name"; then',
        '    if ! rpm -q --quiet --whatprovides "$name"; then',
        '      set -- "$@" "$name"',
        "    fi",
        "  fi",
        "done",
    )


def _provided(package: Package) -> str:
    word = shell.quote(package.name)
    return shell.script(
        f"  if ! rpm -q --quiet {word}; then", f"    rpm -q --quiet --whatprovides {word}", "  fi"
    )


def _if_installed(package: Package, command: str) -> str:
    return shell.script(f"if rpm -q --quiet {shell.quote(package.name)}; then", f"  {command}", "fi")


def _installed(package: Package) -> str:
    return f"installed=$(rpm -q --qf '%{{VERSION}}-%{{RELEASE}}' {shell.quote(package.name)})"


def _fits(package: Package) -> list[str]:
    """Returns the branches of a `case` for what fits the pin: literal text is quoted, the last `*` is not."""
    return [
        f"{shell.quote(pattern[:-1])}*)" if pattern.endswith("*") else f"{shell.quote(pattern)})"
        for pattern in package.patterns
    ]


def _check_version(package: Package) -> str:
    branches = [f"{branch} ;;" for branch in _fits(package)]
    return shell.script(_installed(package), 'case "$installed" in', *branches, "*) exit 1 ;;", "esac")


def _refuse_downgrade(package: Package) -> str:
    message = f"{package.name} is to be {package.version} and is newer here; nodewright does not downgrade:"
    branches = [f"  {branch} ;;" for branch in _fits(package)]
    name = shell.quote(package.name)
    return shell.script(
        f"if rpm -q --quiet {name}; then",
        f"  {_installed(package)}",
        '  case "$installed" in',
        *branches,
        "  *)",
        "    if sort -V -C <<END",
        package.version,
        "$installed",
        "END",
        "    then",
        f'      echo {shell.quote(message)} "$installed" >&2',
        "      exit 1",
        "    fi",
        "    ;;",
        "  esac",
        "fi",
    )
