"""Customer needs on the wire: which project or issue a thread asks for."""

from typing import Annotated

from pydantic import Field, model_validator

from looplane.kit.paging import PageInfo
from looplane.kit.schema import Closed, Reference, absent

Priority = Annotated[
    float,
    Field(
        ge=0,
        le=100,
        description="Raises the score of what is linked. 0 where it is left out; a need that is "
        "there already keeps its own then.",
    ),
]


class CustomerNeedOut(Closed):
    id: str
    thread_id: str
    project_id: str | None
    issue_id: str | None
    priority: float
    created_at: str
    updated_at: str


class CustomerNeedList(Closed):
    data: list[CustomerNeedOut]


class CustomerNeedPage(Closed):
    data: list[CustomerNeedOut]
    page: PageInfo


class CustomerNeedCreate(Closed):
    """At least one id in all; one that is named twice counts once."""

    issue_ids: list[Reference] = absent()
    project_ids: list[Reference] = absent()
    priority: Priority = absent()

    @model_validator(mode="after")
    def _at_least_one(self) -> "CustomerNeedCreate":
        if not self.issue_ids and not self.project_ids:
            msg = "issue_ids, project_ids: name at least one issue or project"
            raise ValueError(msg)
        return self
