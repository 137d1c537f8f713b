"""What every body and query is made of: closed, strict, and free of what no table can hold."""

import re
from datetime import UTC, datetime
from typing import Annotated, Any, Generic, Literal, TypeVar
from urllib.parse import urlsplit
from uuid import UUID

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field
from pydantic.json_schema import WithJsonSchema

from looplane.kit.html import clean, is_blank


class Closed(BaseModel):
    """An object with no keys but its own, and no guessing of types."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)


def absent() -> Any:  # noqa: ANN401  # stands in for a default of any field's type
    """A default for a field that may be left out, yet is never null when sent."""
    return Field(default=None)


def _no_nul(text: str) -> str:
    if "\0" in text:
        msg = "must not contain the character NUL"
        raise ValueError(msg)
    return text


def cleaned(html: str) -> str:
    """HTML that is safe to show. Raises ValueError when nothing is left of it."""
    safe = clean(html)
    if is_blank(safe):
        msg = "must not be empty once unsafe HTML is removed"
        raise ValueError(msg)
    return safe


_DATE_TIME = re.compile(
    r"\d{4}-\d\d-\d\d[Tt ]\d\d:\d\d(:\d\d([.,]\d+)?)?([Zz]|[+-]\d\d:?\d\d)", re.ASCII
)


def _spelled(value: object) -> object:
    if not isinstance(value, str) or not _DATE_TIME.fullmatch(value):
        msg = "must be a date-time with an offset, for example 2026-01-31T09:30:00Z"
        raise ValueError(msg)
    return value


def _utc(moment: datetime) -> datetime:
    try:
        utc = moment.astimezone(UTC)
    except OverflowError:
        msg = "must lie within the years 1 to 9999"
        raise ValueError(msg) from None
    return utc.replace(microsecond=utc.microsecond // 1000 * 1000)


Text = Annotated[str, AfterValidator(_no_nul)]
Name = Annotated[Text, Field(min_length=1, max_length=255)]
Html = Annotated[Text, Field(min_length=1), AfterValidator(cleaned)]
Moment = Annotated[
    datetime,
    Field(strict=False),
    BeforeValidator(_spelled),
    AfterValidator(_utc),
    WithJsonSchema({"type": "string", "format": "date-time"}),
]


class DeleteResult(Closed):
    """What is left to say of a thing that was deleted."""

    id: str
    deleted: Literal[True]


def _web_url(text: str) -> str:
    parts = urlsplit(text)
    if (
        parts.scheme not in {"http", "https"}
        or not parts.hostname
        or re.search(r"[\s\\<>\"]", text)
    ):
        msg = "must be an address that starts with http:// or https://"
        raise ValueError(msg)
    return text


Id = Annotated[UUID, WithJsonSchema({"type": "string"})]
Reference = Annotated[Text, Field(max_length=255)]
WebUrl = Annotated[
    Text,
    Field(min_length=1, max_length=2048, json_schema_extra={"format": "uri"}),
    AfterValidator(_web_url),
]
Color = Annotated[
    str,
    Field(
        pattern=r"^(#([0-9a-fA-F]{3,4}|[0-9a-fA-F]{6}|[0-9a-fA-F]{8})|[a-zA-Z][a-zA-Z0-9_-]{0,31})$"
    ),
]


def _address(text: str) -> str:
    if not _EMAIL.fullmatch(text):
        msg = "must be an e-mail address"
        raise ValueError(msg)
    return text


# Any address that could be delivered to; whether it is, only a mail can tell.
_EMAIL = re.compile(
    r"[^\s@<>(),;:\"\\\[\]\x00-\x20\x7f]{1,64}@[^\s@<>(),;:\"\\\[\]\x00-\x20\x7f/?#&]+"
)

Email = Annotated[
    Text,
    Field(max_length=254, json_schema_extra={"format": "email"}),
    AfterValidator(_address),
]


Each = TypeVar("Each")


class _InOtherSystems(Closed, Generic[Each]):
    intercom: Each = absent()
    front: Each = absent()
    zendesk: Each = absent()
    hubspot: Each = absent()
    plain: Each = absent()
    productboard: Each = absent()
    slack_channel: Each = absent()


class ExternalIds(_InOtherSystems[Reference]):
    """A thing's names in other systems."""


class ExternalIdsOut(_InOtherSystems[str]):
    """A thing's names in other systems, as they are answered."""
