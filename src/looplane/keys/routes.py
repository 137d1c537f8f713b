"""HTTP: who is calling, and the keys that there are."""

from typing import Annotated

from fastapi import Query
from starlette.responses import Response

from looplane import queries
from looplane.keys import sql
from looplane.keys.commands import create_key, revoke_key, update_key
from looplane.keys.schemas import (
    KeyCreate,
    KeyOut,
    KeyPage,
    KeyPatch,
    KeyQuery,
    MeOut,
    NewKeyOut,
)
from looplane.kit.api import Api, require_scopes
from looplane.kit.schema import DeleteResult, Id
from looplane.kit.writes import Read, Write

api = Api("keys")
me_api = Api("me")
Reading = Annotated[Read, require_scopes("admin")]
Writing = Annotated[Write, require_scopes("admin")]


@me_api.get("/me", "me-get", MeOut)
async def get_me(read: Annotated[Read, require_scopes()]) -> Response:
    """Get the workspace, the scopes and the teams of the calling key."""
    return await read(sql.get_me)


@api.get("/keys", "keys-list", KeyPage)
async def list_api_keys(query: Annotated[KeyQuery, Query()], read: Reading) -> Response:
    """List the keys of the workspace, newest first.

    Those that were revoked stay in the list, with `revoked_at`; by their ids they are gone (404).
    """
    return await read(sql.list_keys, query)


@api.post("/keys", "keys-create", NewKeyOut)
async def create_api_key(body: KeyCreate, write: Writing) -> Response:
    """Make a key; it is shown in this answer alone.

    The calling key cannot give what it lacks (403): scopes, addresses, a later end. `admin` stands
    for no other scope.
    """
    return await write(create_key, body)


@api.get("/keys/{id}", "keys-get", KeyOut)
async def get_api_key(id: Id, read: Reading) -> Response:
    """Get a key that is not revoked; never the key itself."""
    return await read(queries.get, sql.KEY, id)


@api.patch("/keys/{id}", "keys-update", KeyOut)
async def update_api_key(id: Id, patch: KeyPatch, write: Writing) -> Response:
    """Update a key; it counts within a second.

    The calling key cannot give what it lacks (403), to itself neither.
    """
    return await write(update_key, id, patch)


@api.delete("/keys/{id}", "keys-delete", DeleteResult)
async def delete_api_key(id: Id, write: Writing) -> Response:
    """Revoke a key, which may be the calling one; it opens nothing after a second."""
    return await write(revoke_key, id)
