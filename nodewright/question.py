"""A small script that is run for what it prints: facts, and what an operator-side check asks."""

from __future__ import annotations

import math
from collections.abc import Mapping

from nodewright.script import FOLDER, comment, function, preamble, whole


def question(run_id: str, fragments: Mapping[str, str], timeout: float, *, folder: str = FOLDER) -> str:
    """A script that runs each fragment, as root under `set -e`, and tells what it printed; it takes no lock.

    Args:
        run_id: first field of each record.
        fragments: POSIX sh by name; a name is one word and comes back in the fragment's record.
        timeout: seconds that each fragment may take; then it is killed.
        folder: where temporary files are on the host.

    The records: Hello; per fragment, in order, OutputValue(name, standard output up to 1 MiB), and, if it
    failed, a Done of its index with outcome failed, its status and what it wrote to standard error; at last
    an End with the status of the first one that failed, else 0.
    """
    parts: list[str] = []
    calls: list[str] = []
    for index, (name, fragment) in enumerate(fragments.items()):
        if not name.isprintable() or not name or set(name) & set(" '"):
            raise ValueError(f"{name!r} is no name for a fragment")
        parts.append(f"{comment(name)}\n{function(f'nw_ask_{index}', fragment)}\n")
        calls.append(f"    nw_ask {index} {math.ceil(timeout)} '{name}'")
    steps = "nw_steps() {\n    # nw_ask INDEX SECONDS NAME\n" + "\n".join([*calls, "    :"]) + "\n}\n"
    return whole(preamble(run_id, "question", folder=folder), "\n".join([*parts, steps]))
