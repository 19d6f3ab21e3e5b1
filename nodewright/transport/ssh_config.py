"""Applies the user's SSH configuration to targets."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from fabric import Config, Connection
from fabric.connection import derive_shorthand
from paramiko import ConfigParseError, SSHConfig

from nodewright.errors import ConfigurationError
from nodewright.transport import Target
from nodewright.transport.known_hosts import name_of

_USER_FILE = Path("~/.ssh/config")
_SYSTEM_FILE = Path("/etc/ssh/ssh_config")
_KNOWN_HOSTS = "~/.ssh/known_hosts ~/.ssh/known_hosts2"
_GLOBAL_KNOWN_HOSTS = "/etc/ssh/ssh_known_hosts /etc/ssh/ssh_known_hosts2"
_DEFAULT_KEYS = ("~/.ssh/id_ed25519", "~/.ssh/id_ecdsa", "~/.ssh/id_rsa")
_INCLUDES_DEEP = 16  # as OpenSSH


@dataclass(frozen=True)
class Route:
    """Holds how a target is really reached: with the user's SSH configuration applied.

    Args:
        host: name or address to connect to.
        known_as: the host's name in known_hosts files.
        known_hosts: known_hosts files; new keys go into the first.
        keys: private keys to try, in order; some may not be there.
        keys_named: the inventory or the configuration names the keys.
        keys_only: keys of the agent are tried only if they are among `keys`.
        jump: the bastion that the inventory or the configuration names.
        proxy_command: a command whose input and output are the connection, where there is no bastion.
    """

    host: str
    port: int
    user: str
    known_as: str
    known_hosts: tuple[Path, ...]
    keys: tuple[Path, ...]
    keys_named: bool
    keys_only: bool
    jump: Target | None
    proxy_command: str | None

    @property
    def endpoint(self) -> str:
        """Returns `host:port`, for messages."""
        return f"[{self.host}]:{self.port}" if ":" in self.host else f"{self.host}:{self.port}"


class _Connection(Connection):  # type: ignore[misc]  # Fabric has no types
    """Declares an attribute that Fabric forgot, and so would write into its configuration, which threads share."""

    inline_ssh_env: bool | None = None


def connection_to(target: Target, config: Config) -> Connection:
    """Returns Fabric's Connection for a target, not yet opened, with dictionaries of its own.

    Args:
        config: the result of `fabric_config`; targets that name the same SSH configuration share it.
    """
    return _Connection(
        target.host,
        user=target.user,
        port=target.port,
        config=config,
        # Bastions are Links: Fabric would make a gateway for each host, and accept any host key from it.
        gateway=False,
        connect_kwargs={"allow_agent": False, "look_for_keys": False},
    )


def route_to(target: Target, config: Config) -> Route:
    """Returns the target with the user's SSH configuration applied; the target's own settings win."""
    connection = connection_to(target, config)
    options = connection.ssh_config
    named = [target.key] if target.key else list(options.get("identityfile", []))
    jump = target.jump or _jump(target, options.get("proxyjump", "none"))
    proxy_command = _proxy_command(target, connection)
    own_files = target.known_hosts or options.get("userknownhostsfile", _KNOWN_HOSTS)
    global_files = "" if target.known_hosts else options.get("globalknownhostsfile", _GLOBAL_KNOWN_HOSTS)
    return Route(
        host=connection.host,
        port=connection.port,
        user=connection.user,
        known_as=name_of(connection.host, connection.port, options.get("hostkeyalias")),
        known_hosts=tuple(Path(file).expanduser() for file in shlex.split(f"{own_files} {global_files}")),
        keys=tuple(Path(key).expanduser() for key in named or _DEFAULT_KEYS),
        keys_named=bool(named),
        keys_only=options.get("identitiesonly", "no") == "yes",
        jump=jump,
        proxy_command=None if jump else proxy_command,
    )


def fabric_config(file: str | None, first: str = "") -> Config:
    """Returns a configuration of Fabric that holds an SSH configuration; Fabric's own files are not read.

    Args:
        file: is read instead of the user's and the system's SSH configuration.
        first: lines that come before all others, and so win.

    Raises:
        ConfigurationError: the file is missing, or is no SSH configuration.
    """
    ssh_config = SSHConfig()
    ssh_config.parse(first.splitlines())
    for path in (Path(file),) if file else (_USER_FILE, _SYSTEM_FILE):
        folder = _SYSTEM_FILE.parent if path == _SYSTEM_FILE else _USER_FILE.parent
        try:
            ssh_config.parse(_lines(path.expanduser(), folder.expanduser()))
        except FileNotFoundError:
            if file:
                raise ConfigurationError("there is no such SSH configuration", where=file) from None
        except (OSError, UnicodeDecodeError, ConfigParseError) as error:
            raise ConfigurationError(f"cannot read the SSH configuration: {error}", where=str(path)) from None
    return Config(ssh_config=ssh_config, lazy=True)


def _proxy_command(target: Target, connection: Connection) -> str | None:
    """Returns ProxyCommand with its tokens replaced. Paramiko would replace them from the configuration only."""
    if connection.ssh_config.get("proxycommand", "none") == "none":
        return None
    first = f"Port {connection.port}\nUser {connection.user}\n"
    options = fabric_config(target.ssh_config, first).base_ssh_config.lookup(target.host)
    return str(options["proxycommand"])


def _lines(path: Path, folder: Path, depth: int = 0) -> Iterator[str]:
    """Yields the lines of a configuration, with Includes replaced by their files: Paramiko ignores Include."""
    for line in path.read_text(encoding="utf-8").splitlines(keepends=True):
        include = re.fullmatch(r"\s*include\s*[=\s]\s*(.*?)\s*", line, re.IGNORECASE)
        if not include:
            yield line
            continue
        if depth == _INCLUDES_DEEP:
            raise ConfigParseError(f"more than {_INCLUDES_DEEP} files include one another")
        for pattern in shlex.split(include.group(1)):
            absolute = folder / Path(pattern).expanduser()
            for file in sorted(Path("/").glob(str(absolute.relative_to("/")))):
                yield from _lines(file, folder, depth + 1)


def _jump(target: Target, hops: str) -> Target | None:
    """Returns ProxyJump as a chain of targets; the last hop reaches the target."""
    jump: Target | None = None
    for hop in hops.split(","):
        place = derive_shorthand(hop.strip().removeprefix("ssh://"))
        if place["host"] in ("none", target.host):  # `Host *` covers the bastion too
            return None
        jump = Target(
            name=place["host"],
            host=place["host"],
            port=place["port"],
            user=place["user"],
            jump=jump,
            known_hosts=target.known_hosts,
            host_keys=target.host_keys,
            ssh_config=target.ssh_config,
            connect_timeout=target.connect_timeout,
            keepalive=target.keepalive,
        )
    return jump
