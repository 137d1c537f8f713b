"""Contacts on the wire."""

from pydantic import Field, model_validator

from looplane.kit.paging import DatedQuery
from looplane.kit.schema import (
    Email,
    ExternalIds,
    ExternalIdsOut,
    Name,
    Reference,
    StrictModel,
    WebUrl,
    optional,
)


class ContactOut(StrictModel):
    id: str
    email: str
    name: str | None
    image_url: str | None
    company_id: str | None
    is_subscribed: bool
    external_ids: ExternalIdsOut
    created_at: str
    updated_at: str


class CompanyChoice(StrictModel):
    """The contact's company, by its id, its exact name, or one of its external ids."""

    company_id: Reference | None = Field(None, min_length=1)
    company_name: Name = optional()
    company_external_id: Name = optional()

    @model_validator(mode="after")
    def _at_most_one(self) -> "CompanyChoice":
        selectors = {"company_id", "company_name", "company_external_id"} & self.model_fields_set
        if len(selectors) > 1:
            msg = f"{', '.join(sorted(selectors))}: name the company in one way only"
            raise ValueError(msg)
        return self


class ContactCreate(CompanyChoice):
    email: Email
    name: Name | None = None
    image_url: WebUrl | None = None
    is_subscribed: bool = True
    external_ids: ExternalIds = Field(default_factory=ExternalIds)


class ContactPatch(CompanyChoice):
    email: Email = optional()
    name: Name | None = None
    image_url: WebUrl | None = None
    is_subscribed: bool = optional()
    external_ids: ExternalIds = optional()


class ContactQuery(DatedQuery):
    email: Email | None = None
    name_contains: Name | None = None
    company_id: Reference | None = None
    external_id: Reference | None = None


class EmailQuery(StrictModel):
    email: Email
