"""What provision takes beside a by-hand script: `python -m bench.provision [ROUNDS]`.

Each round takes three bare nodes to a page fetched through the load balancer twice: once by `by_hand.sh`, once
by `invoke provision` up to the smoke test's verdict. They take turns in going first, since the machine is noisy;
what counts is the ratio of the medians. Then a second `invoke provision`, the smoke test not counted.
"""

from __future__ import annotations

import json
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from lab import lifecycle
from lab.settings import Lab

NAME = "bench"
ROOT = Path(__file__).parents[1]


def by_hand(lab: Lab) -> float:
    """Returns seconds until the by-hand script has fetched its page."""
    pool_first = lab.pool.partition("-")[0]
    nodes = [node.address for node in lab.nodes]
    script = str(ROOT / "bench/by_hand.sh")
    begin = time.monotonic()
    subprocess.run([script, str(lab.state), lab.gateway, pool_first, *nodes], check=True)
    return time.monotonic() - begin


def provision(lab: Lab) -> float:
    """Returns seconds until the smoke test's verdict."""
    begin = time.time()
    report, events = invoke_provision(lab)
    verdicts = [event["at"] for event in events if str(event.get("text")).startswith("page fetched from")]
    if report["exit_code"] != 0 or not verdicts:
        raise SystemExit(f"provision ended with {report['exit_code']}: {report['verdict']}")
    return float(verdicts[-1]) - begin


def again(lab: Lab) -> float:
    """Returns seconds of a provision that finds nothing to do, until its smoke test begins."""
    begin = time.time()
    _, events = invoke_provision(lab)
    return float(next(event["at"] for event in events if event.get("stage") == "smoke")) - begin


def invoke_provision(lab: Lab) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    """Returns the report and the events of one run."""
    with tempfile.TemporaryDirectory() as folder:
        command = [sys.executable, "-m", "invoke", "--search-root", str(ROOT), "provision"]
        subprocess.run([*command, "--inventory", str(lab.inventory)], cwd=folder, check=False)
        latest = Path(folder) / "runs/latest"
        events = [json.loads(line) for line in (latest / "events.jsonl").read_text().splitlines()]
        return json.loads((latest / "report.json").read_text()), events


def main(rounds: int) -> None:
    lab = lifecycle.up(NAME)
    took: dict[str, list[float]] = {"by hand": [], "provision": [], "again": []}
    ways: list[tuple[str, Callable[[Lab], float]]] = [("by hand", by_hand), ("provision", provision)]
    for number in range(rounds):
        for name, way in ways if number % 2 == 0 else reversed(ways):
            lifecycle.fresh(NAME)
            took[name].append(way(lab))
            if name == "provision":
                took["again"].append(again(lab))
    lifecycle.down(NAME)
    print(f"{'':12}{'best':>8}{'median':>8}{'worst':>8}   seconds, {rounds} rounds")
    for name, values in took.items():
        print(f"{name:12}{min(values):8.1f}{statistics.median(values):8.1f}{max(values):8.1f}")
    print(f"ratio {statistics.median(took['provision']) / statistics.median(took['by hand']):.2f}")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 3)
