"""Tags on the wire."""

from typing import Annotated

from pydantic import Field

from looplane.kit.paging import DatedQuery, PageInfo
from looplane.kit.schema import Closed, Color, Name, Reference, absent

Icon = Annotated[Name, Field(description="Name of a Nucleo icon in PascalCase, e.g. `Notepad`.")]


class TagOut(Closed):
    id: str
    name: str
    color: str
    icon: str | None
    tag_group_id: str | None
    created_at: str
    updated_at: str


class TagPage(Closed):
    data: list[TagOut]
    page: PageInfo


class TagCreate(Closed):
    name: Name
    color: Color
    icon: Icon
    tag_group_id: Reference


class TagPatch(Closed):
    name: Name = absent()
    color: Color = absent()
    icon: Icon = absent()
    tag_group_id: Reference = absent()


class TagQuery(DatedQuery):
    name_contains: Name | None = None
    tag_group_id: Reference | None = None
