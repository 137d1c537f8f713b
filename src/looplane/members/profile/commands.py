"""What members say of themselves, and what all see of the team."""

from collections.abc import Mapping

from looplane import changes
from looplane.kit.context import Context
from looplane.kit.database import Connection
from looplane.kit.paging import fetch_whole_page
from looplane.kit.responses import Answer
from looplane.members import sql
from looplane.members.profile.schemas import ProfilePatch


async def update_profile(con: Connection, context: Context, patch: ProfilePatch) -> Answer:
    """Gives the member who calls another name or picture. Raises ValidationFailed."""
    return await update_own(con, context, patch.model_dump(exclude_unset=True))


async def update_own(con: Connection, context: Context, sent: Mapping[str, object]) -> Answer:
    """Changes what the member who acts says of themselves.

    Raises ValidationFailed, NotFound for one who is gone, and Conflict for an address that another
    member has.
    """
    assert context.member_id is not None, "it is a member who acts"
    return await changes.update(con, context, sql.PROFILE, context.member_id, sent)


async def list_team(con: Connection, context: Context) -> Answer:
    """All members, in the order of their names."""
    return Answer(await fetch_whole_page(con, sql.LIST_TEAM, context.workspace_id))
