"""What can be done with API keys."""

from collections.abc import Collection
from datetime import datetime
from typing import Any
from uuid import UUID

import orjson

from looplane.keys import rules, sql
from looplane.keys.schemas import KeyKind
from looplane.kit.database import Connection
from looplane.kit.errors import ValidationFailed
from looplane.kit.ids import new_id
from looplane.kit.keys import digest, new_key
from looplane.kit.responses import or_404
from looplane.members.sql import FIND_BY_EMAIL

# Enough to tell keys apart: the mark of ours and 24 of the 256 bits.
_PREFIX = 9


async def create_key(  # noqa: PLR0913  # a key is all of this
    con: Connection,
    workspace_id: UUID,
    email: str | None,
    scopes: Collection[str],
    label: str | None,
    now: datetime,
    *,
    kind: KeyKind = "program",
) -> dict[str, Any]:
    """Makes a key for the member with this address, or for none; shows it this once.

    `all` stands for every scope. Raises ValidationFailed for what is not there.
    """
    faults = rules.scope_faults(scopes)
    member_id = None
    if email is not None:
        member_id = await con.fetchval(FIND_BY_EMAIL, workspace_id, email)
        if member_id is None:
            faults.append(f"member: there is no member with the address {email} in this workspace")
    if faults:
        raise ValidationFailed(faults)
    key, id, granted = new_key(), new_id(), rules.granted(scopes)
    columns = (key[:_PREFIX], kind, label, granted, member_id, now)
    await con.execute(sql.INSERT, workspace_id, id, digest(key), *columns)
    return {
        "id": str(id),
        "key": key,
        "kind": kind,
        "scopes": granted,
        "workspace_id": str(workspace_id),
        "member_id": member_id and str(member_id),
        "label": label,
        "prefix": key[:_PREFIX],
    }


async def list_keys(con: Connection, workspace_id: UUID) -> list[dict[str, Any]]:
    """All keys of a workspace, the revoked ones too, newest first; never the keys themselves."""
    return [orjson.loads(row["body"]) for row in await con.fetch(sql.LIST, workspace_id)]


async def revoke_key(con: Connection, workspace_id: UUID, id: UUID | None, now: datetime) -> str:
    """Ends a key; when, in ISO 8601: again changes nothing. Raises NotFound."""
    return str(or_404(await con.fetchval(sql.REVOKE, workspace_id, id, now), sql.NOUN))
