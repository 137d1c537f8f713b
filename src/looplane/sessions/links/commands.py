"""Links that sign in: how they are made, looked at, mailed and used up.

The database has the hash of a token alone. One that is mailed is made when the mail leaves, so
that no row of a delivery lets anybody in.
"""

from datetime import datetime, timedelta
from typing import Literal
from uuid import UUID

import orjson
import structlog
from starlette.responses import Response

from looplane.deliveries.commands import plan_untold_delivery
from looplane.deliveries.schemas import NewDelivery
from looplane.kit.database import Connection, Row
from looplane.kit.errors import NotFound
from looplane.kit.keys import digest, new_link_token
from looplane.kit.responses import Answer, or_404
from looplane.kit.visits import Visit
from looplane.members.invites.commands import find_invite
from looplane.sessions.attempts.commands import of_link, take_attempt
from looplane.sessions.links import rules, sql
from looplane.sessions.links.schemas import LinkRequest, LinkToken
from looplane.sessions.rules import named_workspace

_log = structlog.get_logger("looplane.sessions")


async def make_link(  # noqa: PLR0913  # for whom, for what, and how long
    con: Connection,
    workspace_id: UUID,
    member_id: UUID,
    purpose: Literal["first_run", "sign_in"],
    now: datetime,
    lifetime: timedelta = rules.LIFETIME,
) -> str:
    """Makes a link that signs a member in once; its token, which is kept nowhere.

    Raises NotFound for a member who is gone.
    """
    token = new_link_token()
    args = (workspace_id, digest(token), member_id, purpose, now, now + lifetime)
    or_404(await con.fetchval(sql.INSERT, *args), "member")
    return token


async def make_first_run_link(con: Connection, now: datetime) -> str | None:
    """Makes a link for the first ADMIN; its token, or None once anybody has a password.

    Those that were made before end.
    """
    async with con.transaction():
        first = await con.fetchrow(sql.FIND_FIRST_ADMIN)
        if first is None:
            return None
        await con.execute(sql.END_FIRST_RUN, now)
        return await make_link(con, first["workspace_id"], first["id"], "first_run", now)


async def issue_mailed_link(
    con: Connection, workspace_id: UUID, member_id: UUID, now: datetime
) -> str:
    """Makes a link for the mail that leaves now; its token. Raises NotFound."""
    _log.info("link mailed", workspace=str(workspace_id), member=str(member_id))
    return await make_link(con, workspace_id, member_id, "sign_in", now, rules.MAILED_LIFETIME)


async def find_link(con: Connection, token: str, now: datetime) -> Row | None:
    """What the token of a link opens; None where it opens nothing."""
    return await con.fetchrow(sql.FIND, digest(token), now)


async def use_link(con: Connection, token: str, now: datetime) -> Row | None:
    """The same, and it is used up."""
    return await con.fetchrow(sql.USE, digest(token), now)


async def show_link(con: Connection, visit: Visit, body: LinkToken) -> Answer:
    """What a token opens, which stays good. Raises NotFound, Conflict."""
    link = await find_link(con, body.token, visit.clock())
    if link is not None and not link["is_archived"]:
        return _shown(link, link["purpose"], link["workspace_name"])
    try:
        invite = await find_invite(con, body.token, visit.clock())
    except NotFound:
        msg = "This link is unknown, was used already, or has expired; ask for a new one."
        raise NotFound(msg) from None
    name = await con.fetchval(sql.FIND_WORKSPACE, invite["workspace_id"])
    return _shown(invite, "invite", name)


def _shown(row: Row, purpose: str, workspace_name: str) -> Answer:
    shown = {
        "purpose": purpose,
        "workspace": {"id": str(row["workspace_id"]), "name": workspace_name},
        "email": row["email"],
        "name": row["name"],
        "role": row["role"],
        "has_second_factor": row.get("has_second_factor", False),
    }
    return Answer(orjson.dumps(shown).decode())


async def request_link(visit: Visit, body: LinkRequest) -> Response:
    """Has a link mailed to an address, if a member has it; the answer does not say.

    Raises RateLimited.
    """
    visit.raise_faults()
    workspace_id = named_workspace(body.workspace_id)
    await take_attempt(visit.database, of_link(body.email, workspace_id), visit.clock())
    return await visit(_plan, body.email, workspace_id)


async def _plan(con: Connection, visit: Visit, email: str, workspace_id: UUID | None) -> Answer:
    members = await con.fetch(sql.FIND_MEMBERS, email, workspace_id)
    for member in members if "email" in visit.state.channels else ():
        # To the address of the member: what was typed may only look like it to the database.
        delivery = NewDelivery("sign_in_link", "email", member["email"], member["id"])
        await plan_untold_delivery(con, member["workspace_id"], visit.clock(), delivery)
    return Answer('{"accepted":true}')


async def sweep_links(con: Connection, now: datetime) -> None:
    """Deletes links that have expired."""
    await con.execute(sql.DELETE_EXPIRED, now)
