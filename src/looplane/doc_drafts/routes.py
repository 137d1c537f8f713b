"""HTTP: drafts of the help center's articles, and their review."""

from typing import Annotated

from fastapi import Query
from starlette.responses import Response

from looplane.doc_drafts import commands
from looplane.doc_drafts.schemas import DocDraftCreate, DocDraftOut, DocDraftQuery
from looplane.kit.api import Api, require_scopes
from looplane.kit.errors import Conflict
from looplane.kit.paging import page_of
from looplane.kit.schema import Id
from looplane.kit.writes import Read, Write

api = Api("docs")
Reading = Annotated[Read, require_scopes("docs:read")]
Writing = Annotated[Write, require_scopes("docs:write")]


@api.get("/docs/drafts", "docs-listDrafts", page_of(DocDraftOut))
async def list_doc_drafts(query: Annotated[DocDraftQuery, Query()], read: Reading) -> Response:
    """List drafts, newest first: those still in work, in review, and decided on."""
    return await read(commands.list_doc_drafts, query)


@api.post("/docs/drafts", "docs-createDraft", DocDraftOut)
async def create_doc_draft(body: DocDraftCreate, write: Writing) -> Response:
    """Propose to edit, create or delete an article; nothing of it changes until it is accepted."""
    return await write(commands.create_doc_draft, body)


@api.get("/docs/drafts/{id}", "docs-getDraft", DocDraftOut)
async def get_doc_draft(id: Id, read: Reading) -> Response:
    """Get a draft."""
    return await read(commands.get_doc_draft, id)


@api.post("/docs/drafts/{id}/submit", "docs-submitDraft", DocDraftOut, Conflict)
async def submit_doc_draft(id: Id, write: Writing) -> Response:
    """Submit a draft for review: its status becomes `open`. One that is open stays as it is."""
    return await write(commands.submit_doc_draft, id)


@api.post("/docs/drafts/{id}/accept", "docs-acceptDraft", DocDraftOut, Conflict)
async def accept_doc_draft(id: Id, write: Writing) -> Response:
    """Accept a draft: do what it proposes. What it creates is not published yet.

    Where it no longer applies its status becomes `superseded`, and nothing else changes: the title
    or the content of the article is not the one that it was written for, or the article or the
    group is deleted. One that was accepted before is answered as it is.
    """
    return await write(commands.accept_doc_draft, id)


@api.post("/docs/drafts/{id}/decline", "docs-declineDraft", DocDraftOut, Conflict)
async def decline_doc_draft(id: Id, write: Writing) -> Response:
    """Decline a draft: its status becomes `rejected`, and it is kept. Once is as good as twice."""
    return await write(commands.decline_doc_draft, id)
