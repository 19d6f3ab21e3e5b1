"""Sets kernel settings, now and at every boot."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from nodewright.errors import ConfigurationError
from nodewright.paths import SYSCTLS
from nodewright.resources.files import file
from nodewright.script import shell
from nodewright.script.step import Step


def sysctls(values: Mapping[str, str], *, path: str = SYSCTLS, after: tuple[str, ...] = ()) -> Iterator[Step]:
    """Yields the steps that set these, in one file for every boot and in the kernel now.

    Args:
        values: key (`net.ipv4.ip_forward`) → value; one blank separates several numbers.
        path: the file; all of it is ours.

    Raises:
        ConfigurationError: there is no setting, or a key or value is not valid.
    """
    if not values:
        raise ConfigurationError("a step that sets kernel settings needs one at least")
    for key, value in values.items():
        if not re.fullmatch(r"[A-Za-z0-9_][A-Za-z0-9_./-]*", key):
            raise ConfigurationError(f"{key!r} is no key of a kernel setting")
        if not value or value != " ".join(shell.one_line(value, f"the value of {key}").split()):
            raise ConfigurationError(
                f"the value {value!r} of {key} is empty or has blanks that the kernel drops"
            )
    content = "".join(f"{key} = {value}\n" for key, value in values.items())
    present = f"present=$(sysctl -n {shell.quote_all(values)})"
    blanks = "present=$(tr '\\t' ' ' <<END\n$present\nEND\n)"
    wanted = "\n".join(values.values())
    yield file(path, content, name=f"kernel settings at boot ({path})", after=after)
    yield Step(
        name=f"kernel settings ({path})",
        check=shell.script(present, blanks, f'[ "$present" = {shell.quote(wanted)} ]'),
        apply=f"sysctl -p {shell.path_word(path)}",
        show=f"sysctl {shell.quote_all(values)}",
        want=content,
        after=after,
    )
