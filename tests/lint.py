"""Finds what `set -e` misses in the texts of a step; docs/design.md, Steps and the script, says why."""

from __future__ import annotations

import re

from nodewright.script.step import Step

_HERE_DOCUMENT = re.compile(r"<<'?(\w+)'?\n.*?^\1$", re.DOTALL | re.MULTILINE)
_QUOTED = re.compile(r"'[^']*'", re.DOTALL)
_HIDES = re.compile(r".*(?:&&|\||\b(?:export|local|readonly) \w+=.*\$\().*")


def hidden_failures(step: Step) -> list[str]:
    """The lines of check and apply in which a command can fail and the text go on."""
    texts = [_QUOTED.sub("''", _HERE_DOCUMENT.sub("", text)) for text in (step.check, step.apply)]
    return [line for text in texts for line in _HIDES.findall(text)]
