"""What lists of threads are filtered and sorted by, on the wire."""

from typing import Annotated, Literal, Self

import orjson
from pydantic import Field, model_validator

from looplane.kit.paging import MAX_FILTER_BYTES, DateFilter, PageQuery
from looplane.kit.schema import WHOLE, Count, Reference, Values
from looplane.scores.schemas import PainLevel
from looplane.threads.schemas import Origin, Status, Tab

Sort = Literal["created_at", "last_activity", "oldest_waiting", "pain", "revenue"]
# Seconds; a hundred years.
_LONGEST_WAIT = 3_155_760_000
_REVENUE = "Of the thread's company; the bound itself is within. One without revenue has none."


class ThreadFilter(DateFilter):
    """Which threads are meant: those that meet each filter that is set.

    Of several values of one filter a thread has any. What is named and not there matches nothing.
    """

    status: Values[Status] | None = None
    tab: Tab | None = None
    assignee_id: Values[Reference] | None = None
    unassigned: bool | None = Field(
        None, description="True: those that nobody is assigned to; false: the others."
    )
    contact_id: Values[Reference] | None = None
    company_id: Values[Reference] | None = None
    tag_id: Values[Reference] | None = Field(None, description="Has any of these tags.")
    tag_all: Values[Reference] | None = Field(None, description="Has all of these tags.")
    tag_none: Values[Reference] | None = Field(None, description="Has none of these tags.")
    pain_level: Values[PainLevel] | None = None
    origin: Values[Origin] | None = None
    issue_id: Values[Reference] | None = None
    project_id: Values[Reference] | None = None
    external_id: Reference | None = None
    waiting_longer_than: Annotated[int, Field(ge=0, le=_LONGEST_WAIT), WHOLE] | None = Field(
        None,
        description="Seconds. The thread is open and our answer is due for longer: since the first "
        "message that came in after our last one, or since the thread was made where nothing went "
        "out yet.",
    )
    company_tier: Values[Reference] | None = Field(
        None, description="Ids of tiers: the thread's company is in any of them."
    )
    company_revenue_min: Count | None = Field(None, description=_REVENUE)
    company_revenue_max: Count | None = Field(None, description=_REVENUE)

    @model_validator(mode="after")
    def _agrees(self) -> Self:
        if contradiction := _contradiction(self):
            raise ValueError(contradiction)
        if too_long := _too_long(self):
            raise ValueError(too_long)
        return self


class ThreadQuery(ThreadFilter, PageQuery):
    """A page of such threads, in an order."""

    view: Reference | None = Field(
        None,
        description="The id of a view: its filters hold as well as those that are sent. One that "
        "is not there is 400.",
    )
    sort: Sort | None = Field(
        None,
        description="Without it that of the view, or `created_at`: newest first. "
        "`last_activity`: what was last made, came in or went out first. `oldest_waiting`: only "
        "open threads whose answer is due, those that wait longest first. `pain`: highest first, "
        "then newest. `revenue`: highest revenue of the company first, the threads of a company "
        "together and newest first; those without revenue last, newest first.",
    )


def _contradiction(filter: ThreadFilter) -> str | None:
    """Why no thread can meet all of it, naming both filters."""
    if filter.unassigned:
        if filter.assignee_id is not None:
            return "unassigned: cannot be true beside assignee_id"
        if filter.tab in {"my", "needs-response"}:
            return f"unassigned: cannot be true beside tab {filter.tab}, which is assigned to you"
    unwanted = set(filter.tag_none or ())
    if unwanted & set(filter.tag_all or ()):
        return "tag_none: names a tag that tag_all names as well"
    if filter.tag_id is not None and unwanted >= set(filter.tag_id):
        return "tag_none: names every tag that tag_id names"
    least, most = filter.company_revenue_min, filter.company_revenue_max
    if least is not None and most is not None and least > most:
        return "company_revenue_min: is more than company_revenue_max"
    return None


def _too_long(filter: ThreadFilter) -> str | None:
    """What is too much for a cursor, which holds all filters; it names the longest one."""
    sent = filter.model_dump(mode="json", include=set(ThreadFilter.model_fields), exclude_none=True)
    if len(orjson.dumps(sent)) <= MAX_FILTER_BYTES:
        return None
    longest = max(sent, key=lambda name: len(orjson.dumps(sent[name])))
    return f"{longest}: the filters have more than {MAX_FILTER_BYTES:,} bytes in all"
