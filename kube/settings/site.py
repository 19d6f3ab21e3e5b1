"""Defines what a site needs on its hosts beside Kubernetes: packages, modules, names, name servers."""

from __future__ import annotations

from ipaddress import ip_address
from typing import Annotated

from pydantic import AfterValidator, Field

from kube.settings.scalars import like
from nodewright.inventory import Settings

_NAME = r"[A-Za-z0-9]([-A-Za-z0-9_.]*[A-Za-z0-9])?"

PackageName = Annotated[str, *like(r"[A-Za-z0-9_][A-Za-z0-9_.+-]*", "the name of a package")]
ModuleName = Annotated[str, *like(r"[A-Za-z0-9_]+", "the name of a kernel module, with underscores")]
RepositoryName = Annotated[str, *like(r"[a-z0-9][a-z0-9-]*", "a name of small letters, digits and dashes")]
DomainName = Annotated[str, *like(_NAME, "a domain")]
ResolverOption = Annotated[
    str, *like(r"[a-z][-a-z0-9]*(:\d+)?", "an option of resolv.conf(5), such as `ndots:2`")
]


def _address(text: str) -> str:
    try:
        return str(ip_address(text))
    except ValueError:
        raise ValueError(f"`{text}` is no address of a name server") from None


def _hosts_line(text: str) -> str:
    words = text.split()
    try:
        address = ip_address(words[0] if words else "")
    except ValueError:
        raise ValueError(f"`{text}` does not begin with an address: a line is ADDRESS NAME…") from None
    return " ".join([str(address), *words[1:]])


HostsLine = Annotated[
    str,
    *like(rf"[0-9a-fA-F.:]+([ \t]+{_NAME})+", "a line of /etc/hosts: ADDRESS NAME…"),
    AfterValidator(_hosts_line),
]
NameServer = Annotated[str, AfterValidator(_address)]


class Resolver(Settings):
    """What /etc/resolv.conf says."""

    nameservers: tuple[NameServer, ...] = Field(min_length=1, max_length=3)
    """Addresses of name servers, three at most (resolv.conf(5)); pods ask them too, through CoreDNS."""
    search: tuple[DomainName, ...] = ()
    """Domains in which short names are looked for."""
    options: tuple[ResolverOption, ...] = ()
    """Options, for example `timeout:1`."""

    @property
    def text(self) -> str:
        """Returns the content of /etc/resolv.conf."""
        lines = [f"search {' '.join(self.search)}"] if self.search else []
        lines += [f"nameserver {server}" for server in self.nameservers]
        lines += [f"options {' '.join(self.options)}"] if self.options else []
        return "\n".join(["# Of nodewright: from cluster.resolver in its inventory.", *lines, ""])
