"""What a command loads: the whole program takes a second, and few need it."""

import subprocess
import sys

_PROGRAM = """
import sys
from looplane.cli.app import command_line
for word in sys.argv[1:]:
    command_line([word])
    print(word, *{"looplane.main", "looplane.server", "fastapi"} & sys.modules.keys())
"""
_SMALL = [
    "--version",
    "migrate",
    "doctor",
    "backup",
    "restore",
    "move",
    "clean-html",
    "mails",
    "pg",
]
_GROUPS = ["demo", "workspace", "member", "key", "contact"]


def test_a_command_does_not_load_what_others_run() -> None:
    words = [*_SMALL, *_GROUPS]
    seen = subprocess.run(
        [sys.executable, "-c", _PROGRAM, *words], capture_output=True, text=True, check=True
    )
    assert seen.stdout.splitlines() == words
