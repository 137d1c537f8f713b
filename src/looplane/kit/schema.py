"""What every body and query is made of: strict, closed, and free of what no table can hold."""

import re
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Annotated, Any, Generic, Literal, TypeVar
from urllib.parse import urlsplit
from uuid import UUID

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    ValidationInfo,
)
from pydantic.json_schema import WithJsonSchema

from looplane.kit.faults import know_names


class StrictModel(BaseModel):
    """An object with no keys but its own, and no guessing of types."""

    # Built when it is first used: a fifth of the start, and most programs use few of them.
    model_config = ConfigDict(extra="forbid", strict=True, frozen=True, defer_build=True)

    @classmethod
    def __pydantic_init_subclass__(cls, **_options: Any) -> None:  # noqa: ANN401  # pydantic's own
        know_names(each.alias or name for name, each in cls.model_fields.items())


class SecretModel(StrictModel):
    """A body with a password, or with what stands for one.

    Nothing is kept of it, not even a digest: its operation takes no Idempotency-Key.
    """


class SealedModel(StrictModel):
    """A body with a secret that is kept sealed.

    What tells its request from others is signed: nothing is kept that guesses could be tried on.
    """


def optional(description: str | None = None) -> Any:  # noqa: ANN401  # stands in for a default of any field's type
    """A default for a field that may be left out, yet is never null when sent."""
    return Field(default=None, description=description)


def _no_nul(text: str) -> str:
    if "\0" in text:
        msg = "must not contain the character NUL"
        raise ValueError(msg)
    return text


_DATE_TIME = re.compile(
    r"\d{4}-\d\d-\d\d[Tt ]\d\d:\d\d(:\d\d([.,]\d+)?)?([Zz]|[+-]\d\d:?\d\d)", re.ASCII
)
# In a query a raw + means a blank.
_LOST_PLUS = re.compile(r".*\d \d\d:?\d\d", re.ASCII)


def _check_date_time(value: object) -> object:
    if isinstance(value, str) and _DATE_TIME.fullmatch(value):
        return value
    if isinstance(value, str) and _LOST_PLUS.fullmatch(value):
        msg = "the + of the offset arrived as a blank: send it as %2B, or the time in UTC with Z"
    else:
        msg = "must be a date-time with an offset, for example 2026-01-31T09:30:00Z"
    raise ValueError(msg)


