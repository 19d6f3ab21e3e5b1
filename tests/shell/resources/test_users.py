"""Groups, made and changed by the real tools."""

from __future__ import annotations

from nodewright.resources import group
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
