"""Tag groups on the wire."""

from looplane.kit.paging import PageInfo, PageQuery
from looplane.kit.schema import Closed, Color, Name, absent


class TagGroupOut(Closed):
    id: str
    name: str
    color: str
    created_at: str
    updated_at: str


class TagGroupPage(Closed):
    data: list[TagGroupOut]
    page: PageInfo


class TagGroupCreate(Closed):
    name: Name
    color: Color


class TagGroupPatch(Closed):
    name: Name = absent()
    color: Color = absent()


class TagGroupQuery(PageQuery):
    """A page of tag groups; a type of its own, so that its cursors fit no other list."""
