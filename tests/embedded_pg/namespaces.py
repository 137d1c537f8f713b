"""Programs in namespaces of their own, as containers have them."""

import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from .running import environment

_MOUNTED = 'mount --bind "$1" "$2" && shift 2 && exec "$@"'


def unshared(*namespaces: str) -> list[str]:
    """What to write before a command for namespaces of its own."""
    command = ["unshare", *namespaces]
    if subprocess.run([*command, "true"], check=False, capture_output=True).returncode:
        pytest.skip("namespaces of their own are not allowed here")
    return command


def mounted(folder: Path, path: Path) -> list[str]:
    """What to write before a command that shall find `folder` where `path` is for us."""
    return [*unshared("--mount"), "sh", "-c", _MOUNTED, "sh", str(folder), str(path)]


@contextmanager
def running(command: list[str]) -> Iterator[subprocess.Popen[str]]:
    """That program, killed at the end."""
    program = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment())
    try:
        yield program
    finally:
        program.kill()
        program.communicate()
