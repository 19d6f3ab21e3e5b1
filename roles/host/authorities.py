"""Makes package manager, curl and runtime of a host trust the authorities that sign the mirrors' certificates."""

from __future__ import annotations

from collections.abc import Iterator

from kube.paths import AUTHORITIES
from nodewright.paths import STAMPS
from nodewright.resources import command, file
from nodewright.script.shell import digest, quote, script
from nodewright.script.step import Step, role
from roles import NodeContext

#: Holds the checksum of the file that update-ca-trust read last.
_STAMP = f"{STAMPS}/ca-trust"


@role
def authorities(ctx: NodeContext) -> Iterator[Step]:
    """Yields the steps that add the authorities to the system's store, which all that fetches on EL reads."""
    source = ctx.settings.mirrors.authorities
    if source is None:
        yield from no_authorities()
        return
    anchor = file(AUTHORITIES, source.text, name="authorities of the mirrors")
    yield anchor
    yield command(
        "authorities of the mirrors are trusted",
        script(
            "update-ca-trust extract",
            "umask 077",
            f"mkdir -p {STAMPS}",
            f"sha256sum <{AUTHORITIES} >{_STAMP}.new",
            f"mv -fT {_STAMP}.new {_STAMP}",
        ),
        check=f'[ "$(cat {_STAMP})" = {quote(digest(source.text))} ]',
        after=(anchor.name,),
    )


def no_authorities() -> Iterator[Step]:
    """Yields the step that removes our authorities from the system's store."""
    yield command(
        "no authorities of mirrors",
        script(f"rm -f {AUTHORITIES}", "update-ca-trust extract", f"rm -f {_STAMP}"),
        check=script(f"[ ! -e {AUTHORITIES} ]", f"[ ! -e {_STAMP} ]"),
        show=f"ls {AUTHORITIES}",
    )


def authorities_files(ctx: NodeContext) -> list[str]:
    """Returns the file of `authorities`; a service that reads the store when it starts restarts when it changes."""
    return [AUTHORITIES] if ctx.settings.mirrors.authorities else []
