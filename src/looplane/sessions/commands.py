"""How a session begins, is used, and ends."""

from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime
from functools import partial
from typing import Any, Literal
from uuid import UUID

import orjson
import structlog
from starlette.responses import Response

from looplane.kit.callers import dropped_cookie, session_cookie
from looplane.kit.context import Context
from looplane.kit.database import Connection, Database
from looplane.kit.errors import Forbidden
from looplane.kit.ids import new_id
from looplane.kit.key_uses import Uses
from looplane.kit.keys import digest, new_session_secret
from looplane.kit.paging import fetch_whole_page
from looplane.kit.principal import ARCHIVED, Principal
from looplane.kit.responses import Answer, or_404
from looplane.kit.text import storable
from looplane.kit.visits import Visit
from looplane.kit.writes import Write
from looplane.sessions import rules, sql

# By what somebody signed in.
Opening = Literal["password", "link", "invite"]

_log = structlog.get_logger("looplane.sessions")


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
        is_archived=row["is_archived"],
    )


async def record_session_uses(database: Database, uses: Uses) -> None:
    """Stores when sessions were last used, in one statement; they are good for longer then."""
    workspaces, ids = zip(*uses, strict=True)
    spans = (rules.USE_PRECISION, rules.IDLE_LIFETIME, rules.MOST_LIFETIME)
    async with database.writing() as con:
        await con.execute(sql.RECORD_USES, workspaces, ids, list(uses.values()), *spans)


async def open_session(
    con: Connection, visit: Visit, workspace_id: UUID, member_id: UUID, by: Opening
) -> Answer:
    """Opens a session of a member, whose secret goes into the cookie alone.

    The one that the browser had before ends, and so do those that a member has too many. Raises
    Forbidden where the workspace is archived.
    """
    if await con.fetchval(sql.IS_ARCHIVED, workspace_id):
        raise Forbidden(ARCHIVED)
    secret, id, now = new_session_secret(), new_id(), visit.clock()
    if visit.secret is not None:
        await con.execute(sql.END_FORMER, digest(visit.secret), now)
    agent = storable(visit.agent)[: rules.MAX_AGENT_LENGTH]
    args = (digest(secret), member_id, agent, visit.address, by, now, rules.first_end(now))
    await con.execute(sql.INSERT, workspace_id, id, *args)
    await con.execute(sql.END_SURPLUS, workspace_id, member_id, now, rules.MAX_SESSIONS)
    body = await con.fetchval(sql.GET, workspace_id, id)
    # The browser keeps it for as long as it can be good; the server says when it is not.
    seconds = int(rules.MOST_LIFETIME.total_seconds())
    cookie = session_cookie(secret, seconds, is_secure=visit.state.has_secure_cookies)
    named = {"workspace": str(workspace_id), "member": str(member_id), "session": str(id)}
    _log.info("signed in", **named, by=by, address=visit.address)
    return Answer(body, headers={"Set-Cookie": cookie})


async def enter(visit: Visit, command: Callable[..., Awaitable[Answer]], *args: object) -> Response:
    """Answers with what `command` opens; the session that the browser had before is forgotten."""
    response = await visit(command, *args)
    if visit.secret is not None:
        visit.state.callers.sessions.forget(digest(visit.secret))
    return response


async def get_session(con: Connection, context: Context) -> Answer:
    """Who is signed in, and what their pages prove themselves with."""
    session_id = context.principal.session_id
    return Answer(or_404(await con.fetchval(sql.GET, context.workspace_id, session_id), "session"))


async def list_own_sessions(con: Connection, context: Context) -> Answer:
    """The sessions of the member who calls, newest first."""
    principal = context.principal
    whose = (context.workspace_id, context.member_id, principal.session_id)
    return Answer(await fetch_whole_page(con, sql.LIST_OWN, *whose, context.clock()))


async def sign_out(write: Write) -> Response:
    """Ends the session that calls."""
    # A rehearsal leaves the browser signed in as well.
    dropped = {} if write.dry_run else {"Set-Cookie": dropped_cookie()}
    id = write.context.principal.session_id
    assert id is not None, "a session calls"
    return await ending(write, partial(_end_one, id=id, headers=dropped))


async def end_own_session(write: Write, id: UUID) -> Response:
    """Ends a session of the member who calls. Raises NotFound."""
    return await ending(write, partial(_end_one, id=id, headers={}))


async def end_other_sessions(write: Write) -> Response:
    """Ends all sessions of the member who calls but the one that does."""
    return await ending(write, _end_others)


async def ending(write: Write, command: Any) -> Response:  # noqa: ANN401  # a Command with `ended`
    """Runs `command(con, context, ended)`, and lets nobody in by what it says that it ended."""
    ended: list[bytes] = []
    response = await write(command, ended)
    if not write.dry_run:
        for hashed in ended:
            write.state.callers.sessions.forget(hashed)
    return response


async def _end_one(
    con: Connection, context: Context, ended: list[bytes], *, id: UUID, headers: dict[str, str]
) -> Answer:
    whose = (context.workspace_id, context.member_id)
    hashed = or_404(await con.fetchval(sql.END, *whose, id, context.clock()), "session")
    ended[:] = [hashed]
    _log.info("session ended", workspace=str(whose[0]), member=str(whose[1]), session=str(id))
    return Answer(orjson.dumps({"id": str(id), "deleted": True}).decode(), headers=headers)


async def _end_others(con: Connection, context: Context, ended: list[bytes]) -> Answer:
    ended[:] = await end_others(con, context)
    return Answer(orjson.dumps({"ended": len(ended)}).decode())


async def end_others(con: Connection, context: Context) -> Sequence[bytes]:
    """Ends what the member who calls has beside the session that does; the hashes of those."""
    principal = context.principal
    whose = (context.workspace_id, context.member_id, principal.session_id)
    rows = await con.fetch(sql.END_OTHERS, *whose, context.clock())
    named = {"workspace": str(context.workspace_id), "member": str(context.member_id)}
    _log.info("other sessions ended", **named, sessions=len(rows))
    return [row["hash"] for row in rows]


async def sweep_ended(con: Connection, now: datetime) -> None:
    """Deletes sessions that ended long ago."""
    await con.execute(sql.DELETE_ENDED, now - rules.KEPT)
