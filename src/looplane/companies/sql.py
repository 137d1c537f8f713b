"""Every statement on companies."""

from collections.abc import Mapping
from uuid import UUID

from looplane import events
from looplane.companies.schemas import CompanyQuery, OptionsQuery
from looplane.kit.answers import Answer, found
from looplane.kit.auth import By
from looplane.kit.db import Connection, Row
from looplane.kit.ids import known_id
from looplane.kit.paging import Where, fetch_page
from looplane.kit.references import sought
from looplane.kit.sqltext import like, obj, row, stamps
from looplane.members.sql import member_join

noun = "company"
COLUMNS: tuple[str, ...] = (
    "name",
    "logo_url",
    "domains",
    "size",
    "revenue",
    "external_ids",
    "status_id",
    "tier_id",
    "owner_id",
)
_OWNER = obj({"id": "cw.id", "name": "cw.name", "avatar_url": "cw.image_url"})
COMPANY = obj(
    row("co", "id", "name", "logo_url", "domains", "size", "revenue", "status_id")
    | {"status_name": "cs.name", "tier_id": "co.tier_id", "tier_name": "cr.name"}
    | {"owner": f"case when cw.id is not null then {_OWNER} end"}
    | row("co", "external_ids")
    | stamps("co")
)
# What COMPANY reads beside the company itself.
JOINS = f"""
left join company_statuses cs on cs.workspace_id = co.workspace_id and cs.id = co.status_id
left join company_tiers cr on cr.workspace_id = co.workspace_id and cr.id = co.tier_id
{member_join("cw", "co.owner_id")}"""

_SHOW = f"select {COMPANY}::text as body, co.version"
_SELECT = f"{_SHOW}, co.created_at, co.id from companies co {JOINS}"
_THIS = "co.workspace_id = $1 and co.id = $2 and co.deleted_at is null"

GET = f"{_SELECT} where {_THIS}"


def _lookups(status: str, tier: str, owner: str) -> str:
    """SQL for the ids that a body names, null where there is nothing of that id."""
    return f"""
  (select s.id from company_statuses s where s.workspace_id = $1 and s.id = {status})
    as status_found,
  (select r.id from company_tiers r where r.workspace_id = $1 and r.id = {tier}) as tier_found,
  (select m.id from members m where m.workspace_id = $1 and m.id = {owner}
    and m.deleted_at is null) as owner_found"""


FIND_NAMED = f"select {_lookups('$2', '$3', '$4')}"

# An owner who left the team is no owner any more.
FIND = f"""
{_SHOW}, co.name, co.logo_url, co.domains, co.size, co.revenue, co.external_ids, co.status_id,
  co.tier_id, cw.id as owner_id, {_lookups("$3", "$4", "$5")}
from companies co {JOINS} where {_THIS}"""

LOCK = """
select version from companies
where workspace_id = $1 and id = $2 and deleted_at is null for update"""

INSERT = f"""
with co as (
  insert into companies (workspace_id, id, created_at, updated_at, {", ".join(COLUMNS)})
  values ($1, $2, $3, $3, $5, $6, $7, $8, $9, $10, $11, $12, $13) returning *),
recorded as ({events.record("$1", "$4", f"co {JOINS}", COMPANY)})
{_SHOW} from co {JOINS}"""

UPDATE = f"""
with co as (
  update companies set updated_at = $4, version = version + 1, name = $6, logo_url = $7,
    domains = $8, size = $9, revenue = $10, external_ids = $11, status_id = $12, tier_id = $13,
    owner_id = $14
  where workspace_id = $1 and id = $2 and version = $3 and deleted_at is null returning *),
recorded as ({events.record("$1", "$5", f"co {JOINS}", COMPANY)})
{_SHOW} from co {JOINS}"""

# Its contacts and threads stay; what is soft deleted is shown nowhere.
DELETE = f"""
with co as (
  update companies set deleted_at = $3, version = version + 1
  where workspace_id = $1 and id = $2 and deleted_at is null returning *)
{events.record("$1", "$4", f"co {JOINS}", COMPANY)}"""


OPTIONS = f"""
select json_build_object(
  'statuses', (
    select coalesce(json_agg({obj(row("cs", "id", "name", "color"))} order by cs.position, cs.id),
      '[]'::json)
    from company_statuses cs where cs.workspace_id = $1),
  'tiers', (
    select coalesce(json_agg({obj(row("cr", "id", "name"))} order by cr.position, cr.id),
      '[]'::json)
    from company_tiers cr where cr.workspace_id = $1),
  'owners', (
    select coalesce(json_agg({_OWNER} order by lower(coalesce(cw.name, cw.email)), cw.id),
      '[]'::json)
    from members cw where cw.workspace_id = $1 and cw.deleted_at is null))::text"""


def named(sent: Mapping[str, object]) -> list[UUID | None]:
    """The ids that a body names, as FIND and FIND_NAMED take them."""
    return [sought(sent, field) for field in ("status_id", "tier_id", "owner_id")]


async def find_named(con: Connection, by: By, sent: Mapping[str, object]) -> Row:
    """What a body names, null where it is not there."""
    return found(await con.fetchrow(FIND_NAMED, by.workspace_id, *named(sent)), noun)


async def list_company_options(con: Connection, by: By, _query: OptionsQuery) -> Answer:
    """What a company's status, tier and owner can be."""
    return Answer(await con.fetchval(OPTIONS, by.workspace_id))


async def list_companies(con: Connection, by: By, query: CompanyQuery) -> Answer:
    """A page of companies."""
    where = Where(by.workspace_id, "co")
    where.add_dates(query)
    for column, item in (("external_ids", query.external_id), ("domains", query.domain)):
        if item is not None:
            where.add(f"co.{column} @> array[{{}}::text]", item)
    if query.name_contains is not None:
        where.add("co.name ilike {}", like(query.name_contains))
    for column, text in (("status_id", query.status_id), ("tier_id", query.tier_id)):
        if text is not None:
            where.add(f"co.{column} = {{}}", known_id(text))
    for column in ("size", "revenue"):
        for bound, sign in (("gte", ">="), ("lte", "<=")):
            if (amount := getattr(query, f"{column}_{bound}")) is not None:
                where.add(f"co.{column} {sign} {{}}", amount)
    return Answer(await fetch_page(con, _SELECT, where, query))
