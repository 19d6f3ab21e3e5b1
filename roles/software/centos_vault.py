"""CentOS 7 and 8 have ended, and so has the list of mirrors that they ask: their packages lie in the vault."""

from __future__ import annotations

from collections.abc import Iterator

from nodewright.facts import OPERATING_SYSTEM
from nodewright.paths import REPOSITORIES
from nodewright.resources import command
from nodewright.script.shell import sh
from nodewright.script.step import Step, role
from roles import NodeContext

#: Some files of CentOS' own ask by `https`, and that of SCLo has no slash before its question mark.
_LIST = "^ *mirrorlist *=.*//mirrorlist\\.centos\\.org[/?]"
#: This host is gone as well, and so are files in which somebody has chosen it already.
_MIRROR = "baseurl *= *https*://mirror\\.centos\\.org/"


@role
def centos_vault(ctx: NodeContext) -> Iterator[Step]:
    """A host whose administrator chose other mirrors asks for no list, and is left alone."""
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
