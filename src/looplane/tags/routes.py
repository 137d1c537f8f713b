"""HTTP: tags."""

from typing import Annotated

from fastapi import Query
from starlette.responses import Response

from looplane import changes
from looplane.kit.operation import Api, needs
from looplane.kit.schema import DeleteResult, Id
from looplane.kit.writes import Read, Write
from looplane.tags import commands, sql
from looplane.tags.schemas import TagCreate, TagOut, TagPage, TagPatch, TagQuery

api = Api("tags")
Reading = Annotated[Read, needs("tags:read")]
Writing = Annotated[Write, needs("tags:write")]


@api.get("/tags", "tags-list", TagPage)
async def list_tags(query: Annotated[TagQuery, Query()], read: Reading) -> Response:
    """List tags, newest first."""
    return await read(sql.list_tags, query)


@api.post("/tags", "tags-create", TagOut)
async def create_tag(tag: TagCreate, write: Writing) -> Response:
    """Create a tag in a tag group."""
    return await write(commands.create_tag, tag)


@api.get("/tags/{id}", "tags-get", TagOut)
async def get_tag(id: Id, read: Reading) -> Response:
    """Get a tag."""
    return await read(changes.get, sql, id)


@api.patch("/tags/{id}", "tags-update", TagOut)
async def update_tag(id: Id, patch: TagPatch, write: Writing) -> Response:
    """Update a tag, or move it to another group."""
    return await write(commands.update_tag, id, patch)


@api.delete("/tags/{id}", "tags-delete", DeleteResult)
async def delete_tag(id: Id, write: Writing) -> Response:
    """Delete a tag; it leaves every thread."""
    return await write(commands.delete_tag, id)
