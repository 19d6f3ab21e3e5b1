"""Compiles a host's steps to one POSIX sh script: a preamble, the runtime (prelude.sh), the steps, an end marker.

The text of the steps is the same for plan and apply, and for all values. Only the preamble differs.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property
from importlib.resources import files

from nodewright.errors import NodewrightError
from nodewright.paths import RUN
from nodewright.script.records import RUN_ID
from nodewright.script.shell import quote, variable
from nodewright.script.step import Step
from nodewright.secret import Secret

#: Runs the script, but only once its last byte has arrived.
_END_MARKER = "nw_main 'the script is whole'\n"

_PRELUDE = files("nodewright.script").joinpath("prelude.sh").read_text()


class Mode(StrEnum):
    """Says whether a script only shows what it would change, or changes it."""

    PLAN = "plan"
    APPLY = "apply"


@dataclass(frozen=True)
class Section:
    """Holds the steps of one job within a script. The script reports when all of them are done."""

    job: str
    steps: tuple[Step, ...]


@dataclass(frozen=True)
class Script:
    """Holds the compiled steps of a host.

    Args:
        sections: in the order in which they run; a JobDone record's `job` is the index here.
        body: the shell text of the steps, as golden files show it.
    """

    sections: tuple[Section, ...]
    body: str

    @cached_property
    def steps(self) -> tuple[Step, ...]:
        """Returns all steps in order; a record's `step` is an index into them."""
        return tuple(step for section in self.sections for step in section.steps)

    def section_of(self, step: int) -> int:
        """Returns the index of the section that holds the step with this index."""
        return self._section_by_step[step]

    @cached_property
    def _section_by_step(self) -> tuple[int, ...]:
        return tuple(index for index, section in enumerate(self.sections) for _ in section.steps)

    def text(
        self,
        *,
        run_id: str,
        mode: Mode,
        holder: str = "",
        variables: Mapping[str, str | Secret] | None = None,
        folder: str = RUN,
        tick: float = 2.0,
    ) -> str:
        """Returns the whole script, for a host's `sh` to run as root.

        Args:
            run_id: first field of each record; names the owner of the lock.
            mode: in a plan, steps check and show; nothing is applied, no lock is taken, no values are passed.
            holder: who runs this and since when, for a user who finds the host locked; the run id is added.
            variables: name of the shell variable → value of another host.
            folder: the host's folder for lock and temporary files.
            tick: seconds until the first tick of a step that still runs, and between two ticks.

        Raises:
            ConfigurationError: a variable's name is no shell name, or a value holds a NUL.
        """
        values = dict(variables or {})
        if mode is Mode.PLAN:
            values = dict.fromkeys(values, "")
        head = preamble(run_id, mode, holder=holder, variables=values, folder=folder, tick=tick)
        return whole(head, self.body)


def compile_script(sections: Sequence[Section]) -> Script:
    """Returns the script that runs these sections one after the other.

    Raises:
        NodewrightError: two steps of a section have one name, or `after` names no earlier step.
    """
    return Script(tuple(sections), "\n".join(_body(sections)))


