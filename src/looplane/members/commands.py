"""What can be done with members."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

import orjson

from looplane import changes
from looplane.inverses import Inverse, Inverses, PastEvent
from looplane.kit.context import Context
from looplane.kit.database import Connection
from looplane.kit.responses import Answer, or_404
from looplane.members import rules, sql
from looplane.members.schemas import MemberPatch, Role
from looplane.resource_inverses import inverses_of


async def create_member(
    con: Connection, context: Context, email: str, name: str, role: Role
) -> Answer:
    """Makes a member. Raises Conflict when the address is taken."""
    values = {"email": email, "name": name, "role": role}
    return await changes.create(con, context, sql.MEMBER, values)


async def find_member(con: Connection, workspace_id: UUID, email: str) -> UUID:
    """The id of the member with this address. Raises NotFound."""
    id: UUID | None = await con.fetchval(sql.FIND_BY_EMAIL, workspace_id, email)
    return or_404(id, f"member with the address {email}")


async def list_all_members(con: Connection, workspace_id: UUID) -> list[dict[str, Any]]:
    """All members of a workspace, who was there first in front.

    Beside what the API shows there is `last_seen_at`, when they last used a session of those that
    are kept, or null.
    """
    return [orjson.loads(row["body"]) for row in await con.fetch(sql.LIST, workspace_id)]


async def update_member(con: Connection, context: Context, id: UUID, patch: MemberPatch) -> Answer:
    """Gives a member another role.

    Raises NotFound, PreconditionFailed, ValidationFailed, and Conflict for the last ADMIN.
    """
    sent = patch.model_dump()
    decision = _decide(con, context, sent)
    async with con.transaction():
        await con.execute(sql.LOCK_TEAM, context.workspace_id)
        return await changes.update(con, context, sql.MEMBER, id, sent, decision)


def _decide(_con: Connection, _context: Context, sent: Mapping[str, Any]) -> changes.Decision:
    return changes.Decision(
        columns=lambda row: rules.next_role(row, sent["role"]), find=sql.FIND_WITH_OTHER_ADMIN
    )


def _with_team_held(inverse: Inverse) -> Inverse:
    """The inverse, while no other member changes or goes."""

    async def held(con: Connection, context: Context, event: PastEvent) -> tuple[str, ...]:
        await con.execute(sql.LOCK_TEAM, context.workspace_id)
        return await inverse(con, context, event)

    return held


async def delete_member(con: Connection, context: Context, id: UUID) -> Answer:
    """Removes a member from the workspace; their keys open nothing any more.

    What they wrote stays, and so does what is assigned to them: it shows nobody, and is there again
    if the row ever is. Raises NotFound, PreconditionFailed, and Conflict for the last ADMIN.
    """

    async def check() -> None:
        row = await con.fetchrow(sql.FIND_WITH_OTHER_ADMIN, context.workspace_id, id)
        assert row is not None, "it is locked"
        rules.require_another_admin(row)

    async with con.transaction():
        await con.execute(sql.LOCK_TEAM, context.workspace_id)
        return await changes.delete(con, context, sql.MEMBER, id, check)


# Whoever joined is removed, and not taken back.
_JOINED = sql.MEMBER.event_type("created")
INVERSES: Inverses = {
    each: inverse and _with_team_held(inverse)
    for each, inverse in inverses_of(sql.MEMBER, delete=delete_member, decide=_decide).items()
    if each != _JOINED
}
