"""The key that signs packages: root's own, and no agent is left behind."""

import os
import subprocess
from pathlib import Path
from threading import Event

from lab.artifacts import Job
from lab.signing import KEY, PRIVATE, PUBLIC, keyring


def generate(folder: Path) -> Path:
    out = folder / "key"
    out.mkdir()
    KEY.build(Job(out, {}, folder / "log", Event()))
    return out


def test_only_the_owner_reads_the_private_key(tmp_path: Path) -> None:
    key = generate(tmp_path)
    assert (key / PRIVATE).stat().st_mode & 0o777 == 0o600
    assert "PRIVATE" not in (key / PUBLIC).read_text()


def test_a_keyring_signs_and_is_gone_with_its_agent(tmp_path: Path) -> None:
    key = generate(tmp_path)
    message = tmp_path / "message"
    message.write_text("text")
    with keyring(key) as env:
        sign = ["gpg", "--batch", "--detach-sign", str(message)]
        subprocess.run(sign, env={**os.environ, **env}, check=True)
        home = env["GNUPGHOME"]
    assert not Path(home).exists()
    assert (
        home not in subprocess.run(["ps", "-eo", "args"], check=True, capture_output=True, text=True).stdout
    )
