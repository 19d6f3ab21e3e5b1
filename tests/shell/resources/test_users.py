"""Users and groups, made and changed by the real tools."""

from __future__ import annotations

from nodewright.resources import group, member, user
from tests.shell.resources.host import Host


def _line(host: Host, path: str, name: str) -> str:
    return next(line for line in host.read(path).splitlines() if line.startswith(f"{name}:"))


def test_a_group_is_made(host: Host) -> None:
    host.converges(group("docker"))

    assert _line(host, "/etc/group", "docker")


def test_a_group_gets_its_number(host: Host) -> None:
    host.converges(group("etcd", gid=233))
    host.converges(group("etcd", gid=234))

    assert _line(host, "/etc/group", "etcd").split(":")[2] == "234"


def test_a_user_is_made_and_put_right(host: Host) -> None:
    host.apply(group("etcd"))
    host.apply(group("other"))

    host.converges(user("etcd", group="etcd", home="/var/lib/etcd"))
    host.converges(user("etcd", group="other", uid=499, home="/srv", login_shell="/bin/sh"))

    fields = _line(host, "/etc/passwd", "etcd").split(":")
    assert (fields[2], fields[5], fields[6]) == ("499", "/srv", "/bin/sh")


def test_a_user_joins_a_group_and_stays_in_the_others(host: Host) -> None:
    for name in ("docker", "wheel"):
        host.apply(group(name))
    host.converges(member("nobody", "docker"))

    host.converges(member("nobody", "wheel"))

    assert host.holds(member("nobody", "docker"))
