"""Every statement on companies."""

from looplane.kit.sqltext import obj, row, stamps
from looplane.members.sql import member_join

noun = "company"
_OWNER = (
    "case when cw.id is not null then json_build_object("
    "'id', cw.id, 'name', cw.name, 'avatar_url', cw.image_url) end"
)
COMPANY = obj(
    row("co", "id", "name", "logo_url", "domains", "size", "revenue", "status_id")
    | {"status_name": "cs.name", "tier_id": "co.tier_id", "tier_name": "cr.name"}
    | {"owner": _OWNER}
    | row("co", "external_ids")
    | stamps("co")
)
# What COMPANY reads beside the company itself.
JOINS = f"""
left join company_statuses cs on cs.workspace_id = co.workspace_id and cs.id = co.status_id
left join company_tiers cr on cr.workspace_id = co.workspace_id and cr.id = co.tier_id
{member_join("cw", "co.owner_id")}"""
