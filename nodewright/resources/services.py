"""Enables, starts, restarts and stops units of systemd.

Each step first keeps the unit's state from before nodewright changed it: see `before`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from nodewright.paths import STAMPS, UNITS
from nodewright.resources.before import keep_unit
from nodewright.resources.files import file
from nodewright.script import shell
from nodewright.script.step import Step


def service(
    unit: str,
    *,
    at_boot: bool = True,
    depends_on: Sequence[str] = (),
    packages: Sequence[str] = (),
    name: str = "",
    after: tuple[str, ...] = (),
    timeout: float = 300,
) -> Step:
    """Returns the step that keeps a unit running and enabled, and restarts it when its dependencies change.

    No handler can get lost: the last successful restart leaves a stamp on the host, with the digests of all that
    the unit depends on. The check compares it with the present digests. The apply always restarts.

    Args:
        unit: `containerd.service`; a name without a suffix is a service.
        at_boot: enables the unit; if false, it stays enabled or disabled as it is.
        depends_on: absolute paths of files; a change of one makes a restart due. Each has to exist.
        packages: names of packages; another version of one makes a restart due.
        timeout: seconds.
    """
    word = shell.quote(shell.unit_name(unit))
    stamp = shell.quote(f"{STAMPS}/{shell.unit_name(unit)}")
    watched = _watched(depends_on, packages)
    return Step(
        name=name or f"service {shell.unit_name(unit)}",
        check=shell.script(
            f'[ "$(systemctl is-enabled {word})" = enabled ]' if at_boot else "",
            f"systemctl is-active --quiet {word}",
            loaded_as_on_disk(word),
            shell.script(watched, f'[ "$(cat {stamp})" = "$files$versions" ]') if watched else "",
        ),
        apply=shell.script(
            keep_unit(unit),
            _unmask(word),
            f"if ! {loaded_as_on_disk(word)}; then",
            "  systemctl daemon-reload",
            "fi",
            _enable(word) if at_boot else "",
            # Read before the restart, so that a change during it makes another one due.
            watched,
            f"if ! systemctl restart {word}; then",
            f"  journalctl --no-pager --lines=30 --unit={word}",
            "  exit 1",
            "fi",
            _leave_stamp(stamp) if watched else "",
        ),
        show=_show(word),
        after=after,
        timeout=timeout,
    )


def enabled(unit: str, *, name: str = "", after: tuple[str, ...] = ()) -> Step:
    """Returns the step that enables a unit without starting it: some cannot run until later steps set them up.

    Args:
        unit: a name without a suffix is a service.
    """
    word = shell.quote(shell.unit_name(unit))
    return Step(
        name=name or f"{shell.unit_name(unit)} enabled",
        check=f'[ "$(systemctl is-enabled {word})" = enabled ]',
        apply=shell.script(keep_unit(unit), _unmask(word), _enable(word)),
        show=_show(word),
        after=after,
    )


def stopped(unit: str, *, name: str = "", after: tuple[str, ...] = (), timeout: float = 120) -> Step:
    """Returns the step that stops and disables a unit; a unit that is not installed needs nothing.

    Args:
        unit: `firewalld.service`; a name without a suffix is a service.
        timeout: seconds.
    """
    word = shell.quote(shell.unit_name(unit))
    return Step(
        name=name or f"{shell.unit_name(unit)} stopped",
        check=shell.script(
            f'case "$(systemctl is-enabled {word})" in',
            "enabled*) exit 1 ;;",
            "esac",
            _not_running(word),
        ),
        apply=shell.script(
            keep_unit(unit),
            f'case "$(systemctl is-enabled {word})" in',
            f"enabled*) systemctl disable {word} ;;",
            "esac",
            _stop(word),
        ),
        show=_show(word),
        after=after,
        timeout=timeout,
    )


def masked(unit: str, *, name: str = "", after: tuple[str, ...] = (), timeout: float = 120) -> Step:
    """Returns the step that stops and masks a unit, so that nothing can start it, installed or not.

    Args:
        unit: `dev-zram0.swap`; a name without a suffix is a service.
        timeout: seconds.
    """
    word = shell.quote(shell.unit_name(unit))
    return Step(
        name=name or f"{shell.unit_name(unit)} masked",
        check=shell.script(f'[ "$(systemctl is-enabled {word})" = masked ]', _not_running(word)),
        apply=shell.script(keep_unit(unit), _stop(word), f"systemctl mask {word}"),
        show=_show(word),
        after=after,
        timeout=timeout,
    )


def drop_in(unit: str, label: str, content: str, *, name: str = "", after: tuple[str, ...] = ()) -> Step:
    """Returns the step that writes a drop-in of a unit and loads it; `service` with this path restarts the unit.

    Args:
        unit: a name without a suffix is a service.
        label: the file's name without `.conf`, for example `10-nodewright`.
        content: the file's text.
    """
    return _unit_file(shell.unit_name(unit), drop_in_path(unit, label), content, name, after)


def drop_in_path(unit: str, label: str) -> str:
    """Returns the path that `drop_in` writes."""
    return f"{UNITS}/{shell.unit_name(unit)}.d/{label}.conf"


def unit_file(unit: str, content: str, *, name: str = "", after: tuple[str, ...] = ()) -> Step:
    """Returns the step that writes a whole unit of ours, and loads it.

    Args:
        unit: a name without a suffix is a service.
        content: the file's text.
    """
    return _unit_file(shell.unit_name(unit), f"{UNITS}/{shell.unit_name(unit)}", content, name, after)


def loaded_as_on_disk(word: str) -> str:
    """Returns the command that fails if systemd has to reload the files of the unit, a word of the shell."""
    return f'[ "$(systemctl show --property=NeedDaemonReload {word})" = NeedDaemonReload=no ]'


def _unit_file(unit: str, path: str, content: str, name: str, after: tuple[str, ...]) -> Step:
    step = file(path, content, name=name, after=after)
    return replace(
        step,
        check=shell.script(step.check, loaded_as_on_disk(shell.quote(unit))),
        apply=shell.script(step.apply, "systemctl daemon-reload"),
    )


def _enable(word: str) -> str:
    """Returns the command without a reload, for which systemd runs all generators: a start loads its own unit."""
    return f"systemctl enable --no-reload {word}"


def _unmask(word: str) -> str:
    return shell.script(
        f'if [ "$(systemctl is-enabled {word})" = masked ]; then', f"  systemctl unmask {word}", "fi"
    )


def _running(word: str, command: str) -> str:
    """Returns commands that run `command` if the unit runs, starts or stops."""
    states = ("active", "activating", "reloading", "deactivating")
    return shell.script(
        f'case "$(systemctl is-active {word})" in',
        *(f"{state}) {command} ;;" for state in states),
        "esac",
    )


def _not_running(word: str) -> str:
    return _running(word, "exit 1")


def _stop(word: str) -> str:
    return _running(word, f"systemctl stop {word}")


def _watched(paths: Sequence[str], packages: Sequence[str]) -> str:
    """Returns commands that set `$files` and `$versions`, which a restart has to have used; empty for neither."""
    if not paths and not packages:
        return ""
    words = " ".join(shell.path_word(path) for path in paths)
    return shell.script(
        f"files=$(sha256sum {words})" if paths else "files=",
        _versions(packages) if packages else "versions=",
    )


def _versions(packages: Sequence[str]) -> str:
    """Returns commands that set `$versions`; rpm's complaint goes to standard error, where users see it."""
    return shell.script(
        f"if ! versions=$(rpm -q {shell.quote_all(packages)}); then",
        '  echo "$versions" >&2',
        "  exit 1",
        "fi",
    )


def _leave_stamp(stamp: str) -> str:
    return shell.script(
        "umask 077",
        f"mkdir -p {STAMPS}",
        shell.renamed(stamp, "printf '%s\\n' \"$files$versions\" >@new"),
    )


def _show(word: str) -> str:
    return f"systemctl show --property=LoadState --property=ActiveState --property=UnitFileState {word}"
