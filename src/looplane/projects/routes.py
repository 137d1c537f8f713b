"""HTTP: projects."""

from typing import Annotated

from fastapi import Query
from starlette.responses import Response

from looplane import changes
from looplane.kit.operation import Api, needs
from looplane.kit.schema import DeleteResult, Id
from looplane.kit.writes import Read, Write
from looplane.projects import commands, sql
from looplane.projects.schemas import (
    ProjectCreate,
    ProjectOut,
    ProjectPage,
    ProjectPatch,
    ProjectQuery,
    ProjectStatusPage,
)

api = Api("projects")
Reading = Annotated[Read, needs("projects:read")]
Writing = Annotated[Write, needs("projects:write")]


@api.get("/projects", "projects-list", ProjectPage)
async def list_projects(query: Annotated[ProjectQuery, Query()], read: Reading) -> Response:
    """List projects, newest first, or those with the highest score first."""
    return await read(sql.list_projects, query)


@api.post("/projects", "projects-create", ProjectOut)
async def create_project(project: ProjectCreate, write: Writing) -> Response:
    """Create a project in a team."""
    return await write(commands.create_project, project)


@api.get("/projects/statuses", "projects-listStatuses", ProjectStatusPage)
async def list_project_statuses(read: Reading) -> Response:
    """List the statuses that a project can have, all in one page and in their order."""
    return await read(sql.list_statuses)


@api.get("/projects/{id}", "projects-get", ProjectOut)
async def get_project(id: Id, read: Reading) -> Response:
    """Get a project."""
    return await read(changes.get, sql, id)


@api.patch("/projects/{id}", "projects-update", ProjectOut)
async def update_project(id: Id, patch: ProjectPatch, write: Writing) -> Response:
    """Update a project; `state` or `linear_status_id` moves it to another status."""
    return await write(commands.update_project, id, patch)


@api.delete("/projects/{id}", "projects-delete", DeleteResult)
async def delete_project(id: Id, write: Writing) -> Response:
    """Delete a project; the threads that asked for it stay."""
    return await write(commands.delete_project, id)
