"""The script runs as root, whoever logs in; where it cannot, the reason is told apart."""

from __future__ import annotations

import pytest

from nodewright.errors import AuthenticationFailed, SudoRefused
from nodewright.secret import Secret
from nodewright.transport.ssh import SshTransport
from tests.ssh.conftest import MakeTarget, StartSshd
from tests.ssh.scripts import answer
from tests.ssh.users import PASSWORD, Users


def test_root_needs_no_sudo(start_sshd: StartSshd, target_on: MakeTarget, transport: SshTransport) -> None:
    target = target_on(start_sshd())
    assert answer(transport, target, "id -un; echo ${SUDO_USER-none}") == "root\nnone"


def test_user_becomes_root_by_a_rule_without_password(
    start_sshd: StartSshd, target_on: MakeTarget, transport: SshTransport, users: Users
) -> None:
    target = target_on(start_sshd(), user=users["plain"])
    assert answer(transport, target, "id -un; echo $SUDO_USER") == f"root\n{users['plain']}"


@pytest.mark.parametrize("name", ["password", "relayed", "csh", "fish", "noisy"])
def test_user_becomes_root_with_a_password(
    name: str, start_sshd: StartSshd, target_on: MakeTarget, transport: SshTransport, users: Users
) -> None:
    target = target_on(start_sshd(), user=users[name], sudo_password=Secret(PASSWORD))
    assert answer(transport, target, "id -un; echo $SUDO_USER") == f"root\n{users[name]}"


def test_password_that_sudo_does_not_ask_for_never_reaches_the_script(
    start_sshd: StartSshd, target_on: MakeTarget, transport: SshTransport, users: Users
) -> None:
    target = target_on(start_sshd(), user=users["plain"], sudo_password=Secret("echo executed >&2; exit 9"))
    assert answer(transport, target, "id -un") == "root"


def test_wrong_password_is_refused_and_eats_no_line_of_the_script(
    start_sshd: StartSshd, target_on: MakeTarget, transport: SshTransport, users: Users
) -> None:
    target = target_on(start_sshd(), user=users["password"], sudo_password=Secret("wrong"))
    with pytest.raises(SudoRefused) as refused:
        answer(transport, target, "id -un")
    assert f"sudo does not take the password of {users['password']}" in str(refused.value)
    assert "wrong" not in str(refused.value)


def test_missing_password_is_told(
    start_sshd: StartSshd, target_on: MakeTarget, transport: SshTransport, users: Users
) -> None:
    target = target_on(start_sshd(), user=users["password"])
    with pytest.raises(SudoRefused, match=r"sudo wants a password for .*, and none is given"):
        answer(transport, target, "id -un")


def test_user_without_a_rule_is_told(
    start_sshd: StartSshd, target_on: MakeTarget, transport: SshTransport, users: Users
) -> None:
    target = target_on(start_sshd(), user=users["none"], sudo_password=Secret(PASSWORD))
    with pytest.raises(SudoRefused, match="is not in the sudoers file") as refused:
        answer(transport, target, "id -un")
    assert "Give it a rule in sudoers" in str(refused.value)


def test_sudo_that_wants_a_terminal_is_told(
    start_sshd: StartSshd, target_on: MakeTarget, transport: SshTransport, users: Users
) -> None:
    target = target_on(start_sshd(), user=users["tty"])
    with pytest.raises(SudoRefused, match="requiretty") as refused:
        answer(transport, target, "id -un")
    assert f"Defaults:{users['tty']} !requiretty" in str(refused.value)


def test_user_without_a_login_shell_may_not_run_commands(
    start_sshd: StartSshd, target_on: MakeTarget, transport: SshTransport, users: Users
) -> None:
    target = target_on(start_sshd(), user=users["nologin"])
    with pytest.raises(AuthenticationFailed, match="may log in but not run commands") as refused:
        answer(transport, target, "id -un")
    assert "This account is currently not available" in str(refused.value)
