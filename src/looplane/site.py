"""What is beside the API: the reader of the API, and the contract."""

from pathlib import Path

import fastapi_offline
from starlette.requests import Request
from starlette.responses import FileResponse, Response
from starlette.routing import BaseRoute, Mount, Route
from starlette.staticfiles import StaticFiles
from starlette.types import ASGIApp, Receive, Scope, Send

from looplane.kit.migrations import folder_of

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
    ]
