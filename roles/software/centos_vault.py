"""Makes CentOS 7 and 8 fetch packages from the vault, since they and the list of their mirrors have ended."""

from __future__ import annotations

from collections.abc import Iterator

from nodewright.facts import OPERATING_SYSTEM
from nodewright.paths import REPOSITORIES
from nodewright.resources import command
from nodewright.script.shell import sh
from nodewright.script.step import Step, role
from roles import NodeContext

#: Some of CentOS' own files ask by `https`, and SCLo's has no slash before its question mark.
_LIST = "^ *mirrorlist *=.*//mirrorlist\\.centos\\.org[/?]"
#: This host is gone as well; files in which somebody chose it already are changed too.
_MIRROR = "baseurl *= *https*://mirror\\.centos\\.org/"


@role
def centos_vault(ctx: NodeContext) -> Iterator[Step]:
    """Yields the step that turns CentOS' repositories to the vault.

    A host whose administrator chose other mirrors does not ask for the list, and is left alone.
    """
    system = ctx.mine[OPERATING_SYSTEM]
    if system.id != "centos" or system.major not in (7, 8):
        return
    found = f"grep -ls -e '{_LIST}' -e '^ *{_MIRROR}' {REPOSITORIES}/*.repo"
    yield command(
        "CentOS looks into its vault",
        sh(
            """
            @found >"$nw_tmp/repositories"
            while read -r file; do
              sed -i -e 's|@list|#&|' -e 's|^[# ]*@mirror|baseurl=http://vault.centos.org/|' "$file"
            done <"$nw_tmp/repositories"
            """,
            found=found,
            list=_LIST,
            mirror=_MIRROR,
        ),
        check=sh("if @found; then\n  exit 1\nfi", found=found),
        changes=[REPOSITORIES],
        show=f"grep -H '^ *[#mb].*centos\\.org/' {REPOSITORIES}/*.repo",
    )
