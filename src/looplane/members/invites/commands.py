"""What can be done with invites.

An invite is opened by a token, of which the database has the hash alone: so neither a copy of the
database nor a planned delivery lets anybody in. The token made with the invite is shown to who
invites, once. What mails the invite takes a token of its own, made at that moment
(`issue_invite_token`); both are good until one is used, or the invite expires or is taken back.
"""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

import orjson

from looplane import changes
from looplane.deliveries.commands import plan_delivery
from looplane.deliveries.schemas import NewDelivery
from looplane.events import Event, as_write, types_of
from looplane.kit.clock import Clock, later_than
from looplane.kit.context import Context
from looplane.kit.database import Connection, Row
from looplane.kit.errors import NotFound
from looplane.kit.ids import new_id
from looplane.kit.keys import digest, new_invite_token
from looplane.kit.principal import Principal
from looplane.kit.responses import Answer, or_404
from looplane.members.invites import rules, sql
from looplane.members.invites.schemas import InviteCreate
from looplane.members.sql import FIND_BY_EMAIL, MEMBER


async def create_invite(con: Connection, context: Context, body: InviteCreate) -> Answer:
    """Invites somebody, and plans the mail in the same write.

    One that expired gives way to the new one. Raises ValidationFailed, and Conflict for somebody
    who is a member or has an invite that is still good.
    """
    context.raise_faults()
    async with con.transaction():
        if await con.fetchval(FIND_BY_EMAIL, context.workspace_id, body.email) is not None:
            raise changes.taken(MEMBER, body.model_dump())
        former = await con.fetchrow(sql.HOLD_PENDING, context.workspace_id, body.email)
        if former is not None and former["expires_at"] > context.clock():
            raise changes.taken(sql.INVITE, body.model_dump())
        with changes.refusing_taken(sql.INVITE, body.model_dump()):
            return await _insert(con, context, body, former)


async def _insert(
    con: Connection, context: Context, body: InviteCreate, former: Row | None
) -> Answer:
    """Stores an invite, its token and its delivery; deletes the `former` one."""
    key, id, token = context.workspace_id, new_id(), new_invite_token()
    events = [Event(sql.INVITE.event_type("created"), id)]
    events += [Event(sql.INVITE.event_type("deleted"), former["id"])] if former else []
    now = later_than(former["updated_at"], context.clock) if former else context.clock()
    write = as_write(context, now, events)
    if former is not None:
        await con.execute(sql.INVITE.delete, key, former["id"], write)
    columns = {
        **body.model_dump(),
        "state": "PENDING",
        "invited_by_id": context.member_id,
        "expires_at": now + rules.LIFETIME,
        "created_at": now,
        "updated_at": now,
    }
    row = await con.fetchrow(sql.INVITE.insert, key, id, columns, write)
    assert row is not None, "an insert that does not fail answers its row"
    await con.execute(sql.INSERT_OPENING, key, digest(token), id, now)
    await plan_delivery(con, context, write, NewDelivery("invite", "email", body.email, id))
    return _shown_once(row, token, events)


def _shown_once(row: Row, token: str, events: Sequence[Event]) -> Answer:
    invite = orjson.loads(row["body"])
    kept, shown = (orjson.dumps({**invite, "token": each}).decode() for each in (None, token))
    return Answer(kept, row["version"], types_of(events), shown_once=shown)


async def issue_invite_token(con: Connection, context: Context, id: UUID) -> str:
    """Makes one more token of an invite, for the mail that leaves now.

    Raises NotFound for one that was taken back, Conflict for one that was accepted or has expired:
    then there is nothing to mail.
    """
    key = context.workspace_id
    async with con.transaction():
        row = or_404(await con.fetchrow(sql.HOLD, key, id), sql.INVITE.noun)
        now = context.clock()
        rules.require_open(row, now)
        token = new_invite_token()
        await con.execute(sql.INSERT_OPENING, key, digest(token), id, now)
    return token


async def find_invite(con: Connection, token: str, now: datetime) -> Row:
    """The invite that a token opens. Raises NotFound, and Conflict as accepting it would."""
    invite = await con.fetchrow(sql.FIND_OPENED, digest(token))
    if invite is None:
        raise _unknown()
    rules.require_open(invite, now)
    return invite


def _unknown() -> NotFound:
    msg = "This invite is unknown, or was taken back."
    return NotFound(msg)


async def accept_invite(
    con: Connection, clock: Clock, token: str, cause: str, name: str | None = None
) -> Answer:
    """Makes who has the token of an invite a member, once; answers the member.

    They may have another `name` than the one in it.

    It takes no key, as nobody has one yet: the token says to which workspace, and `cause` what
    brought it, such as the id of a request. Raises NotFound for a token of nothing, and Conflict
    where the invite was accepted or has expired, or the address became a member's meanwhile.
    """
    async with con.transaction():
        invite = await con.fetchrow(sql.HOLD_OPENED, digest(token))
        if invite is None:
            raise _unknown()
        rules.require_open(invite, clock())
        principal = Principal(invite["workspace_id"], "rule", rule="accept_invite")
        with changes.refusing_taken(MEMBER, dict(invite)):
            return await _join(con, Context(principal, clock, cause), invite, name)


async def _join(con: Connection, context: Context, invite: Row, name: str | None) -> Answer:
    key, member_id = context.workspace_id, new_id()
    accepted = {"state": "ACCEPTED"}
    events = [
        Event(MEMBER.event_type("created"), member_id),
        Event(sql.INVITE.event_type("accepted"), invite["id"], {"state": "PENDING"}, accepted),
    ]
    now = later_than(invite["updated_at"], context.clock)
    write = as_write(context, now, events)
    named = {column: invite[column] for column in MEMBER.columns}
    named["name"] = name or named["name"]
    columns = MEMBER.to_columns({**named, "created_at": now, "updated_at": now})
    row = await con.fetchrow(MEMBER.insert, key, member_id, columns, write)
    assert row is not None, "an insert that does not fail answers its row"
    changed = (key, invite["id"], invite["version"], accepted, write)
    assert await con.fetchrow(sql.INVITE.update, *changed), "a locked row cannot have moved"
    return Answer(row["body"], row["version"], types_of(events))
