"""known_hosts files as OpenSSH reads and writes them."""

from __future__ import annotations

import base64
import subprocess
import threading
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nodewright.errors import ConfigurationError
from nodewright.transport.known_hosts import HostKey, KnownHostsFiles, add, load, name_of, parse

KEY = HostKey("ssh-ed25519", b"\0\0\0\x0bssh-ed25519\0\0\0 " + bytes(32))
BLOB = base64.b64encode(KEY.blob).decode()


def matching(text: str, name: str) -> list[str]:
    """Where the entries stand that speak of a name."""
    return [entry.where for entry in parse(text, "f") if entry.matches(name)]


def test_name_carries_the_port_unless_it_is_the_usual_one() -> None:
    assert name_of("Node1", 22) == "node1"
    assert name_of("Node1", 2222) == "[node1]:2222"
    assert name_of("10.0.0.1", 2222, "Alias") == "alias"


@pytest.mark.parametrize(
    ("names", "name", "found"),
    [
        ("node1", "node1", True),
        ("node1", "node10", False),
        ("Node1,node2", "node1", True),
        ("node?", "node1", True),
        ("*.lab,!secret.lab", "node1.lab", True),
        ("*.lab,!secret.lab", "secret.lab", False),
        ("[node1]:2222", "[node1]:2222", True),
        ("[node1]:2222", "node1", False),
        ("[node*]:2222", "[node1]:2222", True),
        ("node1", "[node1]:2222", False),
        ("fe80::1", "fe80::1", True),
    ],
)
def test_names_of_a_line(names: str, name: str, found: bool) -> None:
    assert bool(matching(f"{names} ssh-ed25519 {BLOB}\n", name)) is found


@pytest.mark.parametrize("name", ["node1", "[node1]:2222", "10.0.0.1"])
def test_names_hashed_by_openssh_are_found(name: str, tmp_path: Path) -> None:
    file = tmp_path / "known_hosts"
    file.write_text(f"{name} ssh-ed25519 {BLOB}\n")
    subprocess.run(["ssh-keygen", "-q", "-H", "-f", str(file)], check=True, capture_output=True)
    hashed = file.read_text()
    assert name not in hashed
    assert matching(hashed, name) == ["f:1"]
    assert matching(hashed, "other") == []


def test_lines_that_are_no_entries_are_passed_over_and_counted() -> None:
    text = "\n".join(
        [
            "# node1 a comment",
            "",
            "node1 ssh-ed25519",
            "node1 ssh-ed25519 not-base64!",
            f"@cert-authority node1 ssh-ed25519 {BLOB}",
            f"@revoked node1 ssh-ed25519 {BLOB}",
            f"node1\tssh-ed25519   {BLOB} and a comment",
        ]
    )
    found = [(entry.where, entry.revoked) for entry in parse(text, "f") if entry.matches("node1")]
    assert found == [("f:6", True), ("f:7", False)]


@given(st.text())
def test_any_text_can_be_read(text: str) -> None:
    for entry in parse(text):
        entry.matches("node1")


@given(
    st.text("0123456789abcdefghijklmnopqrstuvwxyz.-", min_size=1),
    st.integers(1, 65535),
    st.binary(min_size=1),
)
def test_line_that_is_written_is_found_again(host: str, port: int, blob: bytes) -> None:
    key = HostKey("ssh-ed25519", blob)
    name = name_of(host, port)
    (entry,) = parse(key.line(name))
    assert entry.matches(name)
    assert entry.key == key


def test_fingerprint_is_the_one_of_ssh_keygen(tmp_path: Path) -> None:
    file = tmp_path / "known_hosts"
    file.write_text(KEY.line("node1"))
    told = subprocess.run(["ssh-keygen", "-lf", str(file)], check=True, capture_output=True, text=True)
    assert told.stdout.split()[1] == KEY.fingerprint


def test_files_that_are_not_there_have_no_entries(tmp_path: Path) -> None:
    assert load([tmp_path / "none"]).entries == ()


def test_file_that_cannot_be_read_is_told(tmp_path: Path) -> None:
    with pytest.raises(
        ConfigurationError, match=f"cannot read the known hosts: Is a directory \\({tmp_path}\\)"
    ):
        load([tmp_path])


def test_added_lines_end_up_on_lines_of_their_own_once(tmp_path: Path) -> None:
    file = tmp_path / "known_hosts"
    file.write_text("# no newline at the end")
    for _ in range(2):
        add(file, [KEY.line("node1"), KEY.line("node2"), KEY.line("node1")])
    assert file.read_text() == f"# no newline at the end\n{KEY.line('node1')}{KEY.line('node2')}"


def test_adding_keeps_mode_link_and_bytes_that_are_no_text(tmp_path: Path) -> None:
    file, link = tmp_path / "real", tmp_path / "known_hosts"
    file.write_bytes(b"# caf\xe9\n")
    file.chmod(0o640)
    link.symlink_to(file)
    add(link, [KEY.line("node1")])
    assert link.is_symlink()
    assert file.read_bytes() == b"# caf\xe9\n" + KEY.line("node1").encode()
    assert file.stat().st_mode & 0o777 == 0o640


def test_adding_leaves_nothing_beside_the_file(tmp_path: Path) -> None:
    add(tmp_path / "known_hosts", [KEY.line("node1")])
    assert [path.name for path in tmp_path.iterdir()] == ["known_hosts"]


def test_many_who_add_at_once_lose_nothing(tmp_path: Path) -> None:
    file = tmp_path / "known_hosts"
    threads = [threading.Thread(target=add, args=(file, [KEY.line(f"node{n}")])) for n in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(file.read_text().splitlines(keepends=True)) == sorted(
        KEY.line(f"node{n}") for n in range(20)
    )


def test_file_that_has_changed_is_read_again(tmp_path: Path) -> None:
    file = tmp_path / "known_hosts"
    files = KnownHostsFiles()
    assert files.read((file,)).of("node1") == ()
    add(file, [KEY.line("node1")])
    assert [entry.key for entry in files.read((file,)).of("node1")] == [KEY]
