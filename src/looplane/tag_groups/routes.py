"""HTTP: tag groups."""

from typing import Annotated

from fastapi import Query
from starlette.responses import Response

from looplane import changes
from looplane.kit.operation import Api, needs
from looplane.kit.schema import DeleteResult, Id
from looplane.kit.writes import Read, Write
from looplane.tag_groups import commands, sql
from looplane.tag_groups.schemas import (
    TagGroupCreate,
    TagGroupOut,
    TagGroupPage,
    TagGroupPatch,
    TagGroupQuery,
)

api = Api("tags")
Reading = Annotated[Read, needs("tags:read")]
Writing = Annotated[Write, needs("tags:write")]


@api.get("/tags/groups", "tags-listGroups", TagGroupPage)
async def list_tag_groups(query: Annotated[TagGroupQuery, Query()], read: Reading) -> Response:
    """List tag groups, newest first."""
    return await read(sql.list_tag_groups, query)


@api.post("/tags/groups", "tags-createGroup", TagGroupOut)
async def create_tag_group(group: TagGroupCreate, write: Writing) -> Response:
    """Create a tag group."""
    return await write(commands.create_tag_group, group)


@api.get("/tags/groups/{id}", "tags-getGroup", TagGroupOut)
async def get_tag_group(id: Id, read: Reading) -> Response:
    """Get a tag group."""
    return await read(changes.get, sql, id)


@api.patch("/tags/groups/{id}", "tags-updateGroup", TagGroupOut)
async def update_tag_group(id: Id, patch: TagGroupPatch, write: Writing) -> Response:
    """Update a tag group."""
    return await write(commands.update_tag_group, id, patch)


@api.delete("/tags/groups/{id}", "tags-deleteGroup", DeleteResult)
async def delete_tag_group(id: Id, write: Writing) -> Response:
    """Delete a tag group; refused while tags are in it."""
    return await write(commands.delete_tag_group, id)
