"""How many threads there are, on the wire."""

from typing import Annotated

from pydantic import Field

from looplane.kit.schema import StrictModel
from looplane.views.schemas import MAX_COUNTED


class TabCount(StrictModel):
    count: Annotated[int, Field(description=f"Of the threads of the tab, up to {MAX_COUNTED:,}.")]
    is_more: Annotated[bool, Field(description="There are more than those that were counted.")]
    unread: Annotated[int, Field(description="How many of those that were counted are unread.")]


class TabCounts(StrictModel):
    """Each as `GET /threads?tab=` lists it for the caller."""

    new: TabCount
    needs_response: Annotated[TabCount, Field(alias="needs-response")]
    my: TabCount
    open: TabCount
    snoozed: TabCount
    done: TabCount


class ViewCount(StrictModel):
    id: str
    count: Annotated[
        int | None,
        Field(
            description=f"Of the threads of the view, up to {MAX_COUNTED:,}; null where they "
            "cannot be counted quickly."
        ),
    ]
    is_more: Annotated[bool, Field(description="There may be more than those.")]


class CountsOut(StrictModel):
    tabs: TabCounts
    views: Annotated[list[ViewCount], Field(description="The views that the caller sees.")]
