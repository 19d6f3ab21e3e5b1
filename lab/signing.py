"""The key that signs the mirror's packages: made once per cache, its private half readable by root only."""

import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from lab.artifacts import Artifact, Job

USER = "nodewright lab <lab@nodewright.invalid>"
ALGORITHM = "rsa3072"
PUBLIC, PRIVATE = "public.asc", "private.asc"


def _generate(job: Job) -> None:
    with keyring() as env:
        gpg = ("gpg", "--batch", "--passphrase", "", "--pinentry-mode", "loopback")
        job.run(*gpg, "--quick-generate-key", USER, ALGORITHM, "sign", "never", env=env)
        job.run(*gpg, "--armor", "--output", job.out / PUBLIC, "--export", USER, env=env)
        private = job.out / PRIVATE
        private.touch(mode=0o600)
        job.run(*gpg, "--yes", "--armor", "--output", private, "--export-secret-keys", USER, env=env)
        # gpg replaces the file it was given; as long as it is made, its folder keeps others out.
        private.chmod(0o600)


KEY = Artifact("signing", "key", [USER, ALGORITHM], _generate)


@contextmanager
def keyring(key: Path | None = None) -> Iterator[dict[str, str]]:
    """Makes the environment that gives gpg and rpmsign a keyring of their own, with `key` (a folder of KEY) in it.

    In a short path below /tmp because an agent's socket lies in it; the agent ends with it.
    """
    with TemporaryDirectory(prefix="lab-gpg-") as home:
        env = {"GNUPGHOME": home}
        try:
            if key is not None:
                _quietly("gpg", "--batch", "--import", key / PRIVATE, env=env)
            yield env
        finally:
            _quietly("gpgconf", "--kill", "all", env=env)


def _quietly(*argv: str | Path, env: dict[str, str]) -> None:
    subprocess.run(argv, env={**os.environ, **env}, check=True, capture_output=True)