def question(run_id: str, fragments: Mapping[str, str], timeout: float, *, folder: str = RUN) -> str:
    """Returns a script that runs each fragment as root under `set -e`, and reports its output; it takes no lock.

    Args:
        run_id: first field of each record.
        fragments: name → POSIX sh; a name is one word, and the fragment's record holds it.
        timeout: seconds until a fragment is killed.
        folder: the host's folder for temporary files.

        The script prints Hello first. For each fragment, in order, it prints OutputValue(name, standard output up to
        1 MiB). If the fragment failed, a Done follows with its index, outcome failed, its status and its standard
        error. Last comes an End with the status of the first fragment that failed, or 0.
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


def stop_text(run_id: str, *, folder: str = RUN) -> str:
    """Returns a script that asks the scripts of a run on this host to stop before their next step."""
    return f'for nw_tmp in {quote(folder)}/{_checked(run_id)}@*; do\n    : >"$nw_tmp/stop"\ndone\n'


def preamble(
    run_id: str,
    mode: str,
    *,
    holder: str = "",
    variables: Mapping[str, str | Secret] | None = None,
    folder: str = RUN,
    tick: float = 2.0,
) -> str:
    """Returns the head of a script, with all that differs between two runs of one text; arguments as Script.text."""
    values = {_own(name): value for name, value in (variables or {}).items()}
    lines = [
        f"# nodewright: {mode}, run {run_id}",
        "# shellcheck disable=SC2317 # texts are called by name, and no script needs all that the runtime can do",
        f"nw_run_id={_checked(run_id)}",
        f"nw_mode={mode}",
        f"nw_holder={quote(' '.join(holder.split()))}",
        f"nw_folder={quote(folder)}",
        f"nw_every={round(tick * 100)}  # hundredths of a second between two ticks",
        f"nw_wake={min(1.0, tick / 2):g}",
    ]
    if values:
        # If the environment has a variable of this name, the shell would export the value too.
        lines.append(f"unset {' '.join(values)}")
    for name, value in values.items():
        lines.append(f"{name}={quote(value.reveal() if isinstance(value, Secret) else value)}")
    return "\n".join(lines) + "\n"


def whole(head: str, body: str) -> str:
    """Returns preamble and body as a script that runs only once its last byte has arrived."""
    return f"{head}\n{_PRELUDE}\n{body}\n{_END_MARKER}"


def function(name: str, text: str) -> str:
    """Returns a shell function around the text, not indented: here-documents would change."""
    return f"{name}() {{\n{text.strip(chr(10)) or ':'}\n}}"


def comment(text: str) -> str:
    """Returns the text as a comment of one line."""
    if not text.isprintable():
        text = "".join(char if char.isprintable() else " " for char in text)
    return f"# {text}"


def _checked(run_id: str) -> str:
    if not RUN_ID.fullmatch(run_id):
        raise ValueError(f"{run_id!r} is no run id")
    return run_id


def _own(name: str) -> str:
    if name.startswith("nw_"):
        raise ValueError(f"{name!r} belongs to the engine")
    return variable(name)


def _body(sections: Sequence[Section]) -> Iterator[str]:
    calls: list[str] = []
    index_by_name: dict[str, int] = {}
    index = 0
    for job, section in enumerate(sections):
        yield f"{comment(f'==== {section.job} ')}{'=' * 40}\n"
        calls.append(f"    {comment(section.job)}")
        _refuse_equal_names(section)
        for step in section.steps:
            yield "\n".join(
                [
                    comment(f"{index}. {step.name}"),
                    function(f"nw_check_{index}", step.check),
                    function(f"nw_show_{index}", step.show),
                    function(f"nw_apply_{index}", step.apply),
                    "",
                ]
            )
            calls.append(f"    {_call(index, step, index_by_name)}  {comment(step.name)}")
            index_by_name[step.name] = index
            index += 1
        calls.append(f"    nw_job_done {job}")
    yield "nw_steps() {\n    # nw_step INDEX SECONDS KIND AFTER...\n" + "\n".join(calls) + "\n}\n"


def _call(index: int, step: Step, index_by_name: Mapping[str, int]) -> str:
    for name in step.after:
        if name not in index_by_name:
            raise NodewrightError(
                f"it is to come after {name!r}, and no earlier step has that name",
                step=step.name,
                where=step.where or None,
            )
    earlier = [index_by_name[name] for name in step.after]
    kind = "reboots" if step.reboots else "waits" if step.waits else "plain"
    return " ".join(["nw_step", str(index), str(math.ceil(step.timeout)), kind, *map(str, earlier)])


def _refuse_equal_names(section: Section) -> None:
    seen: dict[str, Step] = {}
    for step in section.steps:
        if other := seen.get(step.name):
            raise NodewrightError(
                f"two steps of {section.job} have this name, the other one is at {other.where or '?'}",
                step=step.name,
                where=step.where or None,
            )
        seen[step.name] = step
