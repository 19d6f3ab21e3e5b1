"""Shows hosts' SSH keys to a person, and writes the new ones to known_hosts."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any

from nodewright.errors import NodewrightError
from nodewright.transport import Target
from nodewright.transport.ssh import SshTransport
from nodewright.transport.trust import Scan, scan, trust
from nodewright.workflow.context import Host


def trust_hosts(hosts: Iterable[Host[Any]], say: Callable[[str], None]) -> Sequence[NodewrightError]:
    """Asks hosts for their keys and writes the new ones to known_hosts, bastions before the hosts behind them.

    Args:
        say: gets a line for each key.

    Returns:
        One error for each host that could not be asked or trusted; the other hosts are known now.
    """
    problems: list[NodewrightError] = []
    transport = SshTransport()
    try:
        for target in dict.fromkeys(_targets(hosts)):
            try:
                seen = scan(transport.link(target))
                for line in _lines(seen):
                    say(line)
                trust(seen)
            except NodewrightError as error:
                problems.append(error)
    finally:
        transport.close()
    return problems


def _targets(hosts: Iterable[Host[Any]]) -> Iterator[Target]:
    for host in hosts:
        if not host.target.local:
            yield from reversed(list(_way(host.target)))


def _way(target: Target | None) -> Iterator[Target]:
    """Yields the host, and then the bastions before it."""
    while target is not None:
        yield target
        target = target.jump


def _lines(seen: Scan) -> Iterator[str]:
    changed = {entry.key.kind for entry in seen.changed}
    for key in seen.shown:
        state = (
            "known" if key not in seen.new else "CHANGED" if key.kind in changed else f"new in {seen.file}"
        )
        yield f"{seen.name}  {key.kind}  {key.fingerprint}  {state}"
