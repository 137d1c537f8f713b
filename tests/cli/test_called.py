"""What we say to run can be pasted where we said it."""

import sys
from pathlib import Path

import pytest

from looplane.cli.called import command, pasteable, spelled


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A checkout in which somebody stands."""
    monkeypatch.chdir(tmp_path)
    for name in (".venv/bin/looplane", "my tools/looplane"):
        script = tmp_path / name
        script.parent.mkdir(parents=True)
        script.touch(0o755)
    return tmp_path


def test_it_is_called_as_it_was(here: Path) -> None:
    python, script = str(here / ".venv/bin/python"), str(here / ".venv/bin/looplane")
    module = "/src/looplane/cli/__main__.py"
    for called in (".venv/bin/looplane", script):
        assert spelled(called, python, None) == ".venv/bin/looplane"
        assert spelled(called, python, "/elsewhere/looplane") == ".venv/bin/looplane"
        assert spelled(called, python, script) == "looplane", "a shell finds this one"
    assert spelled("my tools/looplane", python, None) == "'my tools/looplane'"
    assert spelled("/opt/looplane/bin/looplane", python, None) == "/opt/looplane/bin/looplane"
    assert spelled(module, python, None) == ".venv/bin/looplane"
    assert spelled(module, "/usr/bin/python3", None) == "/usr/bin/python3 -m looplane.cli"
    assert spelled("/usr/bin/pytest", python, None) == "looplane"


def test_all_commands_in_a_text_are(here: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "argv", [".venv/bin/looplane"])
    monkeypatch.setenv("PATH", "")
    command.cache_clear()
    text = "run `looplane migrate`; `looplane serve` does it. Next: looplane key list"
    told = pasteable(text)
    assert told.count(".venv/bin/looplane ") == 3
    assert (
        pasteable("a folder called looplane, `looplane`") == "a folder called looplane, `looplane`"
    )
    command.cache_clear()
    assert here.exists()
