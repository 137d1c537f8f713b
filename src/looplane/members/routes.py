"""HTTP: members."""

from typing import Annotated

from fastapi import Query
from starlette.responses import Response

from looplane.kit.api import Api, require_scopes
from looplane.kit.writes import Read
from looplane.members import sql
from looplane.members.schemas import MemberPage, MemberQuery

api = Api("members")
Reading = Annotated[Read, require_scopes("admin")]


@api.get("/members", "members-list", MemberPage)
async def list_members(query: Annotated[MemberQuery, Query()], read: Reading) -> Response:
    """List the members of the workspace, newest first."""
    return await read(sql.list_members, query)
