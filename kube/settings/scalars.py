"""The small values of an inventory that are more than text: versions, address ranges, endpoints, taints."""

from __future__ import annotations

import re
from dataclasses import dataclass
from ipaddress import (
    AddressValueError,
    IPv4Address,
    IPv4Network,
    NetmaskValueError,
    summarize_address_range,
)
from typing import Annotated, Any, Self

from pydantic import AfterValidator, BeforeValidator, Field, PlainSerializer, WithJsonSchema

from kube.versions.releases import Version

_LABEL_NAME = r"[A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?"
_LABEL_KEY = rf"([a-z0-9]([-a-z0-9.]{{0,251}}[a-z0-9])?/)?{_LABEL_NAME}"
_TAINT = re.compile(
    rf"(?P<key>{_LABEL_KEY})(=(?P<value>({_LABEL_NAME})?))?:(?P<effect>NoSchedule|PreferNoSchedule|NoExecute)"
)
_ENDPOINT = re.compile(r"(?P<host>[A-Za-z0-9]([-A-Za-z0-9.]*[A-Za-z0-9])?)(:(?P<port>\d{1,5}))?")


@dataclass(frozen=True)
class AddressRange:
    """IPv4 addresses from `first` to `last`, both included."""

    first: IPv4Address
    last: IPv4Address

    @classmethod
    def parse(cls, text: str) -> Self:
        """Reads `10.0.0.200-10.0.0.220` or `10.0.0.192/27`.

        Raises:
            ValueError: neither of the two, or the range runs backwards.
        """
        try:
            if "/" in text:
                network = IPv4Network(text.strip())
                return cls(network[0], network[-1])
            first, last = (IPv4Address(part.strip()) for part in text.split("-"))
        except ValueError as error:
            raise ValueError(
                f"`{text}` is neither FIRST-LAST nor a CIDR of IPv4 addresses: {error}"
            ) from None
        if last < first:
            raise ValueError(f"`{text}` runs backwards")
        return cls(first, last)

    def __str__(self) -> str:
        return f"{self.first}-{self.last}"

    def __contains__(self, address: IPv4Address) -> bool:
        return self.first <= address <= self.last

    def overlaps(self, network: IPv4Network) -> bool:
        """Whether any address is in both."""
        return any(part.overlaps(network) for part in summarize_address_range(self.first, self.last))


@dataclass(frozen=True)
class Endpoint:
    """A name or address with a port."""

    host: str
    port: int

    @classmethod
    def parse(cls, text: str) -> Self:
        """Reads `api.example.org:6443`; the port is 6443 where none is given.

        Raises:
            ValueError: no such text, or a port outside 1 to 65535.
        """
        match = _ENDPOINT.fullmatch(text.strip())
        port = int(match["port"] or 6443) if match else 0
        if match is None or not 0 < port < 65536:
            raise ValueError(f"`{text}` is not HOST:PORT")
        return cls(match["host"], port)

    def __str__(self) -> str:
        return f"{self.host}:{self.port}"


@dataclass(frozen=True)
class Taint:
    """What keeps pods off a node that do not tolerate it."""

    key: str
    value: str
    effect: str

    @classmethod
    def parse(cls, text: str) -> Self:
        """Reads `key=value:Effect` or `key:Effect`, as kubectl taint does.

        Raises:
            ValueError: no such text.
        """
        match = _TAINT.fullmatch(text.strip())
        if match is None:
            raise ValueError(
                f"`{text}` is not KEY=VALUE:EFFECT or KEY:EFFECT with the effect NoSchedule, "
                "PreferNoSchedule or NoExecute"
            )
        return cls(match["key"], match["value"] or "", match["effect"])

    def __str__(self) -> str:
        return f"{self.key}={self.value}:{self.effect}" if self.value else f"{self.key}:{self.effect}"


def _reading(parsed: type[Any], example: str) -> tuple[Any, ...]:
    """What pydantic needs to know about a value that is written as one text."""

    def read(value: object) -> object:
        if isinstance(value, parsed):
            return value
        if not isinstance(value, str):
            raise ValueError(f'{value!r} is no text: write it in quotes, like "{example}"')  # noqa: TRY004
        return parsed.parse(value)

    return (
        BeforeValidator(read),
        PlainSerializer(str, return_type=str),
        WithJsonSchema({"type": "string", "examples": [example]}),
    )


