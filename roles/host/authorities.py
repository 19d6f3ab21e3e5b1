"""The host trusts the authorities that sign the mirrors' certificates: package manager, curl and runtime alike."""

from __future__ import annotations

from collections.abc import Iterator

from kube.paths import AUTHORITIES
from nodewright.paths import STAMPS
from nodewright.resources import command, file
from nodewright.script.shell import digest, quote, script
from nodewright.script.step import Step, role
from roles import NodeContext

#: What update-ca-trust has seen of it last.
_STAMP = f"{STAMPS}/ca-trust"


@role
def authorities(ctx: NodeContext) -> Iterator[Step]:
    """The system's own store, since all that fetches on EL reads that one."""
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
    """Yields the step after which only those are trusted whom others chose."""
    yield command(
        "no authorities of mirrors",
        script(f"rm -f {AUTHORITIES}", "update-ca-trust extract", f"rm -f {_STAMP}"),
        check=script(f"[ ! -e {AUTHORITIES} ]", f"[ ! -e {_STAMP} ]"),
        show=f"ls {AUTHORITIES}",
    )


def authorities_files(ctx: NodeContext) -> list[str]:
    """Returns the file of `authorities`, for the restart of a service that reads the store when it starts."""
    return [AUTHORITIES] if ctx.settings.mirrors.authorities else []
