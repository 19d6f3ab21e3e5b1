"""Installs packages with yum or dnf, at their pinned versions, in one transaction."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from nodewright.errors import ConfigurationError
from nodewright.script import shell
from nodewright.script.step import Step

#: `dnf` means DNF 4; DNF 5 has a name of its own, since its options differ.
Manager = Literal["dnf", "dnf5", "yum"]

_NAME = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.+-]*")
_VERSION = re.compile(r"[A-Za-z0-9_.+~^]+(?:-[A-Za-z0-9_.+~^]+)?")


@dataclass(frozen=True)
class Package:
    """Names a package, and the version it is pinned to.

    Args:
        name: rpm's name of the package; without a version also a name that another package provides.
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
        """Returns the word that yum and dnf get."""
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
    """Returns the step that installs all of these in one transaction, the pinned ones at their version.

    A pinned package is installed or upgraded to its version. A package without a pin is installed, and never moved
    by this transaction. If a newer version than the pinned one is installed, the step fails and says so: a
    provisioning tool should not decide to downgrade parts of a cluster. To keep an ordinary `dnf update` from
    moving packages, give `repository` an `exclude`. Every yum and dnf reads the repository file; versionlock is a
    plugin that a minimal machine lacks. This step disables excludes.

    Args:
        wanted: packages, or names for any version.
        manager: the host's package manager, from its facts.
        repositories: ids of the only repositories for the transaction and its dependencies; none for all
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
    """Returns the command for one transaction; it checks signatures as the repositories say."""
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
    """Returns the step that removes these packages, and those that depend on them.

    Args:
        unwanted: names of packages.
        manager: the host's package manager, from its facts.
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
    """Returns the option that lets a transaction move packages that repositories exclude.

    Source: dnf5's doc/changes_from_dnf4.7.rst: `--disableexcludes` is dropped, disable_excludes stays.
    """
    return "--setopt=disable_excludes=*" if manager == "dnf5" else "--disableexcludes=all"


def _missing(names: Sequence[str]) -> str:
    """Returns commands that set `$@` to the packages that are missing: yum and dnf would upgrade the others."""
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
    """Returns the branches of a `case` for versions that fit the pin: quoted, except for the last `*`."""
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
