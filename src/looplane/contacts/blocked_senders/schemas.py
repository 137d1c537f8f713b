"""Blocked senders on the wire."""

from typing import Annotated, Literal

from pydantic import Field

from looplane.kit.paging import PageQuery
from looplane.kit.schema import StrictModel, Text, Timestamp

Type = Literal["EMAIL", "DOMAIN"]


class BlockedSenderOut(StrictModel):
    id: str
    value: str
    type: Type
    created_at: Timestamp


class BlockedSenderCreate(StrictModel):
    type: Type
    value: Annotated[
        Text,
        Field(
            min_length=3,
            max_length=254,
            description="An e-mail address, or a bare domain, with which those below it are "
            "blocked too. Kept in small letters; an international domain in its ASCII form.",
        ),
    ]


class BlockedSenderQuery(PageQuery):
    type: Type | None = None
