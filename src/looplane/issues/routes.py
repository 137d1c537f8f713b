"""HTTP: issues and the workflow states of teams."""

from typing import Annotated

from fastapi import Query
from starlette.responses import Response

from looplane.issues import sql
from looplane.issues.commands import create_issue, list_issues, update_issue
from looplane.issues.schemas import (
    IssueCreate,
    IssueOut,
    IssuePatch,
    IssueQuery,
    WorkflowStatePage,
    WorkflowStateQuery,
)
from looplane.kit.api import Api, require_scopes
from looplane.kit.schema import Id
from looplane.kit.writes import Read
from looplane.resource_routes import ResourceRoutes
from looplane.scores.schemas import ScorePage, ScoreQuery
from looplane.scores.sql import explain_score

api = Api("issues")
Reading = Annotated[Read, require_scopes("issues:read")]
ReadingThreads = Annotated[Read, require_scopes("issues:read", "threads:read")]
routes = ResourceRoutes(
    sql.ISSUE,
    path="/issues",
    scopes="issues",
    out=IssueOut,
    query=IssueQuery,
    create=IssueCreate,
    patch=IssuePatch,
    commands={"list": list_issues, "create": create_issue, "update": update_issue},
    texts={
        "list": "List issues, newest first, or those with the highest score first.",
        "create": "Create an issue in a team.",
        "get": "Get an issue.",
        "update": "Update an issue; `state_id` moves it to another state of its team.",
        "delete": "Delete an issue; the threads that asked for it stay.",
    },
)
routes.add_collection(api)


@api.get("/issues/workflow-states", "issues-listWorkflowStates", WorkflowStatePage)
async def list_issue_workflow_states(
    query: Annotated[WorkflowStateQuery, Query()], read: Reading
) -> Response:
    """List the states that issues of a team can have, all in one page and in their order."""
    return await read(sql.list_workflow_states, query)


@api.get("/issues/{id}/score", "issues-getScore", ScorePage)
async def get_issue_score(
    id: Id, query: Annotated[ScoreQuery, Query()], read: ReadingThreads
) -> Response:
    """Get what an issue scores and what each thread adds to it, the greatest part first."""
    return await read(explain_score, sql.ISSUE, id, query)


routes.add_items(api)
