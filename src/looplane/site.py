"""What is beside the API: the reader of the API, health and figures."""

from pathlib import Path

import fastapi_offline
from starlette.requests import Request
from starlette.responses import FileResponse, JSONResponse, Response
from starlette.routing import BaseRoute, Mount, Route
from starlette.staticfiles import StaticFiles
from starlette.types import ASGIApp, Receive, Scope, Send

from looplane.kit import http_metrics
from looplane.kit.migrations import folder_of
from looplane.kit.readiness import Readiness

_HERE = Path(__file__).parent
_READER = "/api/docs"
_CSP = (
    "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:;"
    " connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)


async def _reader(_request: Request) -> Response:
    return FileResponse(_HERE / "reader" / "index.html", headers={"Content-Security-Policy": _CSP})


async def _contract(_request: Request) -> Response:
    return FileResponse(folder_of("contract") / "openapi.json", media_type="application/json")


async def _alive(_request: Request) -> Response:
    return JSONResponse({"status": "ok"})


async def _figures(_request: Request) -> Response:
    return Response(http_metrics.exposition(), headers={"Content-Type": http_metrics.CONTENT_TYPE})


def _ready(readiness: Readiness) -> Route:
    async def ready(request: Request) -> Response:
        await readiness.check(request.app.state.database)
        return JSONResponse({"status": "ok"})

    return Route("/readyz", ready)


class WithoutRanges:
    """Answers whole what is asked for in parts: who serves these files refuses in plain text."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        headers = [each for each in scope["headers"] if each[0] != b"range"]
        await self._app({**scope, "headers": headers}, receive, send)


def site_routes(contract_path: str) -> list[BaseRoute]:
    """Everything that needs no key, the contract among it."""
    assets = Path(fastapi_offline.__file__).parent / "static"
    return [
        Route(_READER, _reader),
        Route(contract_path, _contract),
        Mount(f"{_READER}/assets", StaticFiles(directory=assets)),
        Mount(f"{_READER}/page", StaticFiles(directory=_HERE / "reader")),
        Route("/healthz", _alive),
        _ready(Readiness()),
        Route("/metrics", _figures),
    ]
