"""A command that has a check: everything for which there is no constructor of its own."""

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
    """Returns a step of your own; its check has to look at the host.

    Args:
        name: what it is for.
        run: the commands of its apply, one a line.
        check: the commands that fail while `run` is due.
        show: prints the present state for a plan.
        want: what `show` prints afterwards.
        changes: absolute paths that `run` changes; what is at them is kept first (see `before`).
        timeout: seconds.

    Raises:
        ConfigurationError: the check says the same whatever the host is like.
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
