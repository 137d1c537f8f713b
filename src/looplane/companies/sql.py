"""Every statement on companies."""

from looplane.companies.schemas import OptionsQuery
from looplane.filters import Filter, contains_by_index, found_first, refers_to
from looplane.foreign_keys import ForeignKey
from looplane.kit.context import Context
from looplane.kit.database import Connection
from looplane.kit.responses import Answer
from looplane.kit.sqltext import columns, json_object, timestamps
from looplane.members.sql import member_join
from looplane.resources import Resource

# Columns that are sets: in another order they are the same.
SETS = ("domains", "external_ids")
_OWNER = json_object({"id": "cw.id", "name": "cw.name", "avatar_url": "cw.image_url"})
COMPANY = Resource(
    noun="company",
    table="companies",
    alias="co",
    columns=(
        "name",
        "logo_url",
        "domains",
        "size",
        "revenue",
        "external_ids",
        "status_id",
        "tier_id",
        "owner_id",
    ),
    json=columns("co", "id", "name", "logo_url", "domains", "size", "revenue", "status_id")
    | {"status_name": "cs.name", "tier_id": "co.tier_id", "tier_name": "cr.name"}
    | {"owner": f"case when cw.id is not null then {_OWNER} end"}
    | columns("co", "external_ids")
    | timestamps("co"),
    joins=f"""
left join company_statuses cs on cs.workspace_id = co.workspace_id and cs.id = co.status_id
left join company_tiers cr on cr.workspace_id = co.workspace_id and cr.id = co.tier_id
{member_join("cw", "co.owner_id")}""",
    # An owner who left the team is no owner any more.
    reads_as={"owner_id": "cw.id"},
    references={
        "status_id": ForeignKey("company status", "company_statuses", is_soft_deleted=False),
        "tier_id": ForeignKey("company tier", "company_tiers", is_soft_deleted=False),
        "owner_id": ForeignKey("member", "members"),
    },
    filters={
        "external_id": found_first("co", "companies", "x.external_ids @> array[{0}::text]"),
        "domain": found_first("co", "companies", "x.domains @> array[{0}::text]"),
        "name_contains": contains_by_index("co.name_key"),
        "status_id": refers_to("co.status_id"),
        "tier_id": refers_to("co.tier_id"),
        "size_gte": Filter("co.size >= {0}"),
        "size_lte": Filter("co.size <= {0}"),
        "revenue_gte": Filter("co.revenue >= {0}"),
        "revenue_lte": Filter("co.revenue <= {0}"),
    },
    size="octet_length(co.domains::text) + octet_length(co.external_ids::text)",
)

OPTIONS = f"""
select json_build_object(
  'statuses', (
    select coalesce(json_agg({json_object(columns("cs", "id", "name", "color"))}
      order by cs.position, cs.id), '[]'::json)
    from company_statuses cs where cs.workspace_id = $1),
  'tiers', (
    select coalesce(json_agg({json_object(columns("cr", "id", "name"))}
      order by cr.position, cr.id), '[]'::json)
    from company_tiers cr where cr.workspace_id = $1),
  'owners', (
    select coalesce(json_agg({_OWNER} order by lower(coalesce(cw.name, cw.email)), cw.id),
      '[]'::json)
    from members cw where cw.workspace_id = $1 and cw.deleted_at is null))::text"""


async def list_company_options(con: Connection, context: Context, _query: OptionsQuery) -> Answer:
    """What a company's status, tier and owner can be."""
    return Answer(await con.fetchval(OPTIONS, context.workspace_id))
