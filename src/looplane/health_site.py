"""Health and figures, of a process that answers requests and of one that does not."""

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route, Router

from looplane.figures.commands import DatabaseFigures
from looplane.kit import metrics
from looplane.kit.database import Database
from looplane.kit.migrations import Migrations
from looplane.kit.readiness import Readiness
from looplane.kit.request_middleware import RequestMiddleware


async def _alive(_request: Request) -> Response:
    return JSONResponse({"status": "ok"})


def health_routes(database: Database, migrations: Migrations) -> list[BaseRoute]:
    """Whether this process answers, whether its database does, and the figures of both."""
    readiness, figures = Readiness(), DatabaseFigures(database, migrations)

    async def ready(_request: Request) -> Response:
        await readiness.check(database)
        return JSONResponse({"status": "ok"})

    async def told(_request: Request) -> Response:
        answer = metrics.exposition(await figures.read())
        return Response(answer, headers={"Content-Type": metrics.CONTENT_TYPE})

    return [Route("/healthz", _alive), Route("/readyz", ready), Route("/metrics", told)]


def health_app(database: Database, migrations: Migrations) -> RequestMiddleware:
    """An application that has nothing else."""
    routes = health_routes(database, migrations)
    return RequestMiddleware(Router(routes, redirect_slashes=False))
