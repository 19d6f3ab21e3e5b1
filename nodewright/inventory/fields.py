"""Defines types of settings that refer outside the inventory: secrets, and paths relative to the inventory."""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated, Any

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    PlainSerializer,
    PlainValidator,
    ValidationInfo,
)

from nodewright.inventory.problems import Finding
from nodewright.inventory.text import Text
from nodewright.secret import Secret


class EnvReference(BaseModel):
    """Names an environment variable of the operator that holds a secret."""

    model_config = ConfigDict(extra="forbid")
    env: str = Field(description="name of the environment variable")


class FileReference(BaseModel):
    """Names a file that only its owner can read, and that holds a secret."""

    model_config = ConfigDict(extra="forbid")
    file: str = Field(description="path of the file, relative to the inventory")


@dataclass(frozen=True)
class Surroundings:
    """Holds what settings need from outside; is pydantic's validation context.

    Args:
        folder: the inventory's folder, absolute.
        private: whether only its owner can read the inventory.
        unset: collects the names of unset environment variables that secrets refer to; None if all must be set.
        seen: secrets and paths that were read already, by their text in the inventory.
    """

    folder: Path
    private: bool
    unset: set[str] | None = field(default=None, compare=False)
    seen: dict[tuple[str, str], Any] = field(default_factory=dict, compare=False, repr=False)

    def path(self, text: str) -> Path:
        """Returns the path that a text of the inventory means."""
        return self.folder / Path(text).expanduser() if text.startswith("~") else self.folder / text


def is_private(path: Path) -> bool:
    """Returns whether the file's mode keeps everybody but its owner from reading it."""
    return not path.stat().st_mode & 0o077


def _surroundings(info: ValidationInfo) -> Surroundings:
    """Returns the surroundings of the inventory; those of the working directory for a model made without one."""
    return info.context if isinstance(info.context, Surroundings) else Surroundings(Path.cwd(), private=True)


def _secret(value: Any, info: ValidationInfo) -> Secret:
    """Returns a secret from its literal text, an environment variable or a file."""
    around = _surroundings(info)
    match value:
        case Secret():
            return value
        case {"env": str(name), **others} if not others:
            return _from_environment(name, around)
        case {"file": str(name), **others} if not others:
            if ("secret", name) not in around.seen:
                around.seen["secret", name] = _from_file(around.path(name))
            return Secret(around.seen["secret", name])
        case str() if around.private:
            return Secret(str(value))
        case str():
            raise Finding(
                "a secret stands in an inventory that others can read",
                advice="give it as {env: NAME} or {file: PATH}, or chmod 600 the inventory",
            )
    raise Finding("not a secret", advice="give it as {env: NAME}, {file: PATH}, or a text")


def _from_environment(name: str, around: Surroundings) -> Secret:
    value = os.environ.get(name, "")
    if not value and around.unset is not None:
        around.unset.add(name)
    elif not value:
        raise Finding(
            f"the environment variable {name} is not set", advice=f"export {name} before the command"
        )
    return Secret(value)


def _from_file(path: Path) -> str:
    try:
        if not is_private(path):
            raise Finding(f"the secret {path} can be read by others", advice=f"chmod 600 {path}")
        value = path.read_text(encoding="utf-8").rstrip("\r\n")
    except OSError as error:
        raise Finding(f"the secret {path} cannot be read: {(error.strerror or '').lower()}") from None
    except UnicodeDecodeError:
        raise Finding(f"the secret {path} is not UTF-8") from None
    if not value:
        raise Finding(f"the secret {path} is empty")
    return value


def _path(value: str, info: ValidationInfo) -> str:
    around = _surroundings(info)
    if ("path", value) not in around.seen:
        try:
            around.seen["path", value] = str(around.path(value))
        except RuntimeError:
            raise Finding(f"{value} names a user without a home folder") from None
    return str(around.seen["path", value])


def _existing(value: str, info: ValidationInfo) -> str:
    seen = _surroundings(info).seen
    if ("file", value) not in seen:
        seen["file", value] = Path(value).is_file()
    if not seen["file", value]:
        raise Finding(
            f"there is no file {value}",
            advice="paths that begin with neither / nor ~ are the inventory's folder's",
        )
    return value


def _private_key(value: str) -> str:
    if value.endswith(".pub"):
        private = value.removesuffix(".pub")
        raise Finding(f"{value} is a public key", advice=f"write the private one's name, {private}")
    return value


@dataclass(frozen=True)
class TextFile:
    """Holds a file of the operator, read together with the inventory.

    Args:
        path: absolute.
        text: its content.
    """

    path: str
    text: str = field(repr=False)

    def __str__(self) -> str:
        return self.path


def _text_file(value: Any, info: ValidationInfo) -> TextFile:
    if isinstance(value, TextFile):
        return value
    if not isinstance(value, str):
        raise Finding("not the path of a file")
    path = _existing(_path(value, info), info)
    seen = _surroundings(info).seen
    if ("text", path) not in seen:
        try:
            seen["text", path] = Path(path).read_text(encoding="utf-8")
        except OSError as error:
            raise Finding(f"{path} cannot be read: {(error.strerror or '').lower()}") from None
        except UnicodeDecodeError:
            raise Finding(f"{path} is not UTF-8") from None
    return TextFile(path, seen["text", path])


#: `{env: NAME}`, `{file: PATH}`, or the text itself. The latter two need files that others cannot read.
SecretSetting = Annotated[
    Secret, PlainValidator(_secret, json_schema_input_type=EnvReference | FileReference | str)
]

#: A path on the operator's machine, relative to the inventory's folder; `~` is the home folder.
PathSetting = Annotated[Text, AfterValidator(_path)]

#: Such a path, of a file that must exist.
FileSetting = Annotated[PathSetting, AfterValidator(_existing)]

#: Such a path, of a private key.
KeySetting = Annotated[PathSetting, AfterValidator(_private_key), AfterValidator(_existing)]
#: Such a path; the value also holds the file's text.
TextFileSetting = Annotated[
    TextFile, PlainValidator(_text_file, json_schema_input_type=str), PlainSerializer(str, return_type=str)
]
