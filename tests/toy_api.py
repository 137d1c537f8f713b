"""A small API with an operation of every kind."""

import asyncio
import json
from collections.abc import AsyncIterator
from functools import partial
from typing import Annotated

from fastapi import FastAPI, File, Query, UploadFile
from starlette.responses import Response, StreamingResponse

from looplane.keys import sql as keys
from looplane.kit.api import Api, require_scopes
from looplane.kit.authentication import Authenticator
from looplane.kit.callers import Callers
from looplane.kit.clock import system_clock
from looplane.kit.context import Context
from looplane.kit.database import Connection, Database
from looplane.kit.html_cleaner import HtmlCleaner
from looplane.kit.limits import RateLimiter
from looplane.kit.openapi import document
from looplane.kit.responses import Answer
from looplane.kit.schema import Id, Name, StrictModel, optional
from looplane.kit.signature import RawBody, WriteQuery
from looplane.kit.writes import Read, Write

Reading = Annotated[Read, require_scopes("threads:read")]
Writing = Annotated[Write, require_scopes("threads:write")]


class Toy(StrictModel):
    said: str


class ToyBody(StrictModel):
    name: Name
    size: int = optional()


class ToyQuery(WriteQuery):
    mode: Name | None = None


RawToy = Annotated[bytes, RawBody("image/png", "image/jpeg", most_bytes=10)]
api = Api("toys")


async def say(_con: Connection, _context: Context, said: object) -> Answer:
    return Answer(json.dumps({"said": str(said)}))


@api.post("/toys", "toys-create", Toy)
async def create_toy(
    query: Annotated[ToyQuery, Query()], body: ToyBody, write: Writing
) -> Response:
    return await write(say, f"{query.mode} {body.name}")


@api.post("/toys/raw", "toys-raw", Toy)
async def take_raw(body: RawToy, write: Writing) -> Response:
    return await write(say, body)


@api.post("/toys/file", "toys-file", Toy)
async def take_file(upload: Annotated[UploadFile, File()], write: Writing) -> Response:
    content = await upload.read()
    return await write(say, f"{upload.filename} {upload.content_type} {upload.size} {content!r}")


@api.get("/toys/stream", "toys-stream", "text/csv")
async def stream_toys(_read: Reading) -> Response:
    async def lines() -> AsyncIterator[str]:
        for number in range(3):
            yield f"{number}\n"

    return StreamingResponse(lines(), media_type="text/csv")


@api.delete("/toys/{id}", "toys-delete", Toy)
async def delete_toy(id: Id, write: Writing) -> Response:
    return await write(say, id)


def hosted(database: Database | None = None) -> FastAPI:
    toys = FastAPI(openapi_url=None)
    toys.router.routes.extend(api.routes)
    if database is not None:
        toys.state.database, toys.state.clock = database, system_clock
        toys.state.channels, toys.state.note_events = frozenset(), lambda _: None
        toys.state.undoable = frozenset()
        known = Authenticator(partial(keys.find_principal, database))
        toys.state.callers = Callers(known, known)
        toys.state.limiter, toys.state.html_cleaner = RateLimiter(0, 0), HtmlCleaner()
        toys.state.large_bodies = asyncio.Semaphore(1)
    return toys


CONTRACT = document({"/": hosted()}, version="1", description="Toys.")
