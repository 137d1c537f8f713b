"""Companies on the wire."""

from pydantic import Field

from looplane.kit.schema import Closed


class OwnerOut(Closed):
    id: str
    name: str | None
    avatar_url: str | None


class CompanyOut(Closed):
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
