"""Asks a host what an earlier installation left that would take precedence over ours and that no step removes."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from configparser import Error, RawConfigParser
from dataclasses import dataclass
from typing import Any

from nodewright.facts.fragment import Fragment

_PROGRAMS = ("kubeadm", "kubelet", "kubectl")
_CONTAINERD_ROOT = re.compile(r"root\s*=\s*[\"']([^\"']+)[\"']")


@dataclass(frozen=True)
class KubeletFlags:
    """Holds flags for the kubelet in a file that its unit reads.

    Args:
        file: the file.
        flags: the flags as the file has them, without quotation marks.
    """

    file: str
    flags: str


@dataclass(frozen=True)
class OtherRepository:
    """Describes a section of a package repository's file that is not ours.

    Args:
        file: the path of the file, below /etc/yum.repos.d.
        section: the section's name.
        enabled: whether the package manager asks it.
        urls: the URLs of the repository.
        exclude: the key that names packages to leave alone, `exclude` where it has none yet.
        excluded: what that key says.
    """

    file: str
    section: str
    enabled: bool = True
    urls: str = ""
    exclude: str = "exclude"
    excluded: str = ""


@dataclass(frozen=True)
class HostsLine:
    """Holds a line of /etc/hosts outside of our block."""

    address: str
    names: tuple[str, ...]


@dataclass(frozen=True)
class Earlier:
    """Holds the traces of an earlier installation.

    Args:
        flags: files with flags for the kubelet.
        units: unit files and drop-ins of the kubelet that no package owns and that set how it is started.
        programs: Kubernetes' programs that stand before the packages' in PATH.
        docker_folder: the folder of Docker's data, where a daemon.json or Docker's data exist.
        containerd_folder: the folder of containerd's data, likewise.
        networks: files in /etc/cni/net.d.
        repositories: package repositories that mention Kubernetes or Docker.
        hosts: lines of /etc/hosts.
        etcd: what lies in /var/lib/etcd.
    """

    flags: tuple[KubeletFlags, ...] = ()
    units: tuple[str, ...] = ()
    programs: tuple[str, ...] = ()
    docker_folder: str = ""
    containerd_folder: str = ""
    networks: tuple[str, ...] = ()
    repositories: tuple[OtherRepository, ...] = ()
    hosts: tuple[HostsLine, ...] = ()
    etcd: tuple[str, ...] = ()


def parse_earlier(text: str) -> Earlier:
    """Reads the traces from lines `KEY VALUE`; see EARLIER's script."""
    values: dict[str, list[str]] = {}
    for line in text.split("\n"):
        key, _, value = line.partition(" ")
        values.setdefault(key, []).append(value)

    def some(key: str) -> tuple[str, ...]:
        return tuple(value.strip() for value in values.get(key, ()) if value.strip())

    return Earlier(
        flags=tuple(_flags(some("flags"))),
        units=some("unit"),
        programs=some("program"),
        docker_folder=_docker_folder("\n".join(values.get("daemon", ()))) or next(iter(some("docker")), ""),
        containerd_folder=_containerd_folder(some("containerd-setting"))
        or next(iter(some("containerd")), ""),
        networks=some("network"),
        repositories=tuple(_repositories(values.get("repository", []))),
        hosts=tuple(_hosts(some("hosts"))),
        etcd=some("etcd"),
    )


def _flags(lines: tuple[str, ...]) -> Iterator[KubeletFlags]:
    """Reads the flags from lines `FILE VALUE`."""
    for line in lines:
        file, _, value = line.partition(" ")
        flags = value.strip().strip("\"'").strip()
        if flags:
            yield KubeletFlags(file, flags)


def _docker_folder(text: str) -> str:
    """Reads the folder from daemon.json; Docker called the setting `graph` up to 17.05."""
    try:
        document: Any = json.loads(text)
    except (ValueError, RecursionError):
        return ""
    if not isinstance(document, dict):
        return ""
    found = document.get("data-root") or document.get("graph")
    return found if isinstance(found, str) else ""


