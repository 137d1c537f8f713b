"""Whether what is sealed in a backup can be opened where it is restored."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from looplane.backups.archive import KEY, opened_members
from looplane.backups.errors import BackupError
from looplane.kit.config import Settings
from looplane.kit.secrets import FILE, fingerprint_of, key_in_use

INCLUDED, LEFT_OUT, OF_SETTINGS, NONE = "included", "left out", "LOOPLANE_SECRET_KEY", "none"
FINGERPRINT = "secret_key_fingerprint"
_MAX_KEY = 100_000  # bytes


def is_told(manifest: Mapping[str, Any]) -> bool:
    """Whether the backup says which key it needs, which those of older versions do not."""
    return FINGERPRINT in manifest or manifest["secret_key"] in {INCLUDED, NONE}


def refuse_other_key(settings: Settings, path: Path, manifest: Mapping[str, Any]) -> None:
    """Raises BackupError where the key there will be, once it is restored, is not the backup's."""
    ours, where = key_in_use(settings), manifest["secret_key"]
    if where == NONE or not is_told(manifest) or (ours is None and where == INCLUDED):
        return
    if ours is None:
        wrong = "the key is missing that opens what is sealed in the backup"
    elif fingerprint_of(ours) == (manifest.get(FINGERPRINT) or _of_included(path)):
        return
    else:
        named = OF_SETTINGS if settings.secret_key else settings.data_dir / FILE
        wrong = f"{named} is another key than the backup's, which opens what is sealed in it"
    msg = f"Nothing was restored: {wrong}. {_advice(settings, where)}"
    raise BackupError(msg)


def _of_included(path: Path) -> str:
    with opened_members(path) as members:
        key = next(content.read(_MAX_KEY) for name, content in members if name == KEY)
    return fingerprint_of(key.decode())


def _advice(settings: Settings, where: str) -> str:
    file = settings.data_dir / FILE
    if where == INCLUDED:
        do = f"Leave {OF_SETTINGS} unset" if settings.secret_key else f"Move {file} away"
        return f"{do}: the backup brings its key along."
    do = (
        f"Set {OF_SETTINGS} to the one that it was made with."
        if where == OF_SETTINGS
        else f"Leave {OF_SETTINGS} unset, and put its secret.key into {settings.data_dir}."
    )
    return (
        f"{do} Where that key is lost, `--without-secret-key` restores the rest: passwords of"
        " mailboxes, tokens, secrets of webhooks and second factors are to be set anew then."
    )
