"""What can be done with members."""

from datetime import datetime
from uuid import UUID

import asyncpg

from looplane.kit.database import Connection
from looplane.kit.errors import Conflict
from looplane.kit.ids import new_id
from looplane.members import sql
from looplane.members.schemas import Role


async def create_member(  # noqa: PLR0913  # what a member is
    con: Connection, workspace_id: UUID, email: str, name: str, role: Role, now: datetime
) -> UUID:
    """Makes a member; answers its id. Raises Conflict when the address is taken."""
    id = new_id()
    try:
        await con.execute(sql.INSERT, workspace_id, id, email, name, role, now)
    except asyncpg.UniqueViolationError:
        msg = f"There is already a member with the address {email}."
        raise Conflict(msg) from None
    return id
