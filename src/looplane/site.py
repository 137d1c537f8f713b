"""What is beside the API: the way in, the reader, health and figures."""

from pathlib import Path

import fastapi_offline
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest
from starlette.requests import Request
from starlette.responses import FileResponse, JSONResponse, RedirectResponse, Response
from starlette.routing import BaseRoute, Mount, Route
from starlette.staticfiles import StaticFiles

from looplane.kit.migrations import folder_of

_HERE = Path(__file__).parent
_READER = "/api/docs"
_PATIENCE = 2  # seconds; whoever asks whether we are ready wants to know it now
_CSP = (
    "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:;"
    " connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)


async def _home(_request: Request) -> Response:
    return RedirectResponse(_READER)


async def _reader(_request: Request) -> Response:
    return FileResponse(_HERE / "reader" / "index.html", headers={"Content-Security-Policy": _CSP})


async def _contract(_request: Request) -> Response:
    return FileResponse(folder_of("contract") / "openapi.json", media_type="application/json")


async def _alive(_request: Request) -> Response:
    return JSONResponse({"status": "ok"})


async def _figures(_request: Request) -> Response:
    return Response(generate_latest(), headers={"Content-Type": CONTENT_TYPE_LATEST})


async def _ready(request: Request) -> Response:
    """Whether requests can be answered; raises what the pool raises when they cannot."""
    async with request.app.state.database.connected() as con:
        await con.fetchval("select 1 from migrations limit 1", timeout=_PATIENCE)
    return JSONResponse({"status": "ok"})


def site_routes() -> list[BaseRoute]:
    """Everything that needs no key."""
    assets = Path(fastapi_offline.__file__).parent / "static"
    return [
        Route("/", _home),
        Route(_READER, _reader),
        Route("/api/v2/openapi.json", _contract),
        Mount(f"{_READER}/assets", StaticFiles(directory=assets)),
        Mount(f"{_READER}/page", StaticFiles(directory=_HERE / "reader")),
        Route("/healthz", _alive),
        Route("/readyz", _ready),
        Route("/metrics", _figures),
    ]
