"""Loops of threads on the wire: open while the customer waits, closed once we say so."""

from typing import Annotated

from pydantic import Field

from looplane.kit.paging import PageInfo
from looplane.kit.schema import Reference, StrictModel, Timestamp, Values


class LoopQuery(StrictModel):
    thread_id: Values[Reference] | None = None


class LoopOut(StrictModel):
    thread_id: str
    waiting_since: Annotated[
        Timestamp | None,
        Field(
            description="What came in first after our last answer, or the beginning of the thread "
            "where there was none; null where no answer is due."
        ),
    ]
    is_closed: Annotated[
        bool, Field(description="Done, and the customer was told what became of it.")
    ]
    last_outbound_message_at: Annotated[
        Timestamp | None, Field(description="As the thread has it: this is true up to the next.")
    ]


class LoopPage(StrictModel):
    data: list[LoopOut]
    page: PageInfo
