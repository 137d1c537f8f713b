"""Options that several commands have, checked as the API checks the same things."""

from collections.abc import Callable
from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

import typer
from pydantic import TypeAdapter, ValidationError

from looplane.kit.ids import parse_id
from looplane.kit.schema import Email, Moment, Name
from looplane.kit.validation_messages import faults_of


def checked(kind: Any) -> Callable[[str | None], str | None]:  # noqa: ANN401  # any annotation
    """A callback that takes the blanks off a value and refuses what `kind` does."""
    adapter: TypeAdapter[str] = TypeAdapter(kind)

    def check(value: str | None) -> str | None:
        if value is None:
            return None
        if not (stripped := value.strip()):
            msg = "must not be empty"
            raise typer.BadParameter(msg)
        if not _is_text(stripped):
            msg = "must be text in UTF-8"
            raise typer.BadParameter(msg)
        try:
            return adapter.validate_python(stripped)
        except ValidationError as error:
            raise typer.BadParameter("; ".join(faults_of(error))) from None

    return check


def value_checked(kind: Any, value: object) -> Any:  # noqa: ANN401  # any annotation
    """`value` as `kind` has it. Raises BadParameter with all that is wrong with it."""
    try:
        return TypeAdapter(kind).validate_python(value)
    except ValidationError as error:
        raise typer.BadParameter("; ".join(faults_of(error))) from None


def listed(text: str) -> list[str]:
    """The words of an option that has commas between them."""
    return [word.strip() for word in text.split(",") if word.strip()]


def to_moment(text: str | datetime) -> datetime:
    """The moment that an option spells."""
    moment: datetime = value_checked(Moment, text)
    return moment


def _is_text(word: str) -> bool:
    """Whether no byte of `word` was taken over as it was, for want of a meaning."""
    return not any("\ud800" <= sign <= "\udfff" for sign in word)


name_checked, email_checked = checked(Name), checked(Email)

AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON document instead of text.")]
Workspace = Annotated[
    str, typer.Option(help="The workspace, by its id or name.", callback=name_checked)
]


def to_id(text: str) -> UUID:
    """The id that an argument spells."""
    if (found := parse_id(text.lower())) is None:
        msg = "is not an id, which has 32 hex digits and 4 hyphens"
        raise typer.BadParameter(msg)
    return found
