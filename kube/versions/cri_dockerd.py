"""Holds cri-dockerd's release archives: where each lies, its checksums, and the API of Docker that it speaks.

Nobody offers cri-dockerd as a package for EL 9: the RPMs of 0.3.15 and later are Fedora's and require libcgroup,
and the last one for EL 8, of 0.3.14, speaks an API that Docker 29 refuses. The archives hold one static program.

Sources, read on 2026-11-25:
[1] kubespray's roles/kubespray_defaults/vars/main/checksums.yml at 46dbdd39 of 2026-08-21: versions, checksums;
[2] cri-dockerd's go.mod at each tag: Docker's client 24 speaks API 1.43, client 25 speaks 1.44; its libdocker agrees
    with the daemon on an older one, down to 1.26;
[3] docs.docker.com, release notes of Docker Engine 29.0: the daemon requires API 1.44.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

#: Each archive holds this program and nothing else.
MEMBER = "cri-dockerd/cri-dockerd"


@dataclass(frozen=True)
class CriDockerd:
    """Holds a row of the table: one release.

    Args:
        version: without a `v`.
        api: the newest version of Docker's API that it speaks [2].
        amd64: SHA-256 of the archive for x86_64 [1].
        arm64: SHA-256 of the archive for aarch64 [1].
    """

    version: str
    api: tuple[int, int]
    amd64: str
    arm64: str

    def archive(self, machine: str) -> tuple[str, str]:
        """Returns URL and SHA-256 of the archive for a machine, as `uname -m` calls it.

        Raises:
            KeyError: the machine is not one of MACHINES.
        """
        name = MACHINES[machine]
        file = f"cri-dockerd-{self.version}.{name}.tgz"
        url = f"https://github.com/Mirantis/cri-dockerd/releases/download/v{self.version}/{file}"
        return url, {"amd64": self.amd64, "arm64": self.arm64}[name]


#: Maps what `uname -m` prints to the archive's name of the machine.
MACHINES = {"x86_64": "amd64", "aarch64": "arm64"}

#: Lists the newest release first.
RELEASES = (
    CriDockerd(
        "0.3.26",
        (1, 44),
        amd64="87f31c964d974cdce9c883c79b69e355c3c323e51d3a7d36cda140e6df7b8d5a",
        arm64="d33e46e0d7ce28b22fdf7fa6327961cf0220ec3814fd7cc482f8cb77e7fd986a",
    ),
    CriDockerd(
        "0.3.25",
        (1, 44),
        amd64="adb9b9785dc10fe49107f5d9e6a62c4271d268a214b9813f5dce251afc9d78ff",
        arm64="7eda6e815ed80ddf28095587038a8c48cb9af2060f7b45f9d8e68603c42caa67",
    ),
    CriDockerd(
        "0.3.24",
        (1, 44),
        amd64="dd4b7f514c248a3aaca398f467430a4c58aae9a77ea8b96a2f5b5d6fba0948d1",
        arm64="c783a03735887c4a8fc894bd4cf7a1c0defef3ecf50a4d79ff31eed45c26b17e",
    ),
    CriDockerd(
        "0.3.23",
        (1, 44),
        amd64="c7fe5db7f9396186193b58ded0e62a31eca7b3c58ad8691d57017986f96482ee",
        arm64="a78037d2d2e9c52c48372a5cbba7b94b1c57be5759449beef29cfe03cbe6f14b",
    ),
    CriDockerd(
        "0.3.22",
        (1, 44),
        amd64="6621a96a885c82844d12318de00f510eae3459871cf1ad47317f38dd242f9a03",
        arm64="3260b214c9b12dbf0cbf4d60410c45aacfc31ba52aa7b74164135968e8950cb6",
    ),
    CriDockerd(
        "0.3.21",
        (1, 44),
        amd64="6c35838bc4b1aef74f9113670e114ca729a5f295f9457b226791e18e86e91698",
        arm64="35de6b1e8eba11d8ba6d71fa7499cb3d610a1e7b866c9d43b7f87029e3a769cd",
    ),
    CriDockerd(
        "0.3.20",
        (1, 44),
        amd64="2ce46d6bbd7f6a7e06e211836c201fdc2311111913eccc63a03f6ef4fe1958fc",
        arm64="e6b4661c51c832ee1cbbb75d1c8b086fa803acc153d400454c3b8cf324547d89",
    ),
    CriDockerd(
        "0.3.18",
        (1, 44),
        amd64="937578ddcdb28c71afded3fda25d555e0c9e6d396668977ff98228d55886dc79",
        arm64="d16204a4f01685ba67319adb3acc6a6f3e62d8bcfd87bc67f5e08f7332515a9d",
    ),
    CriDockerd(
        "0.3.17",
        (1, 44),
        amd64="5568d571c2cfee7a31ce0b35b7fcc65b96c85b573ee6645151c4d022ed92a626",
        arm64="761ee6db946ff2c8da04e57833dbbca8e5c38bc3f5b8e84bda689b1b7260c36f",
    ),
    CriDockerd(
        "0.3.16",
        (1, 44),
        amd64="cc7f181ce850130dc375515c54cd8a27e1e862252abc5b7eade7b4a03ddabd8e",
        arm64="0ab930b6f7ab87697cd94c954d01e19fdd5b5d65810662effb957c5db49a55d4",
    ),
    CriDockerd(
        "0.3.15",
        (1, 43),
        amd64="4779b7c3663f002871e79ecf6aa8eb48d0bb74df035baecf56b816deb21d12c4",
        arm64="39e430378c9c08a1d5056426e3c772ae50416ffeadbe720fa63a853c475fd5a4",
    ),
    CriDockerd(
        "0.3.14",
        (1, 43),
        amd64="89096dff11b60c8d4f061ee88751c895650a3ef6db5c19d63ab22a1aeb42a5b3",
        arm64="12c5538887ccea5ec363337dbb50ff52f3b020c93d65649ee1a906c4ec994bf7",
    ),
)

#: Lists the oldest API that Docker accepts, from a major version on [3].
_FLOORS = ((29, (1, 44)),)


def api_floor(docker: str) -> tuple[int, int]:
    """Returns the oldest API that a version of Docker accepts from a client.

    Args:
        docker: `29.0.1`, also with a release; empty for the newest.
    """
    major = re.match(r"\d+", docker)
    floors = [api for since, api in _FLOORS if major is None or int(major[0]) >= since]
    return max(floors, default=(1, 0))


def cri_dockerd(docker: str, pinned: str | None = None) -> CriDockerd | None:
    """Returns the newest release that speaks to a version of Docker, or the pinned one if it does; else None.

    Args:
        docker: as for `api_floor`.
        pinned: the only version to take.
    """
    floor = api_floor(docker)
    return next((row for row in RELEASES if row.api >= floor and pinned in (None, row.version)), None)
