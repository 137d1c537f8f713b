"""The companies of a contact on the wire."""

from typing import Annotated

from pydantic import Field, model_validator

from looplane.companies.schemas import CompanyOut
from looplane.kit.paging import page_of
from looplane.kit.schema import Name, Reference, StrictModel, optional


class ContactCompanyOut(CompanyOut):
    is_primary: Annotated[
        bool, Field(description="Whether it is the company that the contact shows.")
    ]


ContactCompanyPage = page_of(ContactCompanyOut)


class ContactCompanyCreate(StrictModel):
    """The company by its id, its exact name, or one of its external ids: exactly one of them."""

    company_id: Reference = optional()
    company_name: Name = optional()
    company_external_id: Name = optional()

    @model_validator(mode="after")
    def _exactly_one(self) -> "ContactCompanyCreate":
        if len(self.model_fields_set) != 1:
            msg = "company_id, company_name, company_external_id: name the company in one way"
            raise ValueError(msg)
        return self
