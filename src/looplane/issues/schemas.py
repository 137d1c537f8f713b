"""Issues and the workflow states of teams on the wire."""

from typing import Annotated, Literal

from pydantic import Field

from looplane.kit.paging import DatedQuery, page_of
from looplane.kit.schema import (
    Description,
    Name,
    Reference,
    References,
    StrictModel,
    Timestamp,
    Title,
    optional,
)
from looplane.scores.schemas import Score, ThreadCount

StateType = Literal["triage", "backlog", "unstarted", "started", "completed", "canceled"]
Priority = Annotated[
    int,
    Field(ge=0, le=4, description="0 is none, 1 is urgent, and 2 to 4 are ever less so."),
]
StateId = Annotated[
    Reference, Field(description="A workflow state of the team to which the issue belongs.")
]
LabelIds = Annotated[
    References,
    Field(description="Names of labels elsewhere: they are kept and answered as they were sent."),
]


class StateRef(StrictModel):
    id: str
    name: str
    type: StateType


class IssueOut(StrictModel):
    id: str
    team_id: str
    title: str
    description: str | None
    priority: Priority
    state_id: str
    state: StateRef
    status: Annotated[StateRef, Field(description="The state, by the name that projects use.")]
    project_id: Annotated[str | None, Field(description="Null once the project is deleted.")]
    assignee_id: Annotated[str | None, Field(description="Null once the member left the team.")]
    label_ids: list[str]
    is_visible: bool
    total_score: Score
    thread_count: ThreadCount
    created_at: Timestamp
    updated_at: Timestamp


class IssueCreate(StrictModel):
    title: Title
    team_id: Reference
    state_id: StateId
    priority: Priority
    description: Description | None = None
    project_id: Reference | None = None
    assignee_id: Reference | None = None
    label_ids: LabelIds = Field(default_factory=list)
    is_visible: bool = False


class IssuePatch(StrictModel):
    title: Title = optional()
    description: Description | None = None
    state_id: StateId = optional()
    priority: Priority = optional()
    project_id: Reference | None = None
    assignee_id: Reference | None = None
    is_visible: bool = optional()


Status = Annotated[
    Name,
    Field(
        description="The id of a workflow state, its name in whatever capitals, or its type "
        "(`triage`, `backlog`, `unstarted`, `started`, `completed`, `canceled`): an issue fits "
        "whose state fits by any of them."
    ),
]


class IssueQuery(DatedQuery):
    project_id: Reference | None = None
    status: Status | None = None
    name_contains: Annotated[Name, Field(description="A part of the title.")] | None = None
    linear_team_id: Reference | None = None
    sort: Literal["created_at", "total_score"] = "created_at"


class WorkflowStateQuery(StrictModel):
    team_id: Reference


class WorkflowStateOut(StateRef):
    team_id: str
    color: str
    position: int


WorkflowStatePage = page_of(WorkflowStateOut)
