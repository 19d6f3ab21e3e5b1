"""What an installed package holds, beside its modules."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]
PACKAGES = ("nodewright", "kube", "roles", "workflows", "templates")
BUILD = "import setuptools; setuptools.setup()"
RENDER = """\
from roles.parts import templates
assert templates.__file__.startswith({folder!r}), templates.__file__
print(templates.render("proxy.conf.j2", variables={{"HTTP_PROXY": "http://proxy:3128"}}))
"""


def test_an_installed_package_finds_its_templates(tmp_path: Path) -> None:
    sources, bare = tmp_path / "sources", tmp_path / "bare"
    for package in PACKAGES:
        shutil.copytree(ROOT / package, sources / package, ignore=shutil.ignore_patterns("__pycache__"))
    for name in ("pyproject.toml", "README.md"):
        shutil.copy(ROOT / name, sources)

    # The files of a wheel: those that its build command puts together.
    python(sources, BUILD, "--quiet", "build_py", "--build-lib", str(bare))
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    said = python(
        elsewhere, f"import sys; sys.path.insert(0, {str(bare)!r})\n{RENDER.format(folder=str(bare))}"
    )

    assert 'Environment="HTTP_PROXY=http://proxy:3128"' in said


def python(folder: Path, code: str, *arguments: str) -> str:
    """Runs Python in that folder; returns what it printed."""
    command = [sys.executable, "-c", code, *arguments]
    ran = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    assert ran.returncode == 0, ran.stdout + ran.stderr
    return ran.stdout
