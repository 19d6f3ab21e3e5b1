"""Keeps the state of a host from before nodewright first changed it, so that it can be restored.

The resources that change a file, a link or a unit keep it by themselves: `file`, `block`, `service`, `masked`
and others. A `command` names with `changes` what it changes. A role restores a file once the setting that
changed it has left the inventory; a reset does not (docs/reset.md).

The copies lie on the host, in one folder that only root can read. `paths` has a folder for each path. It holds
`.before`, the original with mode, owner and label, or `.absent` where there was none. `units` has a file for each
unit, with one line about its state. Each is kept once: a later run would find nodewright's own changes.
"""

from __future__ import annotations

from textwrap import indent

from nodewright.paths import BEFORE, OWN
from nodewright.script import shell
from nodewright.script.step import Step


def keep(path: str) -> str:
    """Returns commands that keep the file, link or folder at `path`, unless that was done before.

    Nothing in nodewright's own folders is kept.

    Args:
        path: absolute.
    """
    word = shell.path_word(path)
    if path.startswith(OWN):
        return ""
    kept, gone = _places(path)
    return shell.script(
        f"if [ ! -e {gone} ]; then",
        f"  if [ ! -L {kept} ]; then",
        f"    if [ ! -e {kept} ]; then",
        "      umask 077",
        f"      mkdir -p {shell.quote(f'{BEFORE}/paths{path}')}",
        f"      if [ -L {word} ]; then",
        f"        cp -a {word} {kept}",
        f"      elif [ -e {word} ]; then",
        f"        rm -rf {kept}.new",
        indent(shell.renamed(kept, f"cp -a {word} @new"), "        "),
        "      else",
        f"        : >{gone}",
        "      fi",
        "      umask 022",
        "    fi",
        "  fi",
        "fi",
    )


def keep_unit(unit: str) -> str:
    """Returns commands that keep whether `unit` was enabled or masked, and whether it ran."""
    word = shell.quote(shell.unit_name(unit))
    kept = _unit_place(unit)
    return shell.script(
        f"if [ ! -e {kept} ]; then",
        "  umask 077",
        f"  mkdir -p {BEFORE}/units",
        "  set +e",
        f"  enabled=$(systemctl is-enabled {word})",
        f"  active=$(systemctl is-active {word})",
        "  set -e",
        indent(shell.renamed(kept, 'echo "$enabled $active" >@new'), "  "),
        "  umask 022",
        "fi",
    )


def restored(path: str, *, name: str = "", after: tuple[str, ...] = ()) -> Step:
    """Returns the step that restores what was at `path` before nodewright first changed it, if that was kept.

    Args:
        path: absolute, as it was given to the resource that changed it.
    """
    word = shell.path_word(path)
    kept, gone = _places(path)
    return Step(
        name=name or f"{path} as it was before",
        check=shell.script(f"[ ! -e {gone} ]", f"[ ! -L {kept} ]", f"[ ! -e {kept} ]"),
        apply=shell.script(
            f"if [ -e {gone} ]; then",
            f"  rm -rf --one-file-system {word}",
            f"  rm -f {gone}",
            "else",
            f"  mkdir -p {shell.quote(shell.parent(path))}",
            f"  temporary=$(mktemp -d {shell.beside(path)})",
            "  trap 'rm -rf \"$temporary\"' EXIT",
            f'  cp -a {kept} "$temporary/before"',
            f"  if [ -d {word} ]; then",
            f"    rm -rf --one-file-system {word}",
            "  fi",
            f'  if ! mv -fT "$temporary/before" {word}; then',
            f'    cp --preserve=mode,ownership "$temporary/before" {word}',
            "  fi",
            f"  rm -rf {kept}",
            "fi",
        ),
        show=f"cat {kept}",
        after=after,
    )


def restored_unit(unit: str, *, name: str = "", after: tuple[str, ...] = ()) -> Step:
    """Returns the step that makes a unit enabled or masked, running or not, as it was before our first change."""
    word = shell.quote(shell.unit_name(unit))
    kept = _unit_place(unit)
    return Step(
        name=name or f"{shell.unit_name(unit)} as it was before",
        check=f"[ ! -e {kept} ]",
        apply=shell.script(
            f"read -r enabled active <{kept}",
            f'if [ "$(systemctl is-enabled {word})" = masked ]; then',
            f"  systemctl unmask {word}",
            "fi",
            'if [ "$active" = active ]; then',
            f"  systemctl start {word}",
            f"elif systemctl is-active --quiet {word}; then",
            f"  systemctl stop {word}",
            "fi",
            'case "$enabled" in',
            f"enabled) systemctl enable {word} ;;",
            f"disabled) systemctl disable {word} ;;",
            f"masked) systemctl mask {word} ;;",
            "esac",
            f"rm -f {kept}",
        ),
        show=f"cat {kept}",
        after=after,
    )


def _places(path: str) -> tuple[str, str]:
    shell.path_word(path)
    return shell.quote(f"{BEFORE}/paths{path}/.before"), shell.quote(f"{BEFORE}/paths{path}/.absent")


def _unit_place(unit: str) -> str:
    return shell.quote(f"{BEFORE}/units/{shell.unit_name(unit)}")
