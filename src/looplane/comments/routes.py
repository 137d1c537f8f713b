"""HTTP: comments of the team on a thread."""

from typing import Annotated

from fastapi import Query
from starlette.responses import Response

from looplane.comments import commands, sql
from looplane.comments.schemas import CommentCreate, CommentPage, CommentPatch, CommentQuery
from looplane.kit.api import Api, require_scopes
from looplane.kit.schema import DeleteResult, Id
from looplane.kit.writes import Read, Write
from looplane.threads.children.schemas import CommentOut

api = Api("comments")
Reading = Annotated[Read, require_scopes("threads:read")]
Writing = Annotated[Write, require_scopes("comments:write")]
_COLLECTION = "/threads/{thread_id}/comments"
_ITEM = f"{_COLLECTION}/{{comment_id}}"


@api.get(_COLLECTION, "comments-list", CommentPage)
async def list_comments(
    thread_id: Id, query: Annotated[CommentQuery, Query()], read: Reading
) -> Response:
    """List the comments of the team on a thread, newest first. No customer ever sees them."""
    return await read(sql.list_comments, thread_id, query)


@api.post(_COLLECTION, "comments-create", CommentOut)
async def create_comment(thread_id: Id, body: CommentCreate, write: Writing) -> Response:
    """Comment on a thread, for the team alone; the author is the member of the key.

    `If-Match` is about the thread, `ETag` about the comment.
    """
    return await write(commands.create_comment, thread_id, body)


@api.get(_ITEM, "comments-get", CommentOut)
async def get_comment(thread_id: Id, comment_id: Id, read: Reading) -> Response:
    """Get a comment on a thread."""
    return await read(sql.get_comment, thread_id, comment_id)


@api.patch(_ITEM, "comments-update", CommentOut)
async def update_comment(
    thread_id: Id, comment_id: Id, patch: CommentPatch, write: Writing
) -> Response:
    """Update a comment: one's own, or as an ADMIN or with the scope `admin` anybody's.

    A comment that no member wrote may be changed by any key with the scope.
    """
    return await write(commands.update_comment, thread_id, comment_id, patch)


@api.delete(_ITEM, "comments-delete", DeleteResult)
async def delete_comment(thread_id: Id, comment_id: Id, write: Writing) -> Response:
    """Delete a comment: one's own, or as an ADMIN or with the scope `admin` anybody's."""
    return await write(commands.delete_comment, thread_id, comment_id)
