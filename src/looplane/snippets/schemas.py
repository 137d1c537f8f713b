"""Snippets on the wire: pieces of replies that are written often."""

from typing import Annotated

from pydantic import Field

from looplane.kit.html_fields import MAX_HTML_LENGTH, Html
from looplane.kit.paging import DatedQuery
from looplane.kit.schema import Name, Reference, StrictModel, Timestamp, optional

_HTML = f"It is cleaned, and something must be left. At most {MAX_HTML_LENGTH:,} characters."
_FOLDER = "The folder it is in; null for none."


class SnippetOut(StrictModel):
    id: str
    title: str
    html: str
    folder_id: str | None
    created_at: Timestamp
    updated_at: Timestamp


class SnippetCreate(StrictModel):
    title: Name
    html: Annotated[Html, Field(description=_HTML)]
    folder_id: Reference | None = Field(None, description=_FOLDER)


class SnippetPatch(StrictModel):
    title: Name = optional()
    html: Html = optional(_HTML)
    folder_id: Reference | None = Field(None, description=_FOLDER)


class SnippetQuery(DatedQuery):
    title_contains: Name | None = None
    folder_id: Reference | None = None
