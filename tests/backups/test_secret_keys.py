"""What is sealed in a backup can be opened where it is restored, or that is said before."""

import json
from collections.abc import Mapping
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest

from looplane.backups.archive import MANIFEST, ArchiveWriter, opened_members
from tests.backups.conftest import KEY, Desk, contents

pytestmark = pytest.mark.processes
OTHER = "another key of the same kind, of another Looplane"


@pytest.fixture(scope="module")
def keyless(desk: Desk) -> Path:
    """A backup without the key, which was in a file."""
    path = desk.folder / "keyless.tar"
    _, said = (process := desk.start("backup", str(path), "--without-secret-key")).communicate()
    assert process.returncode == 0, said
    return path


@pytest.fixture
def place(desk: Desk, tmp_path: Path) -> dict[str, Any]:
    """The settings of a new machine."""
    return {"database_url": desk.new_database(desk.url), "data_dir": tmp_path / "data"}


def _refused(outcome: Any, place: Mapping[str, Any]) -> str:
    """The complaint, where nothing was written and no key was shown."""
    assert KEY not in outcome.err
    assert OTHER not in outcome.err
    assert contents(place["database_url"]) == []
    assert not list(place["data_dir"].rglob("files*"))
    complaint: str = outcome.complaint
    return complaint


def test_with_another_key_or_none(looplane: Any, keyless: Path, place: dict[str, Any]) -> None:
    missing = _refused(looplane("restore", keyless, **place), place)
    assert f"put its secret.key into {place['data_dir']}" in missing
    other = _refused(looplane("restore", keyless, **place, secret_key=OTHER), place)
    assert "LOOPLANE_SECRET_KEY is another key than the backup's" in other
    place["data_dir"].mkdir()
    (place["data_dir"] / "secret.key").write_text(OTHER)
    beside = _refused(looplane("restore", keyless, **place), place)
    assert f"{place['data_dir'] / 'secret.key'} is another key than the backup's" in beside
    assert looplane("restore", keyless, **place, secret_key=KEY).code == 0
    assert (place["data_dir"] / "secret.key").read_text() == OTHER


def test_the_key_in_a_file_that_was_kept(
    looplane: Any, keyless: Path, place: dict[str, Any]
) -> None:
    place["data_dir"].mkdir()
    (place["data_dir"] / "secret.key").write_text(f"{KEY}\n")
    assert looplane("restore", keyless, **place).code == 0


def test_a_key_that_is_lost(looplane: Any, keyless: Path, place: dict[str, Any]) -> None:
    restored = looplane("restore", keyless, "--without-secret-key", **place)
    assert restored.code == 0
    assert not (place["data_dir"] / "secret.key").exists()


def test_a_key_of_the_settings(
    looplane: Any, desk: Desk, tmp_path: Path, place: dict[str, Any]
) -> None:
    path = tmp_path / "looplane.tar"
    assert looplane("backup", path, secret_key=OTHER).code == 0
    assert OTHER.encode() not in path.read_bytes()
    missing = _refused(looplane("restore", path, **place), place)
    assert "Set LOOPLANE_SECRET_KEY to the one" in missing
    assert looplane("restore", path, **place, secret_key=OTHER).code == 0


def test_a_setting_beside_the_key_in_the_backup(
    looplane: Any, archive: Path, place: dict[str, Any]
) -> None:
    other = _refused(looplane("restore", archive, **place, secret_key=OTHER), place)
    assert "Leave LOOPLANE_SECRET_KEY unset: the backup brings its key along" in other
    lost = looplane("restore", archive, "--without-secret-key", **place, secret_key=OTHER)
    assert lost.code == 0
    assert not (place["data_dir"] / "secret.key").exists()


def test_an_older_backup(
    looplane: Any, archive: Path, keyless: Path, tmp_path: Path, place: dict[str, Any]
) -> None:
    """It does not say which key it needs, but may have it."""
    older, silent = tmp_path / "older.tar", tmp_path / "silent.tar"
    _as_before(archive, older)
    _as_before(keyless, silent)
    _refused(looplane("restore", older, **place, secret_key=OTHER), place)
    restored = looplane("restore", silent, **place)
    assert restored.code == 0
    assert "does not say which key" in restored.err


def _as_before(archive: Path, path: Path) -> None:
    """The same without what tells keys apart."""
    with path.open("w+b") as file, opened_members(archive) as members:
        writer = ArchiveWriter(file)
        for name, content in members:
            if name == MANIFEST:
                manifest = json.load(content)
                del manifest["secret_key_fingerprint"]
                writer.finish(manifest)
                return
            writer.add(name, BytesIO(content.read()))
