"""Defines what every inventory has, whatever its hosts become: hosts, addresses, how to reach them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Annotated, Any, ClassVar, Literal, get_args

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

from nodewright.inventory.fields import FileSetting, KeySetting, PathSetting, SecretSetting
from nodewright.inventory.problems import Finding, Unread
from nodewright.inventory.text import Text
from nodewright.transport import Target

Port = Annotated[int, Field(ge=1, le=65535)]
Seconds = Annotated[float, Field(gt=0, le=3600)]


class Settings(BaseModel):
    """Is the base of every map of the inventory: frozen, without unknown keys. A field's docstring documents it.

    A field typed `str` or `Literal` gets what the file says as it is written there (`1.30`, `off`, `0644`).
    A field without a type of its own is typed `scalars.Free`, never plain `Any`.
    """

    model_config = ConfigDict(
        frozen=True, extra="forbid", use_attribute_docstrings=True, arbitrary_types_allowed=True
    )

    @classmethod
    def __pydantic_init_subclass__(cls, **_: Any) -> None:
        for name, info in cls.model_fields.items():
            free = any(isinstance(item, BeforeValidator) for item in info.metadata)
            if not free and _has_bare_any(info.annotation):
                raise TypeError(f"{cls.__name__}.{name}: use nodewright.inventory.Free instead of Any")

    if not TYPE_CHECKING:

        def __getattr__(self, name: str) -> Any:
            """Tells a setting that could not be read (see `partial`) from one that there is not."""
            if name in type(self).model_fields:
                raise Unread(name)
            return super().__getattr__(name)


def _has_bare_any(annotation: Any) -> bool:
    """Returns whether a value of this type would keep plain scalars as text; an Annotated one looks after
    itself.
    """
    if hasattr(annotation, "__metadata__"):
        return False
    return annotation is Any or any(_has_bare_any(argument) for argument in get_args(annotation))


class Bastion(Settings):
    """A host through which others are reached, over one shared connection.

    Known hosts, their policy, the SSH configuration and the timeouts are those of the host behind it.
    """

    host: Text
    """Address, name, or alias of the SSH configuration."""
    port: Port | None = None
    """TCP port; by default the SSH configuration's, else 22."""
    user: Text | None = None
    """Login name; by default the SSH configuration's, else the operator's own."""
    key: KeySetting | None = None
    """Private key; by default the SSH configuration's and the agent's."""
    passphrase: SecretSetting | None = None
    """Passphrase of the private key."""
    password: SecretSetting | None = None
    """For login by password."""


class SshSettings(Settings):
    """How a host is reached."""

    host: Text | None = None
    """Address, name, or alias of the SSH configuration to connect to; by default the host's address."""
    port: Port | None = None
    """TCP port; by default the SSH configuration's, else 22."""
    user: Text | None = None
    """Login name; by default the SSH configuration's, else the operator's own."""
    key: KeySetting | None = None
    """Private key; by default the SSH configuration's and the agent's."""
    passphrase: SecretSetting | None = None
    """Passphrase of the private key."""
    password: SecretSetting | None = None
    """For login by password."""
    sudo_password: SecretSetting | None = None
    """For sudo, where it wants one."""
    jump: Bastion | None = None
    """The bastion to go through."""
    known_hosts: PathSetting | None = None
    """The known_hosts file; by default the user's own."""
    host_keys: Literal["strict", "accept-new"] = "strict"
    """`strict` refuses unknown host keys, `accept-new` learns them. A changed key is always refused."""
    ssh_config: FileSetting | None = None
    """The SSH configuration; by default the user's own."""
    connect_timeout: Seconds = 10.0
    """Seconds for TCP, banner and authentication, each."""
    keepalive: Seconds = 15.0
    """Seconds between keepalives; three missed ones lose the connection."""
    local: bool = False
    """The host is the operator's own machine: nothing is connected to."""

    def target(self, name: str, address: str) -> Target:
        """Returns how the host of this name and address is reached."""
        return Target(
            name=name,
            host=self.host or address,
            port=self.port,
            user=self.user,
            key=self.key,
            passphrase=self.passphrase,
            password=self.password,
            sudo_password=self.sudo_password,
            jump=self._jump(),
            known_hosts=self.known_hosts,
            host_keys=self.host_keys,
            ssh_config=self.ssh_config,
            connect_timeout=self.connect_timeout,
            keepalive=self.keepalive,
            local=self.local,
        )

    def _jump(self) -> Target | None:
        if self.jump is None:
            return None
        return Target(
            name=self.jump.host,
            host=self.jump.host,
            port=self.jump.port,
            user=self.jump.user,
            key=self.jump.key,
            passphrase=self.jump.passphrase,
            password=self.jump.password,
            known_hosts=self.known_hosts,
            host_keys=self.host_keys,
            ssh_config=self.ssh_config,
            connect_timeout=self.connect_timeout,
            keepalive=self.keepalive,
        )


class HostSettings(Settings):
    """Settings of one host; an inventory's own model adds to them."""

    address: Text
    """The address by which the other hosts know it."""
    ssh: SshSettings = SshSettings()
    """How it is reached; over what the inventory's own `ssh` says."""


class InventoryModel(Settings):
    """The whole file. A subclass names its groups and has a `Mapping[str, SomeHostSettings]` for each."""

    groups: ClassVar[tuple[str, ...]] = ()
    #: Advice on what to write instead of a host in two groups.
    one_group: ClassVar[str] = ""

    ssh: SshSettings = SshSettings()
    """How hosts are reached, unless a host says otherwise."""

    def hosts_of(self, group: str) -> Mapping[str, HostSettings]:
        """Returns a group's hosts by name."""
        hosts: Mapping[str, HostSettings] = getattr(self, group)
        return hosts

    def settings_of(self, group: str, host: str) -> Any:
        """Returns what roles see as `context.settings` on a host; by default the host's own settings."""
        return self.hosts_of(group)[host]

    def findings(self) -> Iterable[Finding]:
        """Yields problems among settings that are each valid alone, for example an address given twice.

        Raises `Unread` when it asks for a setting that is wrong itself, in an inventory read in part.
        """
        return ()
