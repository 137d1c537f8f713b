"""HTTP: drafts of the help center's articles, and their review."""

from typing import Annotated

from starlette.responses import Response

from looplane.doc_drafts import commands
from looplane.doc_drafts.schemas import DocDraftCreate, DocDraftOut, DocDraftQuery
from looplane.doc_drafts.sql import DRAFT
from looplane.kit.api import Api, require_scopes
from looplane.kit.errors import Conflict
from looplane.kit.schema import Id
from looplane.kit.writes import Write
from looplane.resource_routes import ResourceRoutes

api = Api("docs")
Writing = Annotated[Write, require_scopes("docs:write")]


routes = ResourceRoutes(
    DRAFT,
    path="/docs/drafts",
    scopes="docs",
    out=DocDraftOut,
    query=DocDraftQuery,
    create=DocDraftCreate,
    commands={"create": commands.create_doc_draft},
    id_prefix="docs",
    id_suffix="Draft",
    texts={
        "list": "List drafts, newest first: those still in work, in review, and decided on.",
        "create": "Propose to edit, create or delete an article; nothing of it changes until it is "
        "accepted.",
        "get": "Get a draft.",
    },
)
routes.add_collection(api)
routes.add_items(api)


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
