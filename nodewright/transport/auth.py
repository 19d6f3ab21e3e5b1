"""Logs in with keys, the agent and a password, in the order in which OpenSSH tries them.

Paramiko's own order ends at the first method that the host accepts, even if the host wants two. When it is
refused, it does not say what it tried. This one goes on, and lists what was tried.
"""

from __future__ import annotations

import base64
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import paramiko
from paramiko.pkey import UnknownKeyType

from nodewright.errors import AuthenticationFailed, Unreachable
from nodewright.secret import Secret
from nodewright.transport import Target
from nodewright.transport.ssh_config import Route


class KeyRing:
    """Reads and decrypts each private key once, since decryption can take half a second of CPU."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._keys: dict[tuple[Path, Secret | None], paramiko.PKey] = {}

    def key(self, path: Path, passphrase: Secret | None) -> paramiko.PKey:
        """Returns the private key, with its certificate if `PATH-cert.pub` is one.

        Raises:
            Unusable: the file is missing, unreadable, no key, or encrypted and the passphrase does not fit.
        """
        with self._lock:
            cached = self._keys.get((path, passphrase))
            if cached is None:
                cached = self._keys[path, passphrase] = _read(path, passphrase)
            return cached


class Unusable(Exception):
    """A key cannot be used; says why."""


@dataclass(frozen=True)
class _Method:
    """Holds one way to log in.

    Args:
        label: names it in messages.
        attempt: returns an empty list when we are logged in, else the methods that the host wants as well.
    """

    label: str
    attempt: Callable[[paramiko.Transport], list[str]]


class Credentials:
    """Tries all that a target and the user's SSH configuration allow; has the interface of Paramiko's AuthStrategy.

    Args:
        target: holds passphrase and password.
        route: the target with the SSH configuration applied.
        keys: shared by all connections.
    """

    def __init__(self, target: Target, route: Route, keys: KeyRing) -> None:
        self._target = target
        self._route = route
        self._keys = keys
        self._tried: list[str] = []

    def authenticate(self, transport: paramiko.Transport) -> None:
        """Logs in. Paramiko calls this once the host has shown its key.

        Raises:
            AuthenticationFailed: the host accepted nothing.
            Unreachable: the host stopped answering.
        """
        agent = paramiko.Agent()
        try:
            for method in self._methods(agent):
                if self._takes(transport, method):
                    return
                if not transport.is_active():
                    self._tried.append("then the host closed the connection")
                    break
        finally:
            agent.close()
        raise AuthenticationFailed(
            f"{self._route.endpoint} does not let {self._route.user} in",
            host=self._target.name,
            output="\n".join(self._tried) or "nothing was tried: there is no key, no agent and no password",
            advice=f"Add our key to {self._route.user}'s authorized_keys, or name another user or key.",
        )

    def _methods(self, agent: paramiko.Agent) -> Iterator[_Method]:
        """Yields the methods to try: named keys, the agent's other keys, the usual keys, the password."""
        spare = list(agent.get_keys())
        if self._route.keys_named:
            yield from self._key_methods(spare)
        if not self._route.keys_only:
            for key in spare:
                yield self._by_key(
                    f"key {key.comment or key.fingerprint} of the agent", partial(_itself, key)
                )
        if not self._route.keys_named:
            yield from self._key_methods(spare)
        if self._target.password is not None:
            password = self._target.password.reveal()
            yield _Method("password", lambda transport: transport.auth_password(self._route.user, password))

    def _key_methods(self, spare: list[paramiko.AgentKey]) -> Iterator[_Method]:
        """Yields the route's keys. A key that the agent holds is taken from there, and removed from `spare`."""
        for path in self._route.keys:
            held = [key for key in spare if key.asbytes() == _public_part(path)]
            for key in held:
                spare.remove(key)
                yield self._by_key(f"key {path} of the agent", partial(_itself, key))
            if not held and (self._route.keys_named or path.exists()):
                yield self._by_key(f"key {path}", partial(self._keys.key, path, self._target.passphrase))

    def _by_key(self, label: str, key: Callable[[], paramiko.PKey]) -> _Method:
        return _Method(label, lambda transport: transport.auth_publickey(self._route.user, key()))

    def _takes(self, transport: paramiko.Transport, method: _Method) -> bool:
        """Tries one method, notes the result, and returns whether we are logged in."""
        try:
            wanted = method.attempt(transport)
        except Unusable as error:
            self._tried.append(f"{method.label}: {error}")
        except paramiko.BadAuthenticationType as error:
            self._tried.append(f"{method.label}: the host takes only {', '.join(error.allowed_types)}")
        except (paramiko.SSHException, EOFError, OSError) as error:
            if "timeout" in str(error).lower():
                raise Unreachable(
                    f"{self._route.endpoint} did not say within {self._target.connect_timeout:g} s "
                    f"whether it lets {self._route.user} in",
                    host=self._target.name,
                    advice="The host may be overloaded, or wait for a directory service; try again.",
                ) from None
            self._tried.append(f"{method.label}: refused")
        else:
            if not wanted:
                return True
            self._tried.append(f"{method.label}: taken, and the host wants {' or '.join(wanted)} besides")
        return False


def _itself(key: paramiko.PKey) -> paramiko.PKey:
    return key


def _read(path: Path, passphrase: Secret | None) -> paramiko.PKey:
    try:
        return paramiko.PKey.from_path(path)
    except TypeError:  # cryptography raises this for an encrypted key without a passphrase
        if passphrase is None:
            raise Unusable(
                "is encrypted, and neither a passphrase is given nor does the agent hold it"
            ) from None
    except FileNotFoundError:
        raise Unusable("there is no such file") from None
    except OSError as error:
        raise Unusable(f"cannot be read: {error.strerror}") from None
    except (ValueError, UnknownKeyType, paramiko.SSHException):
        raise Unusable("is no private key that we can read") from None
    try:
        # The annotation says str, but the implementation takes bytes only.
        return paramiko.PKey.from_path(path, passphrase.reveal().encode())  # type: ignore[arg-type]
    except (ValueError, paramiko.SSHException):
        raise Unusable("the passphrase does not fit") from None


def _public_part(path: Path) -> bytes | None:
    """Returns the public key beside a private one, or None. The agent's copy is recognised by it."""
    try:
        return base64.b64decode(path.with_name(f"{path.name}.pub").read_text(encoding="utf-8").split()[1])
    except (OSError, ValueError, IndexError):
        return None
