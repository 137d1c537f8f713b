"""Environments of Python's that are empty but for packages of ours, so that none is fetched."""

import os
import shutil
import site
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parent.parent
# What an installed program is made of, but for the inbox, which is built.
_SOURCES = ("src", "migrations", "contract", "docs", "requirements")
_FILES = ("pyproject.toml", "hatch_build.py", "README.md", "LICENSE")
_VERSION = f"python{sys.version_info.major}.{sys.version_info.minor}"
_OURS = ("LOOPLANE_", "MAKE", "MFLAGS", "PIP_", "PYTHON", "VIRTUAL_ENV", "XDG_")


def plain_environ() -> dict[str, str]:
    """The variables of somebody who has set none for Looplane, Python or make."""
    return {name: text for name, text in os.environ.items() if not name.startswith(_OURS)}


def copy_checkout(folder: Path) -> Path:
    """A checkout with our sources and nothing that was made from them."""
    folder.mkdir(parents=True)
    for name in _FILES:
        shutil.copy(ROOT / name, folder / name)
    made = shutil.ignore_patterns("__pycache__")
    for name in _SOURCES:
        shutil.copytree(ROOT / name, folder / name, ignore=made)
    return folder


def lend_packages(environment: Path) -> None:
    """Gives `environment`, made or not, what is installed here; of Looplane itself nothing."""
    packages = environment / "lib" / _VERSION / "site-packages"
    packages.mkdir(parents=True, exist_ok=True)
    # Paths in such a file are looked through, and files of this kind below them are not read.
    (packages / "lent.pth").write_text("\n".join(site.getsitepackages()))


def make_environment(folder: Path) -> Path:
    """An environment without pip of its own; its Python."""
    command = [sys.executable, "-m", "venv", "--without-pip", str(folder)]
    subprocess.run(command, check=True, env=plain_environ())
    lend_packages(folder)
    return folder / "bin/python"
