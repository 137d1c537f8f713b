"""HTTP: threads."""

from typing import Annotated

from fastapi import Query
from starlette.responses import Response

from looplane import changes
from looplane.kit.api import Api, require_scopes
from looplane.kit.errors import Unprocessable
from looplane.kit.schema import DeleteResult, Id
from looplane.kit.writes import Read, Write
from looplane.threads import commands, sql
from looplane.threads.as_of import commands as as_of
from looplane.threads.listing.pages import sql as pages
from looplane.threads.listing.schemas import ThreadQuery
from looplane.threads.schemas import (
    ThreadCreate,
    ThreadExpandedOut,
    ThreadGetQuery,
    ThreadOut,
    ThreadPage,
    ThreadPatch,
    ThreadTagCreate,
)

api = Api("threads")
Reading = Annotated[Read, require_scopes("threads:read")]
Writing = Annotated[Write, require_scopes("threads:write")]


@api.patch("/threads/{id}", "threads-update", ThreadOut)
async def update_thread(id: Id, patch: ThreadPatch, write: Writing) -> Response:
    """Update a thread: any of its fields, all at once or not at all."""
    return await write(commands.update_thread, id, patch)


@api.get("/threads", "threads-list", ThreadPage)
async def list_threads(query: Annotated[ThreadQuery, Query()], read: Reading) -> Response:
    """List threads, newest first; a tab is a view."""
    return await read(pages.list_threads, query)


@api.post("/threads", "threads-create", ThreadOut)
async def create_thread(thread: ThreadCreate, write: Writing) -> Response:
    """Create a thread; its contact is found by address, or made."""
    return await write(commands.create_thread, thread)


@api.get("/threads/{id}", "threads-get", ThreadExpandedOut, Unprocessable)
async def get_thread(id: Id, query: Annotated[ThreadGetQuery, Query()], read: Reading) -> Response:
    """Get a thread, with its messages and comments if asked; or as it was at a moment."""
    return await read(as_of.get_thread_at, id, query)


@api.delete("/threads/{id}", "threads-delete", DeleteResult)
async def delete_thread(id: Id, write: Writing) -> Response:
    """Delete a thread.

    What has not left of it, such as an answer, waits while that can be taken back, and is canceled
    then.
    """
    return await write(changes.delete, sql.THREAD, id)


@api.post("/threads/{id}/tags", "threads-addTag", ThreadOut)
async def add_thread_tag(id: Id, body: ThreadTagCreate, write: Writing) -> Response:
    """Add one tag to a thread, whatever others it has; one that it has already stays."""
    return await write(commands.add_thread_tag, id, body)


@api.delete("/threads/{id}/tags/{tag_id}", "threads-removeTag", ThreadOut)
async def remove_thread_tag(id: Id, tag_id: Id, write: Writing) -> Response:
    """Remove one tag from a thread; the others stay. The thread is answered."""
    return await write(commands.remove_thread_tag, id, tag_id)
