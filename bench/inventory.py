"""How long an inventory of 5,000 hosts takes to load: `python -m bench.inventory [HOSTS]`.

Side by side with PyYAML's own loaders reading the same file, which neither check nor type it nor know places. The
seconds are CPU seconds, the best of five runs, so that a busy machine does not count against anyone.
"""

from __future__ import annotations

import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import yaml

from kube.settings.inventory import Inventory
from nodewright.inventory import InventoryError, load

_HEAD = """\
cluster: {name: big, kubernetes: 1.34.2, runtime: containerd, pod_cidr: 10.128.0.0/9, service_cidr: 10.96.0.0/12}
ssh: {user: centos, host_keys: accept-new}
defaults: {labels: {region: north}}
control_planes: {cp: {address: 10.0.0.1}}
workers:
  defaults: {labels: {disk: ssd}}
"""
_HOST = """\
  node{number}:
    address: 10.1.{high}.{low}
    labels: {{rack: r{high}, shelf: s{low}}}
    ssh: {{host: 192.168.{high}.{low}, port: 2222}}
"""


def inventory(hosts: int) -> str:
    """Returns an inventory with so many workers, each with settings of its own."""
    return _HEAD + "".join(
        _HOST.format(number=number, high=number // 250, low=number % 250 + 1) for number in range(hosts)
    )


def best(what: Callable[[], object], runs: int = 5) -> float:
    """CPU seconds of the fastest of some runs."""
    seconds = []
    for _ in range(runs):
        start = time.process_time()
        what()
        seconds.append(time.process_time() - start)
    return min(seconds)


def refused(path: Path) -> int:
    """Returns how many problems the inventory has."""
    try:
        load(path, Inventory)
    except InventoryError as error:
        return len(error.problems)
    return 0


def main(hosts: int) -> None:
    """Prints one line for each way to read the file."""
    with tempfile.TemporaryDirectory() as folder:
        good, bad = Path(folder, "inventory.yaml"), Path(folder, "bad.yaml")
        text = inventory(hosts)
        good.write_text(text)
        bad.write_text(text.replace("address: 10.1.", "adress: 10.1."))
        print(f"{hosts} hosts, {len(text.splitlines())} lines, CPU seconds, best of five")
        print(f"  {best(lambda: load(good, Inventory)):6.2f}  nodewright: read, checked, typed, places known")
        print(f"  {best(lambda: refused(bad)):6.2f}  nodewright: {refused(bad)} problems found in a bad one")
        print(f"  {best(lambda: yaml.load(text, yaml.CSafeLoader)):6.2f}  yaml.CSafeLoader: read")
        print(f"  {best(lambda: yaml.safe_load(text), 1):6.2f}  yaml.safe_load: read")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 5000)
