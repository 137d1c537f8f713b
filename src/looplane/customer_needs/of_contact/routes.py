"""HTTP: what the threads of a contact ask for."""

from typing import Annotated

from fastapi import Query
from starlette.responses import Response

from looplane.customer_needs.of_contact import sql
from looplane.customer_needs.of_contact.schemas import ContactProjectsQuery
from looplane.kit.api import Api, require_scopes
from looplane.kit.paging import page_of
from looplane.kit.schema import Id
from looplane.kit.writes import Read
from looplane.projects.schemas import ProjectOut

api = Api("contacts")
ReadingProjects = Annotated[Read, require_scopes("contacts:read", "projects:read")]
ProjectPage = page_of(ProjectOut)


@api.get("/contacts/{id}/projects", "contacts-listProjects", ProjectPage)
async def list_contact_projects(
    id: Id, query: Annotated[ContactProjectsQuery, Query()], read: ReadingProjects
) -> Response:
    """List the projects that the threads of a contact ask for, newest first."""
    return await read(sql.list_projects, id, query)
