"""Where the data is, wherever a command runs and however Looplane was installed."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

import looplane
from looplane.kit.config import ConfigError, read_settings
from looplane.kit.embedded_pg import data_dir

SOURCES = Path(looplane.__file__).parents[1]
CHOOSE = """
from looplane.kit.config import read_settings
from looplane.kit.embedded_pg.data_dir import explain_data_dir, warn_of_forgotten_data
chosen = read_settings().data_dir
warn_of_forgotten_data(chosen)
print(chosen, explain_data_dir(chosen), sep="\\n")
"""


@pytest.fixture
def installed(tmp_path: Path) -> Path:
    """Where a package is that was installed, and not checked out."""
    return copied(tmp_path / "lib/python3/site-packages")


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    folder = tmp_path / "checkout"
    copied(folder / "src")
    (folder / "pyproject.toml").touch()
    return folder


def copied(sources: Path) -> Path:
    shutil.copytree(SOURCES / "looplane", sources / "looplane")
    return sources


def told(sources: Path, cwd: Path, **env: str) -> list[str]:
    """The folder, the folder with its reason, and what was said beside."""
    cwd.mkdir(parents=True, exist_ok=True)
    done = subprocess.run(
        [sys.executable, "-c", CHOOSE],
        cwd=cwd,
        env={"PYTHONPATH": str(sources), "PATH": os.defpath, **env},
        capture_output=True,
        text=True,
        check=False,
    )
    return [*done.stdout.splitlines(), *done.stderr.splitlines()[-1:]]


def keep_a_database(folder: Path) -> None:
    (folder / "postgres").mkdir(parents=True)
    (folder / "postgres/looplane.password").touch()


def test_a_checkout_has_its_data_in_it(checkout: Path, tmp_path: Path) -> None:
    for cwd in (checkout, tmp_path / "elsewhere", checkout / "src"):
        folder, why = told(checkout / "src", cwd, HOME="/home/u")
        assert folder == str(checkout / "data")
        assert why == f"{folder} (of this checkout)"


def test_a_package_has_its_data_with_the_user(installed: Path, tmp_path: Path) -> None:
    home = tmp_path / "home"
    usual = f"{home}/.local/share/looplane"
    for shared, folder in (("", usual), ("relative", usual), ("/srv/share", "/srv/share/looplane")):
        for cwd in (tmp_path, home):
            found = told(installed, cwd, HOME=str(home), XDG_DATA_HOME=shared)
            assert found == [folder, f"{folder} (the default)"]


def test_what_is_set_counts_from_here(checkout: Path, tmp_path: Path) -> None:
    for text, folder in (("mine", tmp_path / "mine"), ("/srv/data", Path("/srv/data"))):
        found = told(checkout / "src", tmp_path, HOME="/home/u", LOOPLANE_DATA_DIR=text)
        assert found == [str(folder), f"{folder} (LOOPLANE_DATA_DIR)"]


def test_an_earlier_database_is_not_forgotten(
    checkout: Path, installed: Path, tmp_path: Path
) -> None:
    here, home = tmp_path / "here", tmp_path / "home"
    keep_a_database(here / "data")
    for sources in (checkout / "src", installed):
        (refusal,) = told(sources, here, HOME=str(home))
        assert f"there is a database in {here}/data" in refusal
        assert f"set LOOPLANE_DATA_DIR={here}/data to use it" in refusal
        assert len(told(sources, here, HOME=str(home), LOOPLANE_DATA_DIR="other")) == 2
        folder, _ = told(sources, home, HOME=str(home))
        keep_a_database(Path(folder))
        assert told(sources, here, HOME=str(home))[2].startswith(
            f"The data is in {folder}, and there is a database in {here}/data, where"
        )
    assert len(told(checkout / "src", checkout, HOME=str(home))) == 2


def test_without_a_home_it_has_to_be_set(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def lost() -> Path:
        msg = "Could not determine home directory."
        raise RuntimeError(msg)

    monkeypatch.setattr(data_dir, "_is_checkout", lambda: False)
    monkeypatch.setattr(Path, "home", lost)
    with pytest.raises(ConfigError, match="LOOPLANE_DATA_DIR must be set: Could not"):
        read_settings({})
    assert read_settings({"LOOPLANE_DATA_DIR": "/srv"}).data_dir == Path("/srv")
