"""Notices to the team, on the wire."""

from typing import Annotated, Literal

from pydantic import Field

from looplane.kit.paging import PageInfo, PageQuery
from looplane.kit.schema import Moment, References, StrictModel, Timestamp, optional

# Why somebody is told, the most important first: of one write each is told for one reason.
Reason = Literal[
    "mentioned",
    "assigned",
    "delivery_dead",
    "reply",
    "comment",
    "snooze_ended",
    "new_thread",
    "mailbox_down",
    "webhook_disabled",
    "webhook_paused",
    "asked",
]
NoticeChannel = Literal["in_app", "email", "slack"]
# As many that are not read are counted.
MAX_COUNTED = 1000


class NoticeOut(StrictModel):
    """What a member is told, in words for now: of what is deleted since, nothing is shown."""

    id: str
    reason: Reason
    subject: Annotated[str, Field(description="In a few words.")]
    sentence: Annotated[str, Field(description="Plain text, as all words of a notice.")]
    excerpt: Annotated[str | None, Field(description="How what was written begins.")]
    link: Annotated[str, Field(description="The path in the inbox.")]
    actor_name: str
    thread_id: str | None
    read_at: Timestamp | None
    created_at: Timestamp


class NoticePage(StrictModel):
    data: list[NoticeOut]
    page: PageInfo
    unread_count: Annotated[
        int, Field(description=f"Of all, read on this page or not; {MAX_COUNTED:,} are as many.")
    ]


class NoticeQuery(PageQuery):
    """Which notices of the member who calls."""

    unread: Annotated[bool, Field(description="Only those that are not read.")] = False


class NoticesRead(StrictModel):
    ids: References = optional("Those that are read; one that is already stays as it is.")
    all: Literal[True] = optional("In place of `ids`.")
    until: Moment = optional("With `all`: only those from no later than this moment.")


class NoticesReadOut(StrictModel):
    unread_count: int
