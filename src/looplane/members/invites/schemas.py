"""Invites on the wire."""

from typing import Annotated, Literal

from pydantic import Field

from looplane.kit.paging import PageQuery, page_of
from looplane.kit.schema import Email, Name, StrictModel, Timestamp
from looplane.members.schemas import Role


class InviteOut(StrictModel):
    id: str
    email: str
    name: str | None
    role: Role
    state: Literal["PENDING", "ACCEPTED"]
    invited_by_id: str | None
    expires_at: Timestamp
    created_at: Timestamp
    updated_at: Timestamp


class NewInviteOut(InviteOut):
    token: Annotated[
        str | None,
        Field(
            description="Opens the invite, once. It is shown in the answer that made the invite, "
            "and is null where that is rehearsed or given again."
        ),
    ]


InvitePage = page_of(InviteOut)


class InviteCreate(StrictModel):
    email: Email
    name: Name
    role: Role


class InviteQuery(PageQuery):
    """A list with no filter; the name makes its cursors its own."""
