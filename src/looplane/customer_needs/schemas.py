"""Customer needs on the wire: which project or issue a thread asks for."""

from typing import Annotated

from pydantic import Field, model_validator

from looplane.kit.paging import page_of
from looplane.kit.schema import References, StrictModel, optional
from looplane.threads.children.schemas import CustomerNeedOut

Priority = Annotated[
    float,
    Field(
        ge=0,
        le=100,
        description="Raises the score of what is linked. 0 where it is left out; a need that is "
        "there already keeps its own then.",
    ),
]


class CustomerNeedList(StrictModel):
    data: list[CustomerNeedOut]


CustomerNeedPage = page_of(CustomerNeedOut)


class CustomerNeedCreate(StrictModel):
    """At least one id in all; one that is named twice counts once."""

    issue_ids: References = optional()
    project_ids: References = optional()
    priority: Priority = optional()

    @model_validator(mode="after")
    def _at_least_one(self) -> "CustomerNeedCreate":
        if not self.issue_ids and not self.project_ids:
            msg = "issue_ids, project_ids: name at least one issue or project"
            raise ValueError(msg)
        return self