def _containerd_folder(lines: tuple[str, ...]) -> str:
    found = (match[1] for line in lines if (match := _CONTAINERD_ROOT.match(line)))
    return next(found, "")


def _repositories(lines: list[str]) -> Iterator[OtherRepository]:
    """Reads repositories from lines `FILE LINE`; a file that cannot be parsed is left to the package manager."""
    files: dict[str, list[str]] = {}
    for line in lines:
        file, _, content = line.partition(" ")
        files.setdefault(file, []).append(content)
    for file, text in files.items():
        parser = RawConfigParser(strict=False, interpolation=None, delimiters=("=",), default_section="")
        try:
            parser.read_string("\n".join(text))
        except (Error, ValueError):
            continue
        for section in parser.sections():
            keys = dict(parser.items(section))
            exclude = "excludepkgs" if "excludepkgs" in keys else "exclude"
            yield OtherRepository(
                file,
                section,
                enabled=keys.get("enabled", "1").strip().lower() not in {"0", "no", "false", "off"},
                urls=" ".join(keys.get(key) or "" for key in ("baseurl", "mirrorlist", "metalink")).strip(),
                exclude=exclude,
                excluded=keys.get(exclude) or "",
            )


def _hosts(lines: tuple[str, ...]) -> Iterator[HostsLine]:
    for line in lines:
        address, *names = line.split()
        if names:
            yield HostsLine(address, tuple(names))


#: It prints only those repositories that mention Kubernetes or Docker, and at most a thousand lines of /etc/hosts.
EARLIER = Fragment(
    "earlier",
    f"""for file in /etc/sysconfig/kubelet /etc/default/kubelet; do
    if [ -r "$file" ]; then sed -n "s|^ *KUBELET_EXTRA_ARGS=|flags $file |p" "$file"; fi
done
for folder in /etc /run /usr/local/lib; do
    for file in "$folder/systemd/system/kubelet.service" "$folder"/systemd/system/kubelet.service.d/*.conf; do
        if [ ! -e "$file" ] || rpm -qf "$file" >/dev/null 2>&1; then continue; fi
        case "$file" in
            */nodewright*.conf) ;;
            */kubelet.service) echo "unit $file" ;;
            *) if grep -Eqs '^ *(ExecStart|Environment(File)?) *=.*([Kk][Uu][Bb][Ee][Ll][Ee][Tt])' "$file"; then
                echo "unit $file"
            fi ;;
        esac
    done
done
for program in {" ".join(_PROGRAMS)}; do
    for folder in /usr/local/sbin /usr/local/bin; do
        if [ -x "$folder/$program" ]; then echo "program $folder/$program"; fi
    done
done
if [ -r /etc/docker/daemon.json ]; then sed 's/^/daemon /' /etc/docker/daemon.json; fi
if [ -r /etc/containerd/config.toml ]; then
    sed -n 's/^ *root *=/containerd-setting root =/p' /etc/containerd/config.toml
fi
for runtime in docker containerd; do
    if [ -n "$(ls -A "/var/lib/$runtime" 2>/dev/null)" ]; then echo "$runtime /var/lib/$runtime"; fi
done
for file in /etc/cni/net.d/*.conf /etc/cni/net.d/*.conflist /etc/cni/net.d/*.json; do
    if [ -e "$file" ]; then echo "network $file"; fi
done
grep -Elis 'kubernetes|k8s|docker' /etc/yum.repos.d/*.repo >"$nw_tmp/repositories" || true
while read -r file; do
    case "$file" in
        */nodewright-*) ;;
        *) sed "s|^|repository $file |" "$file" ;;
    esac
done <"$nw_tmp/repositories"
if [ -r /etc/hosts ]; then
    sed -n '/^# BEGIN nodewright /,/^# END nodewright /d; s/#.*//; s/^ *[0-9a-fA-F]/hosts &/p; 1000q' /etc/hosts
fi
if [ -d /var/lib/etcd ]; then
    for path in /var/lib/etcd/*; do
        if [ -e "$path" ]; then echo "etcd $path"; fi
    done
fi""",
    parse_earlier,
)
