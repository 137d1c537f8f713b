"""Whether what is sealed can be opened by the key that is there."""

from collections.abc import Callable
from dataclasses import replace

from looplane.cli import sql
from looplane.cli.finding import Finding
from looplane.kit.config import Settings
from looplane.kit.database import Connection, Row
from looplane.kit.secrets import FILE, CannotOpenError, Secrets, key_in_use
from looplane.mailboxes.rules import password_place
from looplane.webhooks.rules import secret_place

# By what a person calls it, with the place that it was sealed for.
_SEALED: dict[str, tuple[str, Callable[[Row], str]]] = {
    "passwords of mailboxes": (
        sql.LAST_OF_MAILBOXES,
        lambda row: password_place(row["workspace_id"]),
    ),
    "secrets of webhooks": (
        sql.LAST_OF_WEBHOOKS,
        lambda row: secret_place(row["webhook_id"], row["number"]),
    ),
}


async def check_secret_key(con: Connection, settings: Settings) -> Finding:
    """Whether the key is the one that was used last; of tables that this program knows."""
    where = "LOOPLANE_SECRET_KEY" if settings.secret_key else settings.data_dir / FILE
    try:
        key = key_in_use(settings)
    except OSError as error:
        return Finding("secrets", "fail", f"{where}: {error.strerror}")
    # One is made where none is, which is not for those to do who only look.
    secrets = Secrets(replace(settings, secret_key=key)) if key else None
    lost = []
    for name, (statement, place) in _SEALED.items():
        row = await con.fetchrow(statement)
        if row is not None and not _opens(secrets, row["sealed"], place(row)):
            lost.append(name)
    if not lost:
        return Finding("secrets", "ok", f"{where} opens what is sealed" if key else "none yet")
    wrong = "is another key than the one" if key else "is missing: the key"
    message = f"{where} {wrong} that {' and '.join(lost)} were sealed with"
    action = "bring that key back, or set them anew"
    return Finding("secrets", "fail", message, action)


def _opens(secrets: Secrets | None, sealed: bytes, place: str) -> bool:
    try:
        return secrets is not None and bool(secrets.open(sealed, place))
    except CannotOpenError:
        return False
