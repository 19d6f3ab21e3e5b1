"""How long a lab takes when everything is in the cache: `python -m bench.lab [RUNS]`.

Wall-clock seconds of a lab of its own with three nodes: from nothing to SSH answering on all of them; to bare
nodes again after some 300 MB were written on each; and until nothing of it is left. The target is what the
lab promises.
"""

from __future__ import annotations

import statistics
import sys
import time
from collections.abc import Callable

from lab import lifecycle
from lab.nodes import on

NAME = "benchlab"
TARGETS = {"up": 15.0, "fresh": 10.0, "down": None}


def seconds(action: Callable[[], object]) -> float:
    begin = time.monotonic()
    action()
    return time.monotonic() - begin


def run() -> dict[str, float]:
    """One life of a lab: what each command took, in seconds."""
    took = {"up": seconds(lambda: lifecycle.up(NAME))}
    lab = lifecycle.existing(NAME)
    for node in lab.nodes:
        on(lab, node, "for i in 1 2 3; do cp -a /usr /var/lib/docker/usr$i; done")
    took["fresh"] = seconds(lambda: lifecycle.fresh(NAME))
    took["down"] = seconds(lambda: lifecycle.down(NAME))
    return took


def main(runs: int) -> None:
    lifecycle.up(NAME)
    lifecycle.down(NAME)
    results = [run() for _ in range(runs)]
    print(f"{'':8}{'best':>8}{'median':>8}{'worst':>8}{'target':>8}   seconds, {runs} runs")
    for command, target in TARGETS.items():
        took = [result[command] for result in results]
        aim = f"{target:8.0f}" if target else f"{'-':>8}"
        print(f"{command:8}{min(took):8.1f}{statistics.median(took):8.1f}{max(took):8.1f}{aim}")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 3)
