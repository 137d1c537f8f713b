"""HTTP: what the threads of a contact ask for."""

from typing import Annotated

from fastapi import Query
from starlette.responses import Response

from looplane.customer_needs.of_contact import sql
from looplane.customer_needs.of_contact.schemas import ContactIssuesQuery, ContactProjectsQuery
from looplane.issues.schemas import IssueOut
from looplane.kit.api import Api, require_scopes
from looplane.kit.paging import page_of
from looplane.kit.schema import Id
from looplane.kit.writes import Read
from looplane.projects.schemas import ProjectOut

api = Api("contacts")
ReadingProjects = Annotated[Read, require_scopes("contacts:read", "projects:read")]
ReadingIssues = Annotated[Read, require_scopes("contacts:read", "issues:read")]
ProjectPage, IssuePage = page_of(ProjectOut), page_of(IssueOut)


@api.get("/contacts/{id}/projects", "contacts-listProjects", ProjectPage)
async def list_contact_projects(
    id: Id, query: Annotated[ContactProjectsQuery, Query()], read: ReadingProjects
) -> Response:
    """List the projects that the threads of a contact ask for, newest first."""
    return await read(sql.list_projects, id, query)


@api.get("/contacts/{id}/issues", "contacts-listIssues", IssuePage)
async def list_contact_issues(
    id: Id, query: Annotated[ContactIssuesQuery, Query()], read: ReadingIssues
) -> Response:
    """List the issues that the threads of a contact ask for, newest first."""
    return await read(sql.list_issues, id, query)
