"""5,000 hosts load in under 2 s; `bench/inventory.py` has the figures."""

from __future__ import annotations

import time
from pathlib import Path

from tests.unit.inventory.village import loaded


def test_five_thousand_hosts_load_in_two_cpu_seconds(tmp_path: Path) -> None:
    hosts = "".join(
        f"  house{number}:\n    address: 10.0.{number // 250}.{number % 250}\n    labels: {{street: s{number}}}\n"
        for number in range(5000)
    )
    text = "ssh: {user: baker}\ndefaults: {rooms: [hall]}\nbakers:\n" + hosts
    start = time.process_time()
    assert len(loaded(tmp_path, text).hosts) == 5000
    assert time.process_time() - start < 2
