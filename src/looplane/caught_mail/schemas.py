"""Caught mail on the wire."""

from typing import Annotated

from pydantic import Field

from looplane.deliveries.schemas import DeliveryKind
from looplane.kit.paging import PageQuery, page_of
from looplane.kit.schema import StrictModel, Timestamp


class CaughtMailOut(StrictModel):
    id: str
    delivery_id: str
    kind: DeliveryKind
    from_: str = Field(alias="from")
    to: Annotated[list[str], Field(description="Everybody who would have got it.")]
    subject: str
    size: Annotated[int, Field(description="Bytes.")]
    created_at: Timestamp


class CaughtPart(StrictModel):
    """A part of a mail; `text` where it is one."""

    content_type: str
    name: str | None
    cid: str | None
    size: int
    text: str | None


class CaughtMailSourceOut(CaughtMailOut):
    source: Annotated[
        str, Field(description="As it would have been sent, up to 1,000,000 characters of it.")
    ]
    is_cut: bool
    parts: list[CaughtPart]


CaughtMailPage = page_of(CaughtMailOut)


class CaughtMailQuery(PageQuery):
    kind: DeliveryKind | None = None
