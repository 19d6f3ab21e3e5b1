"""Any text, as path, content, target, line, value or secret, arrives unchanged and is never interpreted."""

from __future__ import annotations

import tempfile
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from nodewright.resources import absent, block, directory, file, ini_key, link
from nodewright.resources.files import filled_text
from nodewright.script.compile import Mode, Section, compile_script
from nodewright.script.records import Done, Outcome, parse
from nodewright.script.shell import path_word
from nodewright.script.step import Step
from nodewright.secret import Secret
from tests.shell.resources.host import SHELLS, Host

RUN = "run0"
#: What a shell, awk, sed or printf might make something of, over and over.
HOSTILE = st.text(alphabet="a-./\\'\"$`(){}[]*?!&|;<>#%=~^ \t\n\rEND@", max_size=30)
ANY = st.one_of(HOSTILE, st.text(max_size=60))
WITHOUT_NUL = ANY.filter(lambda text: text and "\0" not in text)
ONE_LINE = ANY.filter(lambda text: bool(text) and text.replace("\t", "").isprintable())
NAMES = WITHOUT_NUL.map(lambda text: text.replace("/", "_")).filter(
    lambda text: text not in (".", "..") and len(text.encode()) <= 200
)


@pytest.mark.parametrize("shell", SHELLS)
@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    name=NAMES,
    content=ANY,
    target=WITHOUT_NUL,
    line=ONE_LINE,
    value=ONE_LINE.filter(lambda text: text == text.strip()),
    secret=WITHOUT_NUL,
    lines=st.lists(ONE_LINE, max_size=4),
)
def test_any_text_arrives_unchanged(
    shell: str, name: str, content: str, target: str, line: str, value: str, secret: str, lines: list[str]
) -> None:
    folder = f"/etc/{name}"
    inside = "".join(f"{one}\n" for one in lines)
    secret_file = path_word(f"{folder}/secret")
    filled = filled_text(f"{line}\n@@\n", {"@@": "secret"} if "@@" not in line else {})
    steps = (
        directory(folder),
        file(f"{folder}/{name}", content),
        link(f"{folder}/link", target),
        ini_key(f"{folder}/ini", "key", value, section="main"),
        Step(name="secret", check=f"[ -e {secret_file} ]", apply=f"cat >{secret_file} {filled}"),
        block(f"{folder}/block", inside, marker="lines"),
    )
    with tempfile.TemporaryDirectory() as root:
        host = Host.made(Path(root) / "root", shell)

        assert _apply(host, steps, secret) == {Outcome.CHANGED}
        assert _apply(host, steps, secret) == {Outcome.OK}

        assert host.read(f"{folder}/{name}") == content
        assert str((host.at(folder) / "link").readlink()) == str(Path(target))
        assert host.read(f"{folder}/ini") == f"[main]\nkey={value}\n"
        assert host.read(f"{folder}/block") == f"# BEGIN nodewright lines\n{inside}# END nodewright lines\n"
        if "@@" not in line:
            assert host.read(f"{folder}/secret") == f"{line}\n{secret}\n"
        assert sorted(path.name for path in host.at("/").iterdir()) == sorted(
            path.name for path in Host.made(Path(root) / "untouched", shell).at("/").iterdir()
        )
        assert _apply(host, (absent(folder, tree=True),), secret) == {Outcome.CHANGED}


def _apply(host: Host, steps: tuple[Step, ...], secret: str) -> set[Outcome]:
    script = compile_script([Section("any", steps)])
    ran = host.script(script.text(run_id=RUN, mode=Mode.APPLY, variables={"secret": Secret(secret)}))
    outcomes = [
        record for line in ran.output.encode().splitlines() if isinstance(record := parse(line, RUN), Done)
    ]
    failed = [record for record in outcomes if record.outcome in (Outcome.FAILED, Outcome.UNCONVERGED)]
    assert not failed, (failed, ran.errors)
    assert len(outcomes) == len(steps), ran
    return {record.outcome for record in outcomes}
