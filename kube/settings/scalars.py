"""Reads the small values of an inventory that are more than text: versions, endpoints, taints, names."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Annotated, Any, Self

from pydantic import AfterValidator, BeforeValidator, Field, PlainSerializer, WithJsonSchema

from kube.versions.patches import NEWEST_PATCHES, newest_patch
from kube.versions.releases import NEWEST, OLDEST, Version
from nodewright.inventory import Finding, Text

_LABEL_NAME = r"[A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?"
_LABEL_KEY = rf"([a-z0-9]([-a-z0-9.]{{0,251}}[a-z0-9])?/)?{_LABEL_NAME}"
_TAINT = re.compile(
    rf"(?P<key>{_LABEL_KEY})(=(?P<value>({_LABEL_NAME})?))?:(?P<effect>NoSchedule|PreferNoSchedule|NoExecute)"
)
_SERVER = r"[A-Za-z0-9:]([-A-Za-z0-9.:_]*[A-Za-z0-9:])?"
_ENDPOINT = re.compile(r"(?P<host>[A-Za-z0-9]([-A-Za-z0-9.]*[A-Za-z0-9])?)(:(?P<port>\d{1,5}))?")


@dataclass(frozen=True)
class Endpoint:
    """Holds a name or address with a port."""

    host: str
    port: int

    @classmethod
    def parse(cls, text: str) -> Self:
        """Reads `api.example.org:6443`; the port is 6443 where none is given.

        Raises:
            ValueError: the text has another form, or a port outside 1 to 65535.
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
    """Holds a taint, which keeps pods off a node that do not tolerate it."""

    key: str
    value: str
    effect: str

    @classmethod
    def parse(cls, text: str) -> Self:
        """Reads `key=value:Effect` or `key:Effect`, as kubectl taint does.

        Raises:
            ValueError: the text has another form.
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


def _version(value: object) -> object:
    """Returns the version that a text names. Raises Finding where it is only a minor, or not a version."""
    if not isinstance(value, str):
        return value
    try:
        return Version.parse(value)
    except ValueError:
        minor = re.fullmatch(r"v?1\.(\d{1,2})(\.x|\.)?", value.strip())
        if minor is not None and int(minor[1]) in NEWEST_PATCHES:
            advice = f"write {newest_patch(int(minor[1]))}, the newest that is known here"
            raise Finding(f"`{value}` does not say which patch release", advice=advice) from None
        advice = f"write one from {OLDEST.line} to {NEWEST.line}, with its patch release, such as 1.34.2"
        raise Finding(f"`{value}` is no version of Kubernetes", advice=advice) from None


def _reading(parsed: type[Any], example: str) -> tuple[Any, ...]:
    """Returns the annotations that pydantic needs for a value that is written as one text."""

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


VersionText = Annotated[Version, *_reading(Version, "1.34.2"), BeforeValidator(_version)]
EndpointText = Annotated[Endpoint, *_reading(Endpoint, "api.example.org:6443")]
TaintText = Annotated[Taint, *_reading(Taint, "dedicated=storage:NoSchedule")]


def _not_all(name: str) -> str:
    if name.lower() == "all":
        raise ValueError("`all` would hide every problem: name the checks")
    return name


def like(pattern: str, form: str) -> tuple[Any, ...]:
    """Returns the annotations that pydantic needs for text of a form; `form` names it in words for the message."""
    compiled = re.compile(pattern)

    def check(text: str) -> str:
        if compiled.fullmatch(text) is None:
            raise ValueError(f"`{text}` is not {form}")
        return text

    return AfterValidator(check), WithJsonSchema({"type": "string", "pattern": f"^({pattern})$"})


ClusterName = Annotated[
    str,
    *like(r"[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?", "a name of at most 63 lower-case letters, digits and `-`"),
]
InterfaceName = Annotated[Text, *like(r"[^\s/]{1,15}", "the name of a network interface")]
LabelKey = Annotated[str, *like(_LABEL_KEY, "a label's key, such as `disk` or `example.org/disk`")]
LabelValue = Annotated[
    str,
    *like(rf"({_LABEL_NAME})?", "a label's value: at most 63 letters, digits, `-`, `_` and `.`"),
]
FolderPath = Annotated[
    str,
    *like(
        r"/[\w.-]+(/[\w.-]+)*", "the path of a folder, such as /data/containers, without a slash at its end"
    ),
]
Sha256 = Annotated[str, *like(r"[0-9a-f]{64}", "a SHA-256 checksum: 64 digits and letters a to f")]
HttpUrl = Annotated[Text, *like(r"https?://[^\s/]+\S*", "a URL that starts with http:// or https://")]
KeyUrl = Annotated[
    Text, *like(r"(https?://[^\s/]+|file:///)\S*", "a URL that starts with http://, https:// or file:///")
]
#: Accepts one text or a list of texts.
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
    *like(
        r"[A-Za-z0-9][-A-Za-z0-9.]*(:\d+)?(/[-a-z0-9._/]*[a-z0-9])?",
        "what stands before an image's path: HOST[:PORT][/PATH], without http://",
    ),
]
Size = Annotated[str, *like(r"[1-9]\d*(Ki|Mi|Gi)", "a size such as 50Mi")]
PreflightCheck = Annotated[
    str,
    *like(r"[A-Za-z][-A-Za-z0-9./]*", "the name of a kubeadm preflight check, such as SystemVerification"),
    AfterValidator(_not_all),
]
ServerName = Annotated[Text, *like(_SERVER, "the name or address of a server")]
CertificateName = Annotated[Text, *like(rf"(\*\.)?{_SERVER}", "a name or address for a certificate")]
DirectName = Annotated[Text, *like(rf"(\*?\.)?{_SERVER}(/\d+)?", "a name, a domain, an address or a network")]
PackageVersion = Annotated[
    Text, *like(r"[0-9A-Za-z][-0-9A-Za-z.:+~^_]*", "the version of a package, such as `29.0.1`")
]
ImageName = Annotated[
    Text,
    *like(r"[A-Za-z0-9][-A-Za-z0-9._/:@]*", "the name of an image, such as docker.io/library/nginx:1.22"),
]
KernelSetting = Annotated[
    Text, *like(r"[A-Za-z0-9_][-A-Za-z0-9_./]*", "a kernel setting, such as `vm.swappiness`")
]
