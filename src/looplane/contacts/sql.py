"""Every statement on contacts."""

from uuid import UUID

from looplane import events
from looplane.contacts.schemas import ContactQuery, EmailQuery
from looplane.kit.answers import Answer, found
from looplane.kit.auth import By
from looplane.kit.db import Connection
from looplane.kit.ids import known_id
from looplane.kit.paging import Where, fetch_page
from looplane.kit.schema import ExternalIds
from looplane.kit.sqltext import like, obj, row, stamps

noun = "contact"
COLUMNS: tuple[str, ...] = (
    "email",
    "name",
    "image_url",
    "company_id",
    "is_subscribed",
    "external_ids",
)
CONTACT = obj(
    row("ct", "id", "email", "name", "image_url")
    | {"company_id": "cc.id"}
    | row("ct", "is_subscribed", "external_ids")
    | stamps("ct")
)
# A company that was deleted is no contact's company any more.
JOIN = """
left join companies cc on cc.workspace_id = ct.workspace_id and cc.id = ct.company_id
  and cc.deleted_at is null"""

_SHOW = f"select {CONTACT}::text as body, ct.version"
_SELECT = f"{_SHOW}, ct.created_at, ct.id from contacts ct {JOIN}"

GET = f"{_SELECT} where ct.workspace_id = $1 and ct.id = $2 and ct.deleted_at is null"

GET_BY_EMAIL = f"""
{_SELECT} where ct.workspace_id = $1 and lower(ct.email) = lower($2) and ct.deleted_at is null"""

FIND_BY_EMAIL = f"""
select ct.id, cc.id as company_id from contacts ct {JOIN}
where ct.workspace_id = $1 and lower(ct.email) = lower($2) and ct.deleted_at is null"""

FIND = f"""
{_SHOW}, ct.email, ct.name, ct.image_url, cc.id as company_id, ct.is_subscribed,
  ct.external_ids
from contacts ct {JOIN}
where ct.workspace_id = $1 and ct.id = $2 and ct.deleted_at is null"""

LOCK = """
select version from contacts
where workspace_id = $1 and id = $2 and deleted_at is null for update"""

# Two are enough to know that a name or an external id is not unique.
COMPANIES = """
select id from companies where workspace_id = $1 and deleted_at is null
  and (id = $2 or name = $3 or external_ids @> array[$4::text]) limit 2"""

INSERT = f"""
with ct as (
  insert into contacts (workspace_id, id, created_at, updated_at,
    email, name, image_url, company_id, is_subscribed, external_ids)
  values ($1, $2, $3, $3, $5, $6, $7, $8, $9, $10) returning *),
recorded as ({events.record("$1", "$4", f"ct {JOIN}", CONTACT)})
{_SHOW} from ct {JOIN}"""

UPDATE = f"""
with ct as (
  update contacts set updated_at = $4, version = version + 1, email = $6, name = $7,
    image_url = $8, company_id = $9, is_subscribed = $10, external_ids = $11
  where workspace_id = $1 and id = $2 and version = $3 and deleted_at is null returning *),
recorded as ({events.record("$1", "$5", f"ct {JOIN}", CONTACT)})
{_SHOW} from ct {JOIN}"""

# A part of thread_update: the thread's contact gets the thread's company.
MOVE = f"""
    update contacts set company_id = p_company_id, version = version + 1, updated_at = p_now
    where workspace_id = p_workspace and id = p_contact_id;
    select {CONTACT} into v_contact from contacts ct {JOIN}
    where ct.workspace_id = p_workspace and ct.id = p_contact_id;"""

DELETE = f"""
with ct as (
  update contacts set deleted_at = $3, version = version + 1
  where workspace_id = $1 and id = $2 and deleted_at is null returning *)
{events.record("$1", "$4", f"ct {JOIN}", CONTACT)}"""


async def get_by_email(con: Connection, by: By, query: EmailQuery) -> Answer:
    """The contact with this address, whatever its capitals. Raises NotFound."""
    row = found(await con.fetchrow(GET_BY_EMAIL, by.workspace_id, query.email), noun)
    return Answer(row["body"], row["version"])


async def find_companies(
    con: Connection, by: By, id: UUID | None, name: str | None, external_id: str | None
) -> list[UUID]:
    """The ids of up to two companies that fit what was asked for."""
    rows = await con.fetch(COMPANIES, by.workspace_id, id, name, external_id)
    return [row["id"] for row in rows]


async def list_contacts(con: Connection, by: By, query: ContactQuery) -> Answer:
    """A page of contacts."""
    where = Where(by.workspace_id, "ct")
    where.add_dates(query)
    if query.email is not None:
        where.add("lower(ct.email) = lower({})", query.email)
    if query.name_contains is not None:
        where.add("ct.name ilike {}", like(query.name_contains))
    if query.company_id is not None:
        where.add("ct.company_id = {} and cc.id is not null", known_id(query.company_id))
    if query.external_id is not None:
        add_external_id(where, query.external_id)
    return Answer(await fetch_page(con, _SELECT, where, query))


def add_external_id(where: Where, external_id: str) -> None:
    """Adds that any of the external ids is `external_id`: one containment for each system."""
    systems = ExternalIds.model_fields
    clause = " or ".join(
        f"{where.alias}.external_ids @> jsonb_build_object('{system}', {{}}::text)"
        for system in systems
    )
    where.add(f"({clause})", *[external_id] * len(systems))
