"""HTTP: members and invites."""

from typing import Annotated

from fastapi import Query
from starlette.responses import Response

from looplane import changes, queries
from looplane.kit.api import Api, require_scopes
from looplane.kit.schema import DeleteResult, Id
from looplane.kit.writes import Read, Write
from looplane.members.commands import delete_member, update_member
from looplane.members.invites.commands import create_invite
from looplane.members.invites.schemas import (
    InviteCreate,
    InvitePage,
    InviteQuery,
    NewInviteOut,
)
from looplane.members.invites.sql import INVITE
from looplane.members.schemas import MemberOut, MemberPage, MemberPatch, MemberQuery
from looplane.members.sql import MEMBER

api = Api("members")
Reading = Annotated[Read, require_scopes("admin")]
Writing = Annotated[Write, require_scopes("admin")]


@api.get("/members", "members-list", MemberPage)
async def list_members(query: Annotated[MemberQuery, Query()], read: Reading) -> Response:
    """List the members of the workspace, newest first."""
    return await read(queries.list_page, MEMBER, query)


@api.get("/members/invites", "members-listInvites", InvitePage)
async def list_member_invites(query: Annotated[InviteQuery, Query()], read: Reading) -> Response:
    """List the invites, newest first; those that were accepted or have expired too."""
    return await read(queries.list_page, INVITE, query)


@api.post("/members/invites", "members-createInvite", NewInviteOut)
async def create_member_invite(body: InviteCreate, write: Writing) -> Response:
    """Invite somebody by mail; 409 if they are a member or have an invite that is still good.

    `token` opens the invite once, and is shown in this answer alone.
    """
    return await write(create_invite, body)


@api.delete("/members/invites/{id}", "members-deleteInvite", DeleteResult)
async def delete_member_invite(id: Id, write: Writing) -> Response:
    """Take an invite back; whoever accepted it stays a member."""
    return await write(changes.delete, INVITE, id)


@api.get("/members/{user_id}", "members-get", MemberOut)
async def get_one_member(user_id: Id, read: Reading) -> Response:
    """Get a member."""
    return await read(queries.get, MEMBER, user_id)


@api.patch("/members/{user_id}", "members-update", MemberOut)
async def update_one_member(user_id: Id, patch: MemberPatch, write: Writing) -> Response:
    """Give a member another role; the last `ADMIN` stays one (409)."""
    return await write(update_member, user_id, patch)


@api.delete("/members/{user_id}", "members-delete", DeleteResult)
async def delete_one_member(user_id: Id, write: Writing) -> Response:
    """Remove a member, but not the last `ADMIN` (409).

    Their keys open nothing after a second. What is assigned to them shows nobody.
    """
    return await write(delete_member, user_id)
