"""Folders of snippets on the wire."""

from looplane.kit.paging import PageQuery
from looplane.kit.schema import Name, StrictModel, Timestamp, optional


class SnippetFolderOut(StrictModel):
    id: str
    name: str
    created_at: Timestamp
    updated_at: Timestamp


class SnippetFolderCreate(StrictModel):
    name: Name


class SnippetFolderPatch(StrictModel):
    name: Name = optional()


class SnippetFolderQuery(PageQuery):
    """A list with no filter; the name makes its cursors its own."""