def _to_utc(moment: datetime) -> datetime:
    try:
        utc = moment.astimezone(UTC)
    except OverflowError:
        msg = "must lie within the years 1 to 9999"
        raise ValueError(msg) from None
    return utc.replace(microsecond=utc.microsecond // 1000 * 1000)


def at_most_items(limit: int) -> BeforeValidator:
    """Refuses a list of more items before it looks at any of them."""

    def check(value: object) -> object:
        if isinstance(value, list) and len(value) > limit:
            msg = f"has {len(value):,} items, at most {limit:,}"
            raise ValueError(msg)
        return value

    return BeforeValidator(check)


def at_most_characters(limit: int) -> AfterValidator:
    """Refuses longer text, where the contract may say so in words only."""

    def check(text: str) -> str:
        if len(text) > limit:
            msg = f"has {len(text):,} characters, at most {limit:,}"
            raise ValueError(msg)
        return text

    return AfterValidator(check)


Text = Annotated[str, AfterValidator(_no_nul)]
# Characters.
MAX_NAME_LENGTH = 255
MAX_REFERENCE_LENGTH = 255
MAX_URL_LENGTH = 2048
MAX_TITLE_LENGTH = 512
Name = Annotated[Text, Field(min_length=1, max_length=MAX_NAME_LENGTH)]
Title = Annotated[Text, Field(min_length=1, max_length=MAX_TITLE_LENGTH)]
# What a thing is about, in plain text.
Description = Annotated[Text, Field(max_length=100_000)]
Moment = Annotated[
    datetime,
    Field(strict=False),
    BeforeValidator(_check_date_time),
    AfterValidator(_to_utc),
    WithJsonSchema({"type": "string", "format": "date-time"}),
]


def _is_query(info: ValidationInfo) -> bool:
    """Whether all that is validated is text; its type does not know of this mode."""
    return str(info.mode) == "string"


_DIGITS = re.compile(r"-?\d{1,30}", re.ASCII)


def _whole(value: object, info: ValidationInfo) -> object:
    """JSON has one kind of number: 1.0 is 1. A query has only text."""
    if _is_query(info) and isinstance(value, str) and _DIGITS.fullmatch(value):
        return int(value)
    return int(value) if isinstance(value, float) and value.is_integer() else value


MAX_NUMBER = 2**53 - 1  # what every reader of JSON can count to
WHOLE = BeforeValidator(_whole)
Count = Annotated[int, Field(ge=0, le=MAX_NUMBER), WHOLE]


class DeleteResult(StrictModel):
    """What is left to say of a thing that was deleted."""

    id: str
    deleted: Literal[True]


class FaultOut(StrictModel):
    message: str


class ErrorOut(StrictModel):
    """Why one of many things could not be done: as the error for that thing alone."""

    message: str
    code: str
    issues: list[FaultOut] = optional()


def _check_web_url(text: str) -> str:
    try:
        parts = urlsplit(text)
        valid = parts.scheme in {"http", "https"} and bool(parts.hostname)
    except ValueError:
        valid = False
    if not valid or re.search(r"[\s\\<>\"]", text):
        msg = "must be an address that starts with http:// or https://"
        raise ValueError(msg)
    return text


Id = Annotated[UUID, WithJsonSchema({"type": "string"})]
Reference = Annotated[Text, Field(max_length=MAX_REFERENCE_LENGTH)]
# How many things one request may name in one field.
MAX_REFERENCES = 200
References = Annotated[
    list[Reference],
    at_most_items(MAX_REFERENCES),
    Field(json_schema_extra={"maxItems": MAX_REFERENCES}),
]
Each = TypeVar("Each")


@dataclass(frozen=True, slots=True)
class CommaList:
    """Marks a list that stands in a query as one parameter, with commas between its items."""


# How many values one filter takes.
MAX_VALUES = 50


def _split(value: object, info: ValidationInfo) -> object:
    """Only a query has its values in one text; in JSON they are a list."""
    return value.split(",") if _is_query(info) and isinstance(value, str) else value


def _once(values: list[Each]) -> list[Each]:
    return list(dict.fromkeys(values))


# Several values of one filter, of which a thing has any: a list in JSON, a comma list in a query.
Values = Annotated[
    list[Each],
    CommaList(),
    at_most_items(MAX_VALUES),
    BeforeValidator(_split),
    AfterValidator(_once),
    Field(min_length=1, json_schema_extra={"maxItems": MAX_VALUES}),
]
# When something happened, as it is answered. What a thread shows has plain strings instead: the
# given document says no format there.
Timestamp = Annotated[str, Field(json_schema_extra={"format": "date-time"})]
WebUrl = Annotated[
    Text,
    Field(min_length=1, max_length=MAX_URL_LENGTH, json_schema_extra={"format": "uri"}),
    AfterValidator(_check_web_url),
]


def matching(pattern: str, message: str) -> AfterValidator:
    """Refuses text that does not match `pattern` as a whole, and says so in words."""
    compiled = re.compile(pattern)

    def check(text: str) -> str:
        if not compiled.fullmatch(text):
            raise ValueError(message)
        return text

    return AfterValidator(check)


_COLOR = r"#([0-9a-fA-F]{3,4}|[0-9a-fA-F]{6}|[0-9a-fA-F]{8})|[a-zA-Z][a-zA-Z0-9_-]{0,31}"
Color = Annotated[
    str,
    Field(json_schema_extra={"pattern": f"^({_COLOR})$"}),
    matching(_COLOR, "must be a color such as #0a7 or #00aa77, or the name of one"),
]
# Any address that could be delivered to; whether it is, only a mail can tell.
_EMAIL = r"[^\s@<>(),;:\"\\\[\]\x00-\x20\x7f]{1,64}@[^\s@<>(),;:\"\\\[\]\x00-\x20\x7f/?#&]+"
Email = Annotated[
    Text,
    Field(
        max_length=254,
        description="Before the @ at most 64 characters.",
        json_schema_extra={"format": "email"},
    ),
    matching(_EMAIL, "must be an e-mail address"),
]


class _SystemIds(StrictModel, Generic[Each]):
    intercom: Each = optional()
    front: Each = optional()
    zendesk: Each = optional()
    hubspot: Each = optional()
    plain: Each = optional()
    productboard: Each = optional()
    slack_channel: Each = optional()


class ExternalIds(_SystemIds[Reference]):
    """A thing's names in other systems."""


class ExternalIdsOut(_SystemIds[str]):
    """A thing's names in other systems, as they are answered."""
