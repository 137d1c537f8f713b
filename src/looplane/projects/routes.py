"""HTTP: projects."""

from typing import Annotated

from fastapi import Query
from starlette.responses import Response

from looplane.kit.api import Api, require_scopes
from looplane.kit.schema import Id
from looplane.kit.writes import Read
from looplane.projects import sql
from looplane.projects.commands import create_project, list_projects, update_project
from looplane.projects.schemas import (
    ProjectCreate,
    ProjectOut,
    ProjectPatch,
    ProjectQuery,
    ProjectStatusPage,
)
from looplane.resource_routes import ResourceRoutes
from looplane.scores.schemas import ScorePage, ScoreQuery
from looplane.scores.sql import explain_score

api = Api("projects")
Reading = Annotated[Read, require_scopes("projects:read")]
ReadingThreads = Annotated[Read, require_scopes("projects:read", "threads:read")]
routes = ResourceRoutes(
    sql.PROJECT,
    path="/projects",
    scopes="projects",
    out=ProjectOut,
    query=ProjectQuery,
    create=ProjectCreate,
    patch=ProjectPatch,
    commands={"list": list_projects, "create": create_project, "update": update_project},
    texts={
        "list": "List projects, newest first, or those with the highest score first.",
        "create": "Create a project in a team.",
        "get": "Get a project.",
        "update": "Update a project; `state` or `linear_status_id` moves it to another status.",
        "delete": "Delete a project; the threads that asked for it stay.",
    },
)
routes.add_collection(api)


@api.get("/projects/statuses", "projects-listStatuses", ProjectStatusPage)
async def list_project_statuses(read: Reading) -> Response:
    """List the statuses that a project can have, all in one page and in their order."""
    return await read(sql.list_statuses)


@api.get("/projects/{id}/score", "projects-getScore", ScorePage)
async def get_project_score(
    id: Id, query: Annotated[ScoreQuery, Query()], read: ReadingThreads
) -> Response:
    """Get what a project scores and what each thread adds to it, the greatest part first."""
    return await read(explain_score, sql.PROJECT, id, query)


routes.add_items(api)
