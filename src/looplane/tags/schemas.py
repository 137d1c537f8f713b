"""Tags on the wire."""

from typing import Annotated

from pydantic import Field

from looplane.kit.paging import DatedQuery
from looplane.kit.schema import Color, Name, Reference, StrictModel, optional

_OF_ICON = Field(
    description="Name of an icon of the Nucleo set in PascalCase, such as `Notepad` or `WifiOff`. "
    "A name that the inbox does not know shows the first letter of the tag."
)
Icon = Annotated[Name, _OF_ICON]


class TagOut(StrictModel):
    id: str
    name: str
    color: str
    icon: Annotated[str | None, _OF_ICON]
    tag_group_id: str | None
    created_at: str
    updated_at: str


class TagCreate(StrictModel):
    name: Name
    color: Color
    icon: Icon
    tag_group_id: Reference


class TagPatch(StrictModel):
    name: Name = optional()
    color: Color = optional()
    icon: Icon = optional()
    tag_group_id: Reference = optional()


class TagQuery(DatedQuery):
    name_contains: Name | None = None
    tag_group_id: Reference | None = None
