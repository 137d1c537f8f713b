"""Views on the wire: saved filters of the list of threads."""

from typing import Annotated

from pydantic import Field

from looplane.kit.paging import PageQuery
from looplane.kit.schema import Name, StrictModel, Timestamp, optional
from looplane.members.schemas import UserRef
from looplane.threads.listing.schemas import Sort, ThreadFilter

# As many as the team has together, and as many as each member has beside them.
MAX_VIEWS = 200
# As many threads as a view counts.
MAX_COUNTED = 1000

_ORDER = Field(
    ge=-1_000_000_000,
    le=1_000_000_000,
    description="Views are listed by it, the smallest first, and by their ids where it is the "
    "same; a new one is the last. Any number between those of two views puts one between them.",
)
Order = Annotated[float, _ORDER]
_IS_SHARED = (
    "Whether the view is the team's, which everyone sees and changes, or personal: then it is "
    "there for its owner alone."
)
_FILTERS = "Those of the list of threads, by the same names; none for all threads."


class ViewOut(StrictModel):
    id: str
    name: str
    filters: Annotated[ThreadFilter, Field(description="Those that were set.")]
    sort: Sort
    is_shared: bool
    owner: Annotated[
        UserRef | None,
        Field(
            description="The member who made it; null where a key of no member did, or they left."
        ),
    ]
    order: float
    thread_count: Annotated[
        int | None,
        Field(
            description="How many threads the caller would find by it now, up to "
            f"{MAX_COUNTED:,}. Null where they cannot be counted quickly, where it asks for the "
            "threads of a member and the key has none, and in events."
        ),
    ]
    thread_count_is_exact: Annotated[
        bool, Field(description="False where there may be more, and where the count is null.")
    ]
    created_at: Timestamp
    updated_at: Timestamp


class ViewCreate(StrictModel):
    name: Name
    filters: Annotated[ThreadFilter, Field(description=_FILTERS)] = ThreadFilter()
    sort: Sort = "created_at"
    is_shared: Annotated[bool, Field(description=_IS_SHARED)]
    order: Order = optional()


class ViewPatch(StrictModel):
    name: Name = optional()
    filters: ThreadFilter = optional(f"All of them from now on. {_FILTERS}")
    sort: Sort = optional()
    is_shared: bool = optional(
        f"{_IS_SHARED} Only its owner makes a shared view personal; one whose owner left, or that "
        "never had one, belongs to whoever does."
    )
    order: Order = optional()


class ViewQuery(PageQuery):
    """The part of the views that is asked for."""
