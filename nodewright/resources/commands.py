"""Makes steps of commands with a check, for things that no other resource covers."""

from __future__ import annotations

from collections.abc import Sequence

from nodewright.errors import ConfigurationError
from nodewright.resources.before import keep
from nodewright.script import shell
from nodewright.script.step import Step

_SAYS_NOTHING = frozenset({"", ":", "true", "false"})


def command(
    name: str,
    run: str,
    *,
    check: str,
    show: str = "",
    want: str | None = None,
    after: tuple[str, ...] = (),
    changes: Sequence[str] = (),
    timeout: float = 300,
) -> Step:
    """Returns a step of your own, whose check has to look at the host.

    Args:
        name: what it is for.
        run: the commands of its apply, one a line.
        check: the commands that fail while `run` is due.
        show: prints the present state for a plan.
        want: the output of `show` after `run`.
        changes: absolute paths that `run` changes; their originals are kept first (see `before`).
        timeout: seconds.

    Raises:
        ConfigurationError: the result of the check does not depend on the host.
    """
    if check.strip() in _SAYS_NOTHING:
        raise ConfigurationError(f"the check of {name!r} does not look at the host: {check!r}")
    return Step(
        name=name,
        check=check,
        apply=shell.script(*(keep(path) for path in changes), run),
        show=show,
        want=want,
        after=after,
        timeout=timeout,
    )
