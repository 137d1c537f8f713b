"""Who is at a thread, on the wire."""

from typing import Annotated, Literal

from pydantic import Field

from looplane.kit.schema import Reference, StrictModel, Timestamp
from looplane.members.schemas import UserRef

Doing = Literal["looking", "writing"]


class PresenceBeat(StrictModel):
    thread_id: Reference
    tab: Annotated[
        Reference,
        Field(description="A UUID that the tab of the browser made for itself when it was opened."),
    ]
    doing: Annotated[
        Literal["looking", "writing", "left"],
        Field(
            description="A tab is at one thread: a beat of another one takes it from the thread "
            "before. One that stays says so every 10 seconds; after 30 it counts as gone."
        ),
    ]


class PresentMember(StrictModel):
    member: UserRef
    doing: Annotated[Doing, Field(description="`writing` where they do either in two tabs.")]
    since: Annotated[Timestamp, Field(description="When they began that.")]


class PresenceOut(StrictModel):
    others: Annotated[
        list[PresentMember],
        Field(description="Who else is at the thread: writers first, then who came first."),
    ]
