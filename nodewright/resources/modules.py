"""Loads modules of the kernel, and checks them by their effect: lsmod does not list those that are built in."""

from __future__ import annotations

import re
from collections.abc import Iterator

from nodewright.errors import ConfigurationError
from nodewright.paths import MODULES
from nodewright.resources.files import file
from nodewright.script.step import Step

_NAME = re.compile(r"[A-Za-z0-9_]+")


def kernel_module(module: str, *, effect: str = "", after: tuple[str, ...] = ()) -> Iterator[Step]:
    """Yields the steps that load a module, unless it is built in, now and at every boot.

    Args:
        module: its name, with underscores.
        effect: a command that succeeds if the module works, for example `[ -d /proc/sys/net/bridge ]`. Without
            one, the check asks the kernel's own list of modules.

    Raises:
        ConfigurationError: the name is no name of a module.
    """
    if not _NAME.fullmatch(module):
        raise ConfigurationError(f"{module!r} is no name of a kernel module (underscores, no dashes)")
    advice = f"this kernel has no module {module}: EL 10 keeps many in the package kernel-modules-extra"
    yield file(f"{MODULES}/{module}.conf", f"{module}\n", name=f"module {module} at boot", after=after)
    yield Step(
        name=f"module {module}",
        check=effect or _listed(module),
        apply="\n".join(
            [
                f"if ! modprobe {module}; then",
                f"  echo '{advice}' >&2",
                "  exit 1",
                "fi",
            ]
        ),
        show=f"cat /sys/module/{module}/initstate",
        after=after,
    )


def _listed(module: str) -> str:
    """Returns commands that also look in a file: a built-in module without parameters has no folder in /sys."""
    file_name = re.sub("_", "[_-]", module)
    return "\n".join(
        [
            f"if [ ! -d /sys/module/{module} ]; then",
            f"  grep -q '/{file_name}\\.ko' \"/lib/modules/$(uname -r)/modules.builtin\"",
            "fi",
        ]
    )