VersionText = Annotated[Version, *_reading(Version, "1.34.2")]
AddressRangeText = Annotated[AddressRange, *_reading(AddressRange, "10.0.0.200-10.0.0.220")]
EndpointText = Annotated[Endpoint, *_reading(Endpoint, "api.example.org:6443")]
TaintText = Annotated[Taint, *_reading(Taint, "dedicated=storage:NoSchedule")]


def _network(value: object) -> object:
    if isinstance(value, IPv4Network):
        return value
    try:
        return IPv4Network(str(value))
    except (AddressValueError, NetmaskValueError):
        raise ValueError(f"`{value}` is no IPv4 network, such as 10.244.0.0/16") from None
    except ValueError:
        meant = IPv4Network(str(value), strict=False)
        raise ValueError(f"`{value}` is an address within a network: write {meant}") from None


def _ipv4(text: str) -> str:
    try:
        return str(IPv4Address(text))
    except AddressValueError as error:
        raise ValueError(f"not an IPv4 address: {error}") from None


def _not_all(name: str) -> str:
    if name.lower() == "all":
        raise ValueError("`all` would hide every problem: name the checks")
    return name


def _like(pattern: str, form: str) -> tuple[Any, ...]:
    """What pydantic needs to know about text of a form; `form` says it in words for the message."""
    compiled = re.compile(pattern)

    def check(text: str) -> str:
        if compiled.fullmatch(text) is None:
            raise ValueError(f"`{text}` is not {form}")
        return text

    return AfterValidator(check), WithJsonSchema({"type": "string", "pattern": f"^({pattern})$"})


NetworkText = Annotated[
    IPv4Network,
    BeforeValidator(_network),
    WithJsonSchema({"type": "string", "examples": ["10.244.0.0/16"]}),
]
IPv4Text = Annotated[str, AfterValidator(_ipv4), WithJsonSchema({"type": "string", "format": "ipv4"})]
ClusterName = Annotated[
    str,
    *_like(r"[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?", "a name of at most 63 lower-case letters, digits and `-`"),
]
InterfaceName = Annotated[str, *_like(r"[^\s/]{1,15}", "the name of a network interface")]
LabelKey = Annotated[str, *_like(_LABEL_KEY, "a label's key, such as `disk` or `example.org/disk`")]
LabelValue = Annotated[
    str,
    *_like(rf"({_LABEL_NAME})?", "a label's value: at most 63 letters, digits, `-`, `_` and `.`"),
]
Sha256 = Annotated[str, *_like(r"[0-9a-f]{64}", "a SHA-256 checksum: 64 digits and letters a to f")]
HttpUrl = Annotated[str, *_like(r"https?://[^\s/]+\S*", "a URL that starts with http:// or https://")]
KeyUrl = Annotated[
    str, *_like(r"(https?://[^\s/]+|file:///)\S*", "a URL that starts with http://, https:// or file:///")
]
#: One text, or a list of texts.
Keys = Annotated[
    tuple[KeyUrl, ...],
    BeforeValidator(
        lambda value: (value,) if isinstance(value, str) else value,
        json_schema_input_type=KeyUrl | tuple[KeyUrl, ...],
    ),
    Field(min_length=1),
]
ImagePrefix = Annotated[
    str,
    *_like(
        r"[A-Za-z0-9][-A-Za-z0-9.]*(:\d+)?(/[-a-z0-9._/]*[a-z0-9])?",
        "what stands before an image's path: HOST[:PORT][/PATH], without http://",
    ),
]
Size = Annotated[str, *_like(r"[1-9]\d*(Ki|Mi|Gi)", "a size such as 50Mi")]
PreflightCheck = Annotated[
    str,
    *_like(r"[A-Za-z][-A-Za-z0-9./]*", "the name of a kubeadm preflight check, such as SystemVerification"),
    AfterValidator(_not_all),
]
