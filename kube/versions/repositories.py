"""Says where the public repositories have the packages of a host: one table, and the rules read off it.

Sources, looked up on 2026-11-25:
[1] kubernetes/release#3818: the key in the repositories of 1.24 to 1.27 expired on 2024-11-02; #3840: newer
    repositories have the same key, renewed;
[2] docker/cli#5364, docker/for-linux#1517: linux/centos/8 ends with Docker 26.1.3, and linux/rhel goes on;
[3] download.docker.com/linux/rhel as scripts of others name it: packages for x86_64 begin with docker-ce 26.1.4
    and containerd.io 1.6.33 on 8 and 9, and with docker-ce 28.5.0 on 10 (rocky-linux/documentation#2927);
[4] docs.docker.com, "Install Docker Engine on RHEL" (rhel-7-server-extras-rpms) and Oracle's yum-config-manager
    channels (ol7_addons): where container-selinux is, which docker-ce and containerd.io require.
"""

from __future__ import annotations

import re

from kube.versions.releases import NEWEST
from nodewright.facts import OperatingSystem

#: `{minor}` stands for Kubernetes' minor.
KUBERNETES_URL = "https://pkgs.k8s.io/core:/stable:/v{minor}/rpm/"
#: One key has signed all minors so far. The newest repository has it with the latest expiry [1].
KUBERNETES_KEY = f"https://pkgs.k8s.io/core:/stable:/v{NEWEST.line}/rpm/repodata/repomd.xml.key"
#: `{system}` stands for the host's folder below linux/, `rhel/9`: see `docker_folder`.
DOCKER_URL = "https://download.docker.com/linux/{system}/$basearch/stable/"
DOCKER_KEY = "https://download.docker.com/linux/centos/gpg"

Numbers = tuple[int, ...]

#: Maps EL's major to the oldest docker-ce and containerd.io that linux/rhel has [3].
_RHEL_SINCE: dict[int, tuple[Numbers, Numbers]] = {
    8: ((26, 1, 4), (1, 6, 33)),
    9: ((26, 1, 4), (1, 6, 33)),
    10: ((28, 5, 0), (1, 7, 28)),
}

#: Maps os-release's id and major to a part of the ids of the repositories that have container-selinux, and to the
#: repository's own name [4]. These repositories are not enabled on a fresh machine.
SELINUX_REPOSITORIES = {
    ("rhel", 7): ("extras", "rhel-7-server-extras-rpms"),
    ("ol", 7): ("addons", "ol7_addons"),
}


def docker_folder(system: OperatingSystem, *, docker: str = "", containerd: str = "") -> str:
    """Returns the host's folder below download.docker.com/linux, `rhel/9`; a pinned `$releasever` would not find it.

    From EL 8 on it is RHEL's folder. Packages older than RHEL's lie in CentOS' folder [2][3].

    Args:
        docker: the version of docker-ce that is asked for; empty for the newest.
        containerd: the version of containerd.io that is asked for; empty for the newest.
    """
    if system.id == "fedora":
        return f"fedora/{system.version}"
    oldest_docker, oldest_containerd = _RHEL_SINCE.get(system.major, ((), ()))
    old = _is_older(docker, oldest_docker) or _is_older(containerd, oldest_containerd)
    return f"{'centos' if system.major < 8 or old else 'rhel'}/{system.major}"


def _is_older(version: str, oldest: Numbers) -> bool:
    numbers = tuple(int(number) for number in re.findall(r"\d+", version.partition("-")[0]))
    return bool(numbers) and numbers[: len(oldest)] < oldest
