"""What a host was like before nodewright first changed it: kept on that host, so that it can be put back.

The resources that change a file, a link or a unit keep it by themselves: `file`, `block`, `service`, `masked`
and their like. A `command` says with `changes` what it changes. A role puts a file back once the setting that
changed it has left the inventory; a reset does not (docs/reset.md).

The copies lie under one folder that root alone reads. `paths` has a folder for each path, with `.before`, the
thing as it was with mode, owner and label, or with `.absent` where there was none; `units` has one line for each
unit, what it was. Each is kept once: what a later run finds is no longer what was there before.
"""

from __future__ import annotations

from textwrap import indent

from nodewright.paths import BEFORE, OWN
from nodewright.script import shell
from nodewright.script.step import Step


def keep(path: str) -> str:
    """Returns commands that keep what is at `path`, a file, link or folder, unless that was done before.

    What lies in nodewright's own folders is nobody else's: it is not kept.

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
    """Puts back what was at that path before nodewright first changed it; nothing where nothing was kept.

    Args:
        path: absolute, as the resource was given it that changed it.
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
