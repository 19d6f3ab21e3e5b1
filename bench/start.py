"""What a command costs before it does anything: `python -m bench.start [RUNS]`.

CPU seconds of a process from its start to its end, user and system, for a bare Python, for Invoke without any tasks,
for what a shell's completion asks at each TAB, and for the lists and help that run no command. The target is for what
comes on top of a bare Python.
"""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[1]
TARGET = 0.3
INVOKE = ("-m", "invoke", "--search-root", str(ROOT))
WAYS = {
    "bare Python": ("-c", "pass"),
    "invoke --version": (*INVOKE, "--version"),
    "invoke --list": (*INVOKE, "--list"),
    "invoke --help provision": (*INVOKE, "--help", "provision"),
    "TAB": (*INVOKE, "--complete", "--", "invoke pro"),
    "invoke inventory.check": (*INVOKE, "inventory.check", "--inventory", str(ROOT / "inventory.yaml")),
}


def cpu(words: tuple[str, ...]) -> float:
    """Runs Python with these words, and returns the CPU seconds that it took."""
    process = subprocess.Popen([sys.executable, *words], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    return usage.ru_utime + usage.ru_stime


def main(runs: int) -> None:
    for words in WAYS.values():
        cpu(words)  # compiles what is not compiled yet
    took = {name: [cpu(words) for _ in range(runs)] for name, words in WAYS.items()}
    bare = statistics.median(took["bare Python"])
    print(f"{'':26}{'best':>8}{'median':>8}{'worst':>8}{'on top':>8}   CPU seconds, {runs} runs")
    for name, values in took.items():
        median = statistics.median(values)
        print(f"{name:26}{min(values):8.2f}{median:8.2f}{max(values):8.2f}{median - bare:8.2f}")
    print(f"{'target':26}{TARGET:32.2f}")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 9)
