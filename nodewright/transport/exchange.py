"""Carries out one exec on any wire: becomes root, sends the script, reads records until the last one.

The command line differs between scripts and hosts only in the run's id. The login shell only has to start
`sh`: sh, csh, tcsh and fish read the words in single quotes here alike (they hold no quote, no backslash before
a quote or a backslash, no newline, no `!`). The inner shell reads the whole script before it runs any of it. So
a link that drops early cannot start half a script, and no command can consume the rest of the script.
"""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Iterator
from typing import Protocol

from nodewright.errors import AuthenticationFailed, ConnectError, ConnectionLost, SudoRefused, Unreachable
from nodewright.script.records import End, Held, Ready, Reboot, Record, parse
from nodewright.secret import Secret
from nodewright.transport import Message, Target

#: Root runs this. Its first newline ends a line that a profile or sudo's prompt left open.
_INNER = r'printf "\n%s\tready\n" "$1"; eval "$(cat)"'

#: The login user runs this. sudo's output comes with the records, as noise that is kept for messages.
_OUTER = (
    "exec 2>&1; LC_ALL=C; export LC_ALL; "
    'if test "$(id -u)" = 0; then exec sh -c "$1" nodewright "$2"; fi; '
    'exec sudo {options} -- sh -c "$1" nodewright "$2"'
)

_CHUNK = 256 * 1024
_NOISE_LINES = 20
_NOISE_BYTES = 64 * 1024
#: Twice the longest record that a script can print: an answer of 1 MiB, as base64.
_RECORD_BYTES = 3 * 1024 * 1024

_STOPS_ITSELF = (
    "The script stops at its next step boundary. Look at the host, then run again: it goes on from there."
)


class Wire(Protocol):
    """Connects to one started command by two byte streams."""

    def send(self, data: memoryview, timeout: float) -> None:
        """Sends all bytes. Raises OSError when the other side is gone, TimeoutError when it reads nothing."""
        ...

    def finish(self) -> None:
        """Closes the sending side."""
        ...

    def receive(self, timeout: float) -> bytes:
        """Returns the bytes that arrived, or none at the end. Raises TimeoutError after `timeout` seconds."""
        ...

    def status(self) -> int | None:
        """Returns the exit status after the end: negative if killed, None if the link was lost."""
        ...

    def close(self) -> None:
        """Abandons the command, without waiting for it."""
        ...


def argv(run_id: str, *, asks_password: bool) -> list[str]:
    """Returns the words of the command that becomes root and reads a script from its standard input."""
    options = f"-S -p {_prompt(run_id)}" if asks_password else "-n"
    return ["sh", "-c", _OUTER.format(options=options), "nodewright", _INNER, run_id]


def command_line(run_id: str, *, asks_password: bool) -> str:
    """Returns the same command as one line for any login shell."""
    return " ".join(f"'{word}'" for word in argv(run_id, asks_password=asks_password))


def exchange(wire: Wire, target: Target, message: Message, *, user: str) -> Iterator[Record]:
    """Sends the script and yields its records. The last one is an End, Reboot or Held.

    Args:
        wire: leads to a command started with `command_line`; it is closed when this ends or is abandoned.
        user: the login name, for messages.

    Raises:
        SudoRefused, AuthenticationFailed, Unreachable: the script was not started.
        ConnectionLost: the records broke off, or none came for `message.timeout` seconds.
    """
    try:
        talk = _Talk(wire, target, message, user)
        if target.sudo_password is not None:
            talk.become_root(target.sudo_password)
        talk.hand_over()
        yield from talk.records()
    finally:
        wire.close()


def _prompt(run_id: str) -> str:
    return f"nodewright-{run_id}-password:"


