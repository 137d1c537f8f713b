"""Changes of many threads on the wire."""

from typing import Annotated, Literal

from pydantic import ConfigDict, Field

from looplane.kit.schema import (
    Count,
    ErrorOut,
    Reference,
    References,
    StrictModel,
    at_most_items,
    optional,
)
from looplane.threads.listing.schemas import ThreadFilter
from looplane.threads.schemas import ThreadOut, ThreadPatch

MAX_THREADS = 500
# Characters of all threads of one answer together.
MAX_SHOWN = 8_000_000

_ThreadIds = Annotated[
    list[Reference],
    at_most_items(MAX_THREADS),
    Field(min_length=1, json_schema_extra={"maxItems": MAX_THREADS}),
]


class ThreadChange(ThreadPatch):
    """The fields of an update, and those that add or remove tags and leave the others."""

    model_config = ConfigDict(json_schema_extra={"minProperties": 1})

    add_tag_ids: References = optional("Tags that the thread has from now on. Not with `tag_ids`.")
    remove_tag_ids: References = optional(
        "Tags that it has no more, also those that are added. Not with `tag_ids`."
    )


class ThreadBulk(StrictModel):
    ids: _ThreadIds = optional("Threads, each of which counts once. Not with `filter`.")
    filter: ThreadFilter = optional(
        f"The threads of a list, up to {MAX_THREADS}; with the number of them in `expected_count`."
    )
    expected_count: Count = optional(
        "How many threads the filter is to match; otherwise nothing is done, and 409 says how many "
        "there are."
    )
    update: ThreadChange = Field(description="What is changed in each of them.")


class ThreadBulkItem(StrictModel):
    id: str
    status: Literal["updated", "unchanged", "failed"]
    thread: ThreadOut | None = Field(
        description="As `GET /threads/{id}` answers it. Null where the thread failed, and where "
        f"all together would have more than {MAX_SHOWN:,} characters."
    )
    error: ErrorOut | None = Field(description="Why it failed: what an update of it would answer.")


class ThreadBulkSummary(StrictModel):
    updated: int
    unchanged: int
    failed: int


class ThreadBulkOut(StrictModel):
    data: list[ThreadBulkItem]
    summary: ThreadBulkSummary
