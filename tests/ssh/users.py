"""Users of this machine that live as long as the tests: for login shells, and for what sudoers may say."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from pathlib import Path

PASSWORD = "correct horse battery staple"

_SUDOERS = Path("/etc/sudoers.d")
_MARK = f"nwtest-{os.getpid()}"
_IOLOG = Path(f"/run/{_MARK}-iolog")

_NOISE = """echo "Welcome! You have mail."
echo "a complaint" >&2
printf 'no newline at the end'
printf 'and none here' >&2
"""


class Users:
    """By name; the real names carry our process id, so that two test runs do not meet.

    plain     bash, sudo without a password
    password  bash, sudo with a password, which is also the login password
    none      bash, no rule in sudoers
    tty       bash, sudo without a password, but only on a terminal
    relayed   bash, sudo with a password, and sudo relays all input and output (log_input, use_pty)
    csh, fish as login shell, sudo with a password
    noisy     bash that prints whenever it starts, sudo with a password
    nologin   no login shell
    """

    def __init__(self) -> None:
        _remove_left_over()
        self._add("plain", sudo="NOPASSWD: ALL")
        self._add("password", sudo="ALL")
        self._add("none")
        self._add("tty", sudo="NOPASSWD: ALL", defaults="requiretty")
        self._add("relayed", sudo="ALL", defaults=f"use_pty, log_input, log_output, iolog_dir={_IOLOG}")
        self._add("csh", shell="/usr/bin/csh", sudo="ALL")
        self._add("fish", shell="/usr/bin/fish", sudo="ALL")
        noisy = self._add("noisy", sudo="ALL")
        for file in (".bashrc", ".profile", ".bash_profile"):
            (Path("/home") / noisy / file).write_text(_NOISE)
        self._add("nologin", shell="/usr/sbin/nologin")

    def __getitem__(self, name: str) -> str:
        return f"{_MARK}-{name}"

    def remove(self) -> None:
        """Takes all of it away."""
        _remove(_MARK)
        shutil.rmtree(_IOLOG, ignore_errors=True)

    def _add(self, name: str, *, shell: str = "/bin/bash", sudo: str = "", defaults: str = "") -> str:
        user = self[name]
        subprocess.run(["useradd", "--create-home", "--shell", shell, user], check=True)
        subprocess.run(["chpasswd"], input=f"{user}:{PASSWORD}", text=True, check=True)
        lines = []
        if sudo:
            lines.append(f"{user} ALL=(ALL) {sudo}\n")
        if defaults:
            lines.append(f"Defaults:{user} {defaults}\n")
        file = _SUDOERS / user
        file.write_text("".join(lines))
        file.chmod(0o440)
        subprocess.run(["visudo", "-cqf", str(file)], check=True)
        return user


def _remove(mark: str) -> None:
    for line in Path("/etc/passwd").read_text().splitlines():
        user = line.split(":")[0]
        if user.startswith(f"{mark}-"):
            subprocess.run(["userdel", "--remove", "--force", user], check=True, capture_output=True)
            (_SUDOERS / user).unlink(missing_ok=True)


def _remove_left_over() -> None:
    """Takes away what a test run that was killed has left behind."""
    marks = set(re.findall(r"^(nwtest-(\d+))-", Path("/etc/passwd").read_text(), re.MULTILINE))
    for mark, process in marks:
        if not Path(f"/proc/{process}").exists():
            _remove(mark)
