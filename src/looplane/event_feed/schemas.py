"""Events on the wire."""

import base64
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Annotated, Any, Literal, Self
from uuid import UUID

from pydantic import Field
from pydantic.json_schema import WithJsonSchema

from looplane.kit.errors import Unprocessable
from looplane.kit.paging import MAX_PAGE_ROWS, PageQuery, page_of
from looplane.kit.schema import Reference, StrictModel, Text, Timestamp, optional

_NUMBER_BYTES = 8
# A number of 8 bytes and an id of 16 are 32 characters of base64, without padding.
_ENCODED = re.compile(r"[A-Za-z0-9_-]{32}")
_MAX_NUMBER = 2**63 - 1
_EVENT_ID = re.compile(r"evt_([0-9a-f]{32})")


def parse_event_id(text: str) -> UUID | None:
    """The id of the event that is spelled so; None where none is."""
    found = _EVENT_ID.fullmatch(text)
    return UUID(found[1]) if found else None


@dataclass(frozen=True, slots=True, order=True)
class Position:
    """A place among the events of a workspace: behind the one that has it."""

    number: int
    id: UUID

    def encode(self) -> str:
        """Its opaque text, which goes into an address or a header as it is."""
        whole = self.number.to_bytes(_NUMBER_BYTES, "big") + self.id.bytes
        return base64.urlsafe_b64encode(whole).decode()

    @classmethod
    def decode(cls, text: str) -> Self:
        """The position that `encode` made `text` of. Raises Unprocessable."""
        whole = base64.urlsafe_b64decode(text) if _ENCODED.fullmatch(text) else b""
        number = int.from_bytes(whole[:_NUMBER_BYTES], "big")
        if not whole or number > _MAX_NUMBER:
            msg = "The cursor is broken; start again without one."
            raise Unprocessable(msg)
        return cls(number, UUID(bytes=whole[_NUMBER_BYTES:]))


# Before all events.
START = Position(0, UUID(int=0))


@dataclass(frozen=True, slots=True)
class FannedEvent:
    """An event as it was written, for those who tell others of it.

    `data` is the resource as it was, of what the program tells of itself alone: of its deliveries,
    and of what it delivers by. A member in `visible_to` is the only one who may see it.
    """

    position: int
    id: UUID
    type: str
    subject_id: UUID
    aggregate_id: UUID
    write_id: UUID
    version: int | None
    actor: Mapping[str, Any]
    created_at: datetime
    before: Mapping[str, Any] | None = None
    after: Mapping[str, Any] | None = None
    visible_to: UUID | None = None
    data: Mapping[str, Any] | None = field(default=None, repr=False)


class ActorOut(StrictModel):
    type: Annotated[
        Literal["person", "program", "ai", "rule"],
        Field(description="`rule`: the program itself, by the rule that `rule` names."),
    ]
    key_id: str | None
    member_id: str | None
    rule: str | None


_ANY_OBJECT = {"type": "object", "additionalProperties": True}
_Object = Annotated[
    dict[str, Any] | None, WithJsonSchema({"anyOf": [_ANY_OBJECT, {"type": "null"}]})
]


class EventOut(StrictModel):
    """What happened to a thing: the body of a webhook, and what else is known."""

    id: Annotated[str, Field(json_schema_extra={"pattern": "^evt_[0-9a-f]{32}$"})]
    type: str
    schema_: Annotated[
        int,
        Field(
            alias="schema",
            description="The version of this shape. It rises when a field of an event goes or "
            "means something else, and not for a field or a type of event that is new.",
        ),
    ]
    created_at: Timestamp
    write_id: Annotated[
        str, Field(description="The same for all events of one request, or of one rule at work.")
    ]
    subject_id: Annotated[str, Field(description="The thing that `data` shows.")]
    history_of: Annotated[
        str,
        Field(
            description="The thing to whose history it belongs: of a message, a comment or a "
            "customer need its thread, of all else the thing itself."
        ),
    ]
    thread_ids: Annotated[
        list[str],
        Field(
            description="Threads that it concerns as well: at the end of a project or an issue, "
            "those that asked for it."
        ),
    ]
    version: Annotated[
        int | None,
        Field(description="Of the subject after it; what happened to one thing is in this order."),
    ]
    actor: ActorOut
    cause: Annotated[
        str | None,
        Field(description="The `X-Request-Id` of the request, the rule, or the held message."),
    ]
    before: Annotated[
        _Object, Field(description="The fields that changed, as they were; null where none did.")
    ]
    after: Annotated[_Object, Field(description="The same fields, as they are since.")]
    data: Annotated[
        _Object,
        Field(description="The thing as it was right after; null where that is no longer kept."),
    ]


EventPage = page_of(EventOut)


class FeedEnd(StrictModel):
    """Where a page ends, and the next one begins."""

    cursor: Annotated[str, Field(description="The `after` of the next page, which may be empty.")]
    has_more: Annotated[
        bool, Field(description="Whether there is more to ask for now; else it is yet to happen.")
    ]
    limit: int


class EventFeed(StrictModel):
    """What happened, the oldest first."""

    data: list[EventOut]
    page: FeedEnd


# In place of a cursor: none of what has happened so far.
LATEST = "latest"
Types = Annotated[Text, Field(max_length=4000)]
_TYPES = (
    "Types with commas between: `thread.created` is one, `thread.*` are all of a noun, and `*` all "
    "that the key may see, as when it is left out."
)


# Seconds that a request waits at the most for something to happen.
MAX_WAIT = 30


class FollowQuery(StrictModel):
    """From where on, and what."""

    after: Annotated[Text, Field(max_length=100)] = optional(
        "The `cursor` of a page, or `latest` for what is yet to happen. From the oldest event that "
        "is kept where it is left out."
    )
    types: Types = optional(_TYPES)
    subject: Reference = optional(
        "Only the history of the thing with this id, which events have in `history_of`: of a "
        "thread, its messages, comments and customer needs too."
    )


class EventQuery(FollowQuery):
    """How much of it, and whether to wait for it."""

    limit: Annotated[int, Field(ge=1, le=MAX_PAGE_ROWS)] = 50
    wait: Annotated[
        int,
        Field(
            ge=0,
            le=MAX_WAIT,
            description="Seconds to wait, where there is nothing yet; the answer comes as soon as "
            "there is.",
        ),
    ] = 0


class HistoryQuery(PageQuery):
    """Which events of one thing."""

    types: Types = optional(_TYPES)