class _Talk:
    """Keeps the state of one exec."""

    def __init__(self, wire: Wire, target: Target, message: Message, user: str) -> None:
        self._wire = wire
        self._target = target
        self._message = message
        self._user = user
        self._prefix = message.run_id.encode() + b"\t"
        self._rest = b""
        self._noise: deque[bytes] = deque(maxlen=_NOISE_LINES)
        self._ready = False
        self._handed_over = False
        self._deadline = time.monotonic() + message.timeout

    def become_root(self, password: Secret) -> None:
        """Gives sudo the password once, if it asks, and returns when a root shell waits.

        Until then no line of the script may be sent, since sudo would take it for a second password. And a password
        that nobody asked for would become a line of the script.
        """
        prompt = _prompt(self._message.run_id).encode()
        asked = False
        while not self._ready:
            for _ in self._arrived():
                pass
            if prompt in self._rest:
                if asked:
                    raise self._sudo_refused(
                        f"sudo does not take the password of {self._user}",
                        "Check sudo_password of this host.",
                    )
                asked = True
                self._rest = b""
                self._send(password.reveal().encode() + b"\n")

    def hand_over(self) -> None:
        """Sends the script and the end of input."""
        self._send(self._message.text.encode())
        self._handed_over = True
        self._wire.finish()

    def records(self) -> Iterator[Record]:
        """Yields the records as they arrive."""
        while True:
            for record in self._arrived():
                yield record
                if isinstance(record, End | Reboot | Held):
                    return

    def _send(self, data: bytes) -> None:
        self._message.traffic.sent += len(data)
        view = memoryview(data)
        try:
            for start in range(0, len(view), _CHUNK):
                self._wire.send(view[start : start + _CHUNK], self._message.timeout)
        except TimeoutError:
            raise self._silence() from None
        except OSError:
            pass  # the other side has ended; its output and its status tell why

    def _arrived(self) -> Iterator[Record]:
        """Waits for bytes and yields their records, except Ready, which is only noted."""
        try:
            data = self._wire.receive(max(0.0, self._deadline - time.monotonic()))
        except TimeoutError:
            raise self._silence() from None
        if not data:
            raise self._end()
        self._message.traffic.received += len(data)
        *lines, self._rest = (self._rest + data).split(b"\n")
        if len(self._rest) > (_RECORD_BYTES if self._rest.startswith(self._prefix) else _NOISE_BYTES):
            self._rest = self._rest[-_NOISE_BYTES:]
        for line in lines:
            record = parse(line, self._message.run_id)
            if record is None:
                self._noise.append(line[-_NOISE_BYTES:])
                continue
            self._deadline = time.monotonic() + self._message.timeout
            if isinstance(record, Ready):
                self._ready = True
                self._noise.clear()
            else:
                yield record

    def _said(self) -> str:
        """Returns the output that was no record, for messages."""
        prompt = _prompt(self._message.run_id)
        text = b"\n".join([*self._noise, self._rest]).decode("utf-8", "replace").replace(prompt, "")
        return "\n".join(line for line in text.splitlines() if line.strip())

    def _silence(self) -> ConnectError | ConnectionLost:
        seconds = f"{self._message.timeout:g} s"
        if self._handed_over or self._ready:
            return ConnectionLost(
                f"nothing was heard for {seconds} while the script ran",
                host=self._target.name,
                output=self._said(),
                advice=_STOPS_ITSELF,
            )
        if self._said():
            return self._sudo_refused(
                f"sudo neither made {self._user} root nor refused within {seconds}",
                "Log in by hand and run `sudo -k; sudo id`: something else than a password may be asked for.",
            )
        return Unreachable(
            f"logged in as {self._user}, then nothing was heard for {seconds}",
            host=self._target.name,
            advice="Log in by hand: the host may be overloaded, or the login shell may hang.",
        )

    def _end(self) -> ConnectError | ConnectionLost:
        status = self._wire.status()
        if status is None:
            return self._broken_off()
        if self._ready:
            how = "the shell was killed" if status < 0 else f"the shell ended with status {status}"
            return ConnectionLost(
                f"{how} before the script's end",
                host=self._target.name,
                output=self._said(),
                advice="It was killed, or the script did not arrive whole. Look at the host, then run again.",
            )
        said = self._said()
        if "sudo" in said:
            return self._sudo_refused(*_why_sudo_refused(said, self._user))
        return AuthenticationFailed(
            f"{self._user} may log in but not run commands (the login shell ended with status {status})",
            host=self._target.name,
            output=said,
            advice="Give the user a login shell, or name another user.",
        )

    def _broken_off(self) -> ConnectError | ConnectionLost:
        if self._handed_over:
            return ConnectionLost(
                "the connection broke off while the script ran",
                host=self._target.name,
                output=self._said(),
                advice=_STOPS_ITSELF,
            )
        return Unreachable(
            "the connection broke off before the script was sent",
            host=self._target.name,
            output=self._said(),
            advice="Nothing was changed; run again.",
        )

    def _sudo_refused(self, what: str, advice: str) -> SudoRefused:
        return SudoRefused(what, host=self._target.name, output=self._said(), advice=advice)


def _why_sudo_refused(said: str, user: str) -> tuple[str, str]:
    """Returns what happened and what to do, from sudo's own words (LC_ALL=C, sudo 1.8 to 1.9)."""
    rule = f"Give it a rule in sudoers (`{user} ALL=(ALL) ALL`), or log in as another user."
    reasons = {
        "a password is required": (
            f"sudo wants a password for {user}, and none is given",
            f"Give sudo_password for this host, or the rule `{user} ALL=(ALL) NOPASSWD: ALL` in sudoers.",
        ),
        "must have a tty": (
            f"sudo wants a terminal for {user} (requiretty)",
            f"Put `Defaults:{user} !requiretty` into sudoers.",
        ),
        "not in the sudoers file": (f"{user} is not in the sudoers file", rule),
        "is not allowed to": (f"sudoers does not allow {user} to run sh as root", rule),
        "may not run sudo": (f"sudoers does not allow {user} to run sh as root", rule),
        "not found": (f"{user} is not root, and the host has no sudo", "Install sudo, or log in as root."),
    }
    for words, reason in reasons.items():
        if words in said:
            return reason
    return f"sudo did not make {user} root", "Log in by hand and run `sudo -k; sudo id`."
