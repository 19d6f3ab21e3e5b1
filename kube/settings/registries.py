"""Defines how an inventory names image registries: their mirrors, and the logins for them."""

from __future__ import annotations

from typing import Annotated

from pydantic import AfterValidator, BeforeValidator

from kube.settings.scalars import ImagePrefix, like
from nodewright.inventory import SecretSetting, Settings, Text, TextFile, TextFileSetting

UserName = Annotated[Text, *like(r"[^:]+", "the name of a user, without a colon")]
RegistryHost = Annotated[
    Text,
    *like(r"[A-Za-z0-9][-A-Za-z0-9.]*(:\d+)?", "a registry, HOST[:PORT], without http:// and without a path"),
]


class ImageMirror(Settings):
    """What has the images of a registry."""

    prefix: ImagePrefix
    """What stands in the registry's place, HOST[:PORT][/PATH]."""
    flat: bool = False
    """Whether all images lie side by side under the last name of their path, as in Aliyun's `google_containers`."""


#: A plain text is the prefix of a mirror that keeps the paths of images.
ImageMirrorSetting = Annotated[
    ImageMirror,
    BeforeValidator(
        lambda value: {"prefix": value} if isinstance(value, str) else value,
        json_schema_input_type=ImagePrefix | ImageMirror,
    ),
]


class Login(Settings):
    """A login for a registry."""

    user: UserName
    """The user's name."""
    password: SecretSetting
    """The password or token."""


def _certificates(file: TextFile) -> TextFile:
    if "-----BEGIN CERTIFICATE-----" not in file.text:
        raise ValueError(f"{file.path} holds no certificate in PEM (-----BEGIN CERTIFICATE-----)")
    if "PRIVATE KEY-----" in file.text:
        raise ValueError(
            f"{file.path} holds a private key, which would go to every host: give certificates alone"
        )
    return file


CertificatesSetting = Annotated[TextFileSetting, AfterValidator(_certificates)]
