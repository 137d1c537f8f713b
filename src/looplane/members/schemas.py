"""Members on the wire."""

from typing import Literal

from looplane.kit.paging import PageQuery, page_of
from looplane.kit.schema import StrictModel, Timestamp

Role = Literal["ADMIN", "USER", "VIEWER"]


class UserRef(StrictModel):
    id: str
    name: str | None
    email: str
    image_url: str | None


class MemberOut(StrictModel):
    id: str
    email: str
    name: str | None
    image_url: str | None
    role: Role
    joined_at: Timestamp


MemberPage = page_of(MemberOut)


class MemberPatch(StrictModel):
    role: Role


class MemberQuery(PageQuery):
    """A list with no filter; the name makes its cursors its own."""
