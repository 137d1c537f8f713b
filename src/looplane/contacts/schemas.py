"""Contacts on the wire."""

from pydantic import Field, model_validator

from looplane.kit.paging import DatedQuery, PageInfo
from looplane.kit.schema import (
    Closed,
    Email,
    ExternalIds,
    ExternalIdsOut,
    Name,
    Reference,
    WebUrl,
    absent,
)


class ContactOut(Closed):
    id: str
    email: str
    name: str | None
    image_url: str | None
    company_id: str | None
    is_subscribed: bool
    external_ids: ExternalIdsOut
    created_at: str
    updated_at: str


class ContactPage(Closed):
    data: list[ContactOut]
    page: PageInfo


class CompanyChoice(Closed):
    """The contact's company, by its id, its exact name, or one of its external ids."""

    company_id: Reference | None = Field(None, min_length=1)
    company_name: Name = absent()
    company_external_id: Name = absent()

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
    email: Email = absent()
    name: Name | None = None
    image_url: WebUrl | None = None
    is_subscribed: bool = absent()
    external_ids: ExternalIds = absent()


class ContactQuery(DatedQuery):
    email: Email | None = None
    name_contains: Name | None = None
    company_id: Reference | None = None
    external_id: Reference | None = None


class EmailQuery(Closed):
    email: Email
