"""Runs long work beside the steps: one step starts it, a later one waits for its end."""

from __future__ import annotations

import re

from nodewright.errors import ConfigurationError
from nodewright.paths import BACKGROUND
from nodewright.resources.waits import wait
from nodewright.script import shell
from nodewright.script.step import Step

_LABEL = re.compile(r"[a-z0-9][a-z0-9-]*")


def background(
    label: str,
    run: str,
    *,
    check: str,
    limit: float = 1800,
    name: str = "",
    after: tuple[str, ...] = (),
) -> Step:
    """Returns the step that starts `run` in a unit of its own; `awaited`, with equal label and check, waits for it.

    The unit outlives the script and the link. The commands go into a file that only root can read, so that no argv
    shows them.

    Args:
        label: names the unit: `nodewright-LABEL.service`.
        run: commands, one a line, run by `sh -e` with standard input closed.
        check: succeeds once the work has had its effect.
        limit: seconds until the work is stopped.
    """
    unit = background_unit(label)
    path = f"{BACKGROUND}/{label}.sh"
    return Step(
        name=name or f"start {label}",
        check=shell.script(
            "set +e",
            "(",
            "set -e",
            check,
            ")",
            "status=$?",
            "set -e",
            'if [ "$status" != 0 ]; then',
            f"  systemctl is-active --quiet {unit}",
            "fi",
        ),
        apply=shell.script(
            "umask 077",
            f"mkdir -p {BACKGROUND}",
            shell.write(f"{run}\n", path),
            # A unit that failed earlier keeps its name until it is reset.
            f"if systemctl is-failed --quiet {unit}; then",
            f"  systemctl reset-failed {unit}",
            "fi",
            f"systemd-run --unit={unit} --description={shell.quote(f'nodewright: {label}')}"
            f" timeout -k 10 {round(limit)} sh -e {path}",
        ),
        after=after,
        timeout=60,
    )


def awaited(
    label: str,
    *,
    check: str,
    deadline: float,
    name: str = "",
    after: tuple[str, ...] = (),
) -> Step:
    """Returns the step that waits for the work of `background`, and fails with its journal unless `check` holds.

    Args:
        label: as given to `background`.
        check: as given to `background`.
        deadline: seconds until the step fails; the work goes on.
    """
    unit = background_unit(label)
    over = shell.script(
        f'case "$(systemctl is-active {unit})" in',
        "active) exit 1 ;;",
        "activating) exit 1 ;;",
        "deactivating) exit 1 ;;",
        "esac",
    )
    tail = f"journalctl --no-pager --lines=40 --unit={unit}"
    return Step(
        name=name or f"await {label}",
        check=check,
        apply=shell.script(
            wait(over, f"the end of {unit}", deadline=deadline, every=1, explain=tail),
            "set +e",
            "(",
            "set -e",
            check,
            ")",
            "status=$?",
            "set -e",
            'if [ "$status" != 0 ]; then',
            f"  echo {shell.quote(f'{unit} has ended and what it was to do is not done; its journal:')} >&2",
            f"  {tail}",
            "  exit 1",
            "fi",
        ),
        after=after,
        timeout=deadline + 60,
    )


def background_unit(label: str) -> str:
    """Returns the name of the unit that does the work of that label.

    Raises:
        ConfigurationError: the label holds other characters than small letters, digits and dashes.
    """
    if not _LABEL.fullmatch(label):
        raise ConfigurationError(
            f"{label!r} cannot name background work: small letters, digits and dashes only"
        )
    return f"nodewright-{label}.service"
