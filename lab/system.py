"""Asking this machine's own programs: podman, nft, ip. What takes minutes and a log goes by `command`."""

import subprocess
from collections.abc import Sequence
from pathlib import Path

from lab.errors import LabError

TAIL = 5


def call(*argv: str | Path, stdin: str = "", timeout: float = 120) -> str:
    """Returns what the program wrote to standard output. `timeout` is in seconds.

    Raises LabError with the program's last lines when it fails, hangs or is not there.
    """
    words = [str(word) for word in argv]
    try:
        done = subprocess.run(
            words, input=stdin, capture_output=True, text=True, timeout=timeout, check=False
        )
    except FileNotFoundError:
        raise LabError(f"{words[0]} is not to be found, though the lab installs it: is PATH whole?") from None
    except subprocess.TimeoutExpired:
        raise LabError(f"`{_short(words)}` gave no answer in {timeout:.0f} s.") from None
    if done.returncode != 0:
        lines = (done.stderr.strip() or done.stdout.strip() or "no output").splitlines()
        raise LabError(f"`{_short(words)}` failed with {done.returncode}: " + "\n  ".join(lines[-TAIL:]))
    return done.stdout


def succeeds(*argv: str | Path) -> bool:
    """Returns whether the program ends with 0; what it writes is dropped."""
    done = subprocess.run([str(word) for word in argv], input=b"", capture_output=True, check=False)
    return done.returncode == 0


def _short(words: Sequence[str]) -> str:
    line = " ".join(words)
    return line if len(line) <= 100 else line[:97] + "..."
