"""Companies on the wire."""

from typing import Annotated

from pydantic import AfterValidator, Field

from looplane.kit.paging import DatedQuery
from looplane.kit.schema import (
    MAX_NUMBER,
    Count,
    Name,
    Reference,
    StrictModel,
    WebUrl,
    at_most_items,
    matching,
    optional,
)

# Domains or external ids of one company.
MAX_ITEMS = 200


def _once(items: list[str]) -> list[str]:
    return list(dict.fromkeys(items))


Bound = Annotated[int, Field(ge=0, le=MAX_NUMBER)]
_DOMAIN = r"[0-9a-z-]+\.(?:(?:co|or|gv|ac|com)\.)?[a-z]{2,7}"
Domain = Annotated[
    str,
    Field(min_length=1, max_length=63, json_schema_extra={"pattern": f"^{_DOMAIN}$"}),
    matching(_DOMAIN, "must be a domain such as firm.example, in small letters"),
]
Domains = Annotated[
    list[Domain],
    at_most_items(MAX_ITEMS),
    AfterValidator(_once),
    Field(
        description="A set, replaced as a whole; one named twice counts once.",
        json_schema_extra={"maxItems": MAX_ITEMS},
    ),
]
CallersIds = Annotated[
    list[Name],
    at_most_items(MAX_ITEMS),
    AfterValidator(_once),
    Field(
        description="The caller's own ids for the company: a set, replaced as a whole.",
        json_schema_extra={"maxItems": MAX_ITEMS},
    ),
]


class OwnerOut(StrictModel):
    id: str
    name: str | None
    avatar_url: str | None


class CompanyOut(StrictModel):
    id: str
    name: str
    logo_url: str | None
    domains: list[str]
    size: float | None
    revenue: float | None
    status_id: str | None
    status_name: str | None
    tier_id: str | None
    tier_name: str | None
    owner: OwnerOut | None
    external_ids: list[str] = Field(
        description="The caller's own ids for the company; replaced as a whole on a write."
    )
    created_at: str
    updated_at: str


class CompanyCreate(StrictModel):
    name: Name
    logo_url: WebUrl | None = None
    domains: Domains = Field(default_factory=list)
    size: Count = optional()
    revenue: Count = optional()
    external_ids: CallersIds = Field(default_factory=list)
    status_id: Reference | None = None
    tier_id: Reference | None = None
    owner_id: Reference | None = None


class CompanyPatch(StrictModel):
    name: Name = optional()
    logo_url: WebUrl | None = None
    domains: Domains = optional()
    size: Count | None = None
    revenue: Count | None = None
    external_ids: CallersIds = optional()
    status_id: Reference | None = None
    tier_id: Reference | None = None
    owner_id: Reference | None = None


class CompanyQuery(DatedQuery):
    external_id: Reference | None = None
    domain: Reference | None = None
    name_contains: Name | None = None
    status_id: Reference | None = None
    tier_id: Reference | None = None
    size_gte: Bound | None = None
    size_lte: Bound | None = None
    revenue_gte: Bound | None = None
    revenue_lte: Bound | None = None


class OptionsQuery(StrictModel):
    team_id: Reference | None = Field(
        None, description="Accepted and without effect: the options are the same for every team."
    )


class StatusOption(StrictModel):
    id: str
    name: str
    color: str


class TierOption(StrictModel):
    id: str
    name: str


class CompanyOptions(StrictModel):
    """What a company's `status_id`, `tier_id` and `owner_id` can be."""

    statuses: list[StatusOption]
    tiers: list[TierOption]
    owners: list[OwnerOut]
