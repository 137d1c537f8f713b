"""What can be done with API keys.

A key is text that is shown once, where it is made; the database has its hash.
"""

from collections.abc import Collection, Sequence
from contextlib import suppress
from datetime import datetime
from typing import Any
from uuid import UUID

import orjson

from looplane import changes
from looplane.events import Values
from looplane.inverses import Inverses
from looplane.keys import rules, sql
from looplane.keys.schemas import KeyCreate, KeyKind, KeyPatch
from looplane.kit.context import Context
from looplane.kit.database import Connection, Row
from looplane.kit.errors import NotFound
from looplane.kit.keys import digest, new_key
from looplane.kit.responses import Answer, or_404
from looplane.members.sql import FIND_BY_EMAIL
from looplane.resource_inverses import revert

# Enough to tell keys apart: the mark of ours and 24 of the 256 bits.
_PREFIX = 9


async def create_key(con: Connection, context: Context, body: KeyCreate) -> Answer:
    """Makes a key; its answer shows it this once.

    The calling key cannot give more than it has: see `rules.require_bounded`. Raises
    ValidationFailed, Forbidden.
    """
    # Of a body with faults there is only what is well formed.
    values = body.model_dump()
    values["scopes"] = rules.granted(values.get("scopes", ()))
    return await _create(con, context, values, rules.expiry_faults(values, context.clock()))


async def create_key_for(  # noqa: PLR0913  # a key is all of this
    con: Connection,
    context: Context,
    email: str | None,
    scopes: Collection[str],
    label: str | None,
    *,
    kind: KeyKind = "program",
    expires_at: datetime | None = None,
    allowed_ips: Sequence[str] = (),
) -> dict[str, Any]:
    """Makes a key for the member with this address, or for none; shows it this once.

    `all` stands for every scope. Raises ValidationFailed for what is not there.
    """
    faults = rules.scope_faults(scopes)
    member_id = None
    if email is not None:
        member_id = await con.fetchval(FIND_BY_EMAIL, context.workspace_id, email)
        if member_id is None:
            faults.append(f"member: there is no member with the address {email} in this workspace")
    values = {
        "scopes": rules.granted(scopes),
        "label": label,
        "kind": kind,
        "member_id": member_id and str(member_id),
        "expires_at": expires_at,
        "allowed_ips": list(allowed_ips),
    }
    faults += rules.expiry_faults(values, context.clock())
    made = await _create(con, context, values, faults)
    assert made.shown_once is not None, "a new key is shown"
    return {**orjson.loads(made.shown_once), "workspace_id": str(context.workspace_id)}


async def _create(
    con: Connection, context: Context, values: Values, faults: Sequence[str]
) -> Answer:
    rules.require_bounded(context.principal, values, {})
    key = new_key()
    secret = {"hash": rf"\x{digest(key).hex()}", "prefix": key[:_PREFIX]}
    made = await changes.create(con, context, sql.KEY, {**values, **secret}, faults=faults)
    body = orjson.loads(made.body)
    kept, shown = (orjson.dumps({**body, "key": each}).decode() for each in (None, key))
    return Answer(kept, made.version, made.events, shown_once=shown)


async def update_key(con: Connection, context: Context, id: UUID, patch: KeyPatch) -> Answer:
    """Changes a key, perhaps the one that calls; what it loses is lost within a second.

    Raises NotFound, PreconditionFailed, ValidationFailed, Forbidden.
    """
    sent = patch.model_dump(exclude_unset=True)
    if "scopes" in sent:
        sent["scopes"] = rules.granted(sent["scopes"])
    return await changes.update(con, context, sql.KEY, id, sent, _decide(context, sent))


def _decide_as_before(_con: Connection, context: Context, former: Values) -> changes.Decision:
    """How a key gets back what it had: as it gets anything, within the bounds of the caller."""
    end = former.get("expires_at")
    ends = {"expires_at": datetime.fromisoformat(end)} if isinstance(end, str) else {}
    return _decide(context, {**former, **ends})


def _decide(context: Context, sent: Values) -> changes.Decision:
    def bounded(row: Row) -> Values:
        rules.require_bounded(context.principal, sent, dict(row))
        return sent

    faults = rules.expiry_faults(sent, context.clock())
    return changes.Decision(columns=bounded, faults=lambda _: faults)


async def revoke_key(con: Connection, context: Context, id: UUID) -> Answer:
    """Ends a key, perhaps the one that calls: it opens nothing within a second.

    Raises NotFound, also for one that was revoked before, and PreconditionFailed.
    """
    return await changes.delete(con, context, sql.KEY, id)


async def end_key(con: Connection, context: Context, id: UUID) -> str:
    """Revokes a key, if nobody did; when that was, in ISO 8601. Raises NotFound."""
    with suppress(NotFound):
        await revoke_key(con, context, id)
    return str(or_404(await con.fetchval(sql.FIND_REVOCATION, context.workspace_id, id), sql.NOUN))


async def list_all_keys(con: Connection, context: Context) -> list[dict[str, Any]]:
    """All keys of a workspace, the revoked ones too, newest first; never the keys themselves.

    Beside what the API shows there are `member_email` and `is_active`.
    """
    rows = await con.fetch(sql.LIST, context.workspace_id, context.clock())
    return [orjson.loads(row["body"]) for row in rows]


# A key that was made or ended stays so.
INVERSES: Inverses = {sql.KEY.event_type("updated"): revert(sql.KEY, _decide_as_before)}
