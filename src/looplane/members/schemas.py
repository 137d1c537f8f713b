"""Members on the wire."""

from typing import Literal

from looplane.kit.paging import PageInfo, PageQuery
from looplane.kit.schema import Closed

Role = Literal["ADMIN", "USER", "VIEWER"]


class UserRef(Closed):
    id: str
    name: str | None
    email: str
    image_url: str | None


class MemberOut(Closed):
    id: str
    email: str
    name: str | None
    image_url: str | None
    role: Role
    joined_at: str


class MemberPage(Closed):
    data: list[MemberOut]
    page: PageInfo


class MemberQuery(PageQuery):
    """A list with no filter; the name makes its cursors its own."""
