"""How somebody signs in and out."""

from datetime import datetime
from typing import Literal
from uuid import UUID

import orjson

from looplane.kit.callers import dropped_cookie, session_cookie
from looplane.kit.context import Context
from looplane.kit.database import Connection, Database
from looplane.kit.errors import Unauthenticated
from looplane.kit.ids import new_id
from looplane.kit.keys import digest, new_link_token, new_session_secret
from looplane.kit.principal import Principal
from looplane.kit.responses import Answer, or_404
from looplane.kit.visits import Visit
from looplane.sessions import rules, sql
from looplane.sessions.schemas import SignInByLink

_MAX_AGENT_LENGTH = 300  # characters


async def find_session(database: Database, hashed: bytes) -> Principal | None:
    """Who acts by the session with this hash; None where it has ended or its member is gone."""
    async with database.reading() as con:
        row = await con.fetchrow(sql.FIND_BY_HASH, hashed)
    if row is None:
        return None
    return Principal(
        row["workspace_id"],
        "person",
        session_id=row["id"],
        member_id=row["member_id"],
        is_viewer=row["role"] == "VIEWER",
        scopes=rules.scopes_of(row["role"]),
        expires_at=row["expires_at"],
    )


async def make_link(
    con: Connection,
    workspace_id: UUID,
    member_id: UUID,
    purpose: Literal["first_run", "sign_in"],
    now: datetime,
) -> str:
    """Makes a link that signs a member in once; its token, which is kept nowhere."""
    token = new_link_token()
    until = now + rules.LINK_LIFETIME
    await con.execute(sql.INSERT_LINK, workspace_id, digest(token), member_id, purpose, now, until)
    return token


async def make_first_run_link(con: Connection, now: datetime) -> str | None:
    """Makes a link for the first ADMIN; its token, or None once somebody has signed in."""
    first = await con.fetchrow(sql.FIND_FIRST_ADMIN)
    if first is None:
        return None
    return await make_link(con, first["workspace_id"], first["id"], "first_run", now)


async def sign_in_by_link(con: Connection, visit: Visit, body: SignInByLink) -> Answer:
    """Signs in who has the token of a link, once. Raises Unauthenticated."""
    async with con.transaction():
        hashed, now = digest(body.token), visit.clock()
        link = await con.fetchrow(sql.HOLD_LINK, hashed)
        if link is None or link["used_at"] is not None or link["expires_at"] <= now:
            msg = "This link is unknown, was used already, or has expired; ask for a new one."
            raise Unauthenticated(msg)
        await con.execute(sql.USE_LINK, link["workspace_id"], hashed, now)
        return await open_session(con, visit, link["workspace_id"], link["member_id"])


async def open_session(
    con: Connection, visit: Visit, workspace_id: UUID, member_id: UUID
) -> Answer:
    """Opens a session of a member, whose secret goes into the cookie alone."""
    secret, id, now = new_session_secret(), new_id(), visit.clock()
    agent = visit.agent[:_MAX_AGENT_LENGTH].replace("\0", "")
    args = (digest(secret), member_id, agent, visit.address, now, now + rules.LIFETIME)
    await con.execute(sql.INSERT, workspace_id, id, *args)
    body = await con.fetchval(sql.GET, workspace_id, id)
    seconds = int(rules.LIFETIME.total_seconds())
    is_secure = visit.state.has_secure_cookies
    return Answer(
        body, headers={"Set-Cookie": session_cookie(secret, seconds, is_secure=is_secure)}
    )


async def get_session(con: Connection, context: Context) -> Answer:
    """Who is signed in, and what their pages prove themselves with."""
    session_id = context.principal.session_id
    return Answer(or_404(await con.fetchval(sql.GET, context.workspace_id, session_id), "session"))


async def sign_out(con: Connection, context: Context) -> Answer:
    """Ends the session that calls."""
    id = context.principal.session_id
    await con.execute(sql.END, context.workspace_id, id, context.clock())
    body = orjson.dumps({"id": str(id), "deleted": True}).decode()
    return Answer(body, headers={"Set-Cookie": dropped_cookie()})
