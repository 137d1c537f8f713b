"""Mail that came back, on the wire."""

from typing import Annotated

from pydantic import Field

from looplane.kit.paging import PageQuery, page_of
from looplane.kit.schema import Email, StrictModel, Timestamp, matching

_BASE64 = "([A-Za-z0-9+/]{4})*([A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?"


class BounceReport(StrictModel):
    content_base64: Annotated[
        str,
        Field(
            min_length=4,
            description="The mail as it came, as base64.",
            json_schema_extra={"pattern": f"^{_BASE64}$"},
        ),
        matching(_BASE64, "must be base64, with its = at the end and no line breaks"),
    ]


class BouncedMail(StrictModel):
    recipient: str
    reason: str
    delivery_id: str
    thread_id: str | None


class BounceOut(StrictModel):
    """Which mails of ours came back for good; none where the report is of none, or of a delay."""

    bounced: list[BouncedMail]


class BouncedAddressOut(StrictModel):
    """An address that mail came back from: it gets no notices any more."""

    id: str
    address: Annotated[str, Field(description="In small letters, its domain in ASCII.")]
    reason: Annotated[str, Field(description="What the server said that sent it back.")]
    created_at: Timestamp


BouncedAddressPage = page_of(BouncedAddressOut)


class BouncedAddressQuery(PageQuery):
    address: Annotated[Email | None, Field(description="This one alone, however spelled.")] = None
