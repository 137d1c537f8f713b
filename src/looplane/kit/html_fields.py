"""Fields that hold HTML or Markdown, as they come in: cleaned and rendered.

It is done after the form of a body is known to be right.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Annotated, Any, Protocol, get_args, get_origin

from pydantic import BaseModel, Field

from looplane.kit.html import is_blank
from looplane.kit.markdown import MarkdownMark, MarkdownText
from looplane.kit.schema import Text, at_most_characters

# Characters, before cleaning: as much as the longest mails have without their attachments.
MAX_HTML_LENGTH = 200_000


@dataclass(frozen=True, slots=True)
class HtmlMark:
    """Says that a field holds HTML, and whether HTML that shows nothing is as good as none."""

    may_be_blank: bool = False


_LIMITED = at_most_characters(MAX_HTML_LENGTH)
Html = Annotated[Text, Field(min_length=1), _LIMITED, HtmlMark()]
OptionalHtml = Annotated[Text, _LIMITED, HtmlMark(may_be_blank=True)]


class Cleaner(Protocol):
    """What cleans HTML without holding up others."""

    async def clean(self, html: str) -> str:
        """What is harmless in `html`. Raises ValueError for what cannot be cleaned."""
        ...

    async def render(self, markdown: str) -> str:
        """The clean HTML that `markdown` means. Raises ValueError for what cannot be cleaned."""
        ...


async def clean_fields(body: BaseModel, cleaner: Cleaner) -> tuple[BaseModel, list[str]]:
    """The body with its HTML cleaned and its Markdown rendered (MarkdownText).

    There is a fault for each field where that does not go. What is in parts of the body that are
    models themselves, and in no list, is cleaned as well.
    """
    cleaned: dict[str, object] = {}
    faults = []
    for name, mark in _marked_fields(type(body)):
        text = getattr(body, name, None) if name in body.model_fields_set else None
        if text:
            try:
                cleaned[name] = await _clean(text, mark, cleaner)
            except ValueError as error:
                faults.append(f"{name}: {error}")
    for name in _nested_models(type(body)):
        if (part := getattr(body, name, None)) is not None:
            cleaned[name], of_part = await clean_fields(part, cleaner)
            faults += [f"{name}.{each}" for each in of_part]
    return (body.model_copy(update=cleaned) if cleaned else body), faults


async def _clean(text: str, mark: HtmlMark | MarkdownMark, cleaner: Cleaner) -> str:
    is_markdown = isinstance(mark, MarkdownMark)
    safe = await (cleaner.render(text) if is_markdown else cleaner.clean(text))
    if not is_blank(safe):
        return MarkdownText(text, safe) if is_markdown else safe
    if isinstance(mark, HtmlMark) and mark.may_be_blank:
        return ""
    msg = "must not be empty once unsafe HTML is removed"
    raise ValueError(msg)


@cache
def _marked_fields(model: type[BaseModel]) -> list[tuple[str, HtmlMark | MarkdownMark]]:
    return [
        (name, mark)
        for name, field in model.model_fields.items()
        for mark in (*field.metadata, *_metadata(field.annotation))
        if isinstance(mark, HtmlMark | MarkdownMark)
    ]


@cache
def _nested_models(model: type[BaseModel]) -> list[str]:
    """The fields that hold a model with such fields in it."""
    return [
        name
        for name, field in model.model_fields.items()
        if isinstance(field.annotation, type) and issubclass(field.annotation, BaseModel)
        if _marked_fields(field.annotation) or _nested_models(field.annotation)
    ]


def _metadata(annotation: Any) -> Iterator[object]:  # noqa: ANN401  # any annotation
    """What is said with Annotated anywhere in `annotation`, such as in one side of a union."""
    if get_origin(annotation) is Annotated:
        yield from annotation.__metadata__
    for part in get_args(annotation):
        yield from _metadata(part)
