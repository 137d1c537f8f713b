"""Tag groups on the wire."""

from looplane.kit.paging import PageQuery
from looplane.kit.schema import Color, Name, StrictModel, Timestamp, optional


class TagGroupOut(StrictModel):
    id: str
    name: str
    color: str
    created_at: Timestamp
    updated_at: Timestamp


class TagGroupCreate(StrictModel):
    name: Name
    color: Color


class TagGroupPatch(StrictModel):
    name: Name = optional()
    color: Color = optional()


class TagGroupQuery(PageQuery):
    """A page of tag groups; a type of its own, so that its cursors fit no other list."""
