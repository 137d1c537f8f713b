"""HTTP: what members say of themselves, and what all see of the team."""

from typing import Annotated

from starlette.responses import Response

from looplane.kit.api import Api, require_scopes
from looplane.kit.callers import SESSION_SCOPE
from looplane.kit.writes import Read, Write
from looplane.members.profile import commands
from looplane.members.profile.schemas import ProfilePatch, TeamPage
from looplane.members.schemas import MemberOut

api = Api("members", for_app=True)
Reading = Annotated[Read, require_scopes(SESSION_SCOPE)]
Writing = Annotated[Write, require_scopes(SESSION_SCOPE)]


@api.get("/team", "members-listTeam", TeamPage)
async def list_team_members(read: Reading) -> Response:
    """List all members for pickers, by name; everybody in the workspace may."""
    return await read(commands.list_team)


@api.patch("/profile", "members-updateProfile", MemberOut)
async def update_member_profile(patch: ProfilePatch, write: Writing) -> Response:
    """Change the name and the picture of the member who calls."""
    return await write(commands.update_profile, patch)
