"""Every statement on contacts."""

from dataclasses import replace

from looplane.contacts.schemas import EmailQuery
from looplane.filters import Filter, contains_by_index, exists, found_first
from looplane.foreign_keys import ForeignKey
from looplane.kit.context import Context
from looplane.kit.database import Connection
from looplane.kit.responses import Answer, or_404
from looplane.kit.schema import ExternalIds
from looplane.kit.sqltext import columns, timestamps
from looplane.resources import Resource


def external_id_filter(alias: str, table: str) -> Filter:
    """Any of the external ids: one containment for each system."""
    clauses = [
        f"x.external_ids @> jsonb_build_object('{system}', {{0}}::text)"
        for system in ExternalIds.model_fields
    ]
    # The second condition is that of the index on threads; no other row can meet the first.
    clause = f"({' or '.join(clauses)}) and x.external_ids <> '{{{{}}}}'"
    return found_first(alias, table, clause)


CONTACT = Resource(
    noun="contact",
    table="contacts",
    alias="ct",
    columns=("email", "name", "image_url", "company_id", "is_subscribed", "external_ids"),
    json=columns("ct", "id", "email", "name", "image_url")
    | {"company_id": "cc.id"}
    | columns("ct", "is_subscribed", "external_ids")
    | timestamps("ct"),
    # A company that was deleted is no contact's company any more.
    joins="""
left join companies cc on cc.workspace_id = ct.workspace_id and cc.id = ct.company_id
  and cc.deleted_at is null""",
    reads_as={"company_id": "cc.id"},
    references={"company_id": ForeignKey("company", "companies")},
    filters={
        # As a query of its own: the planner does not know that there is one, and walks the list.
        "email": Filter(
            "ct.id = any (array(select x.id from contacts x where x.workspace_id = $1"
            " and lower(x.email) = lower({0}) and x.deleted_at is null))"
        ),
        "name_contains": contains_by_index("ct.name_key"),
        "external_id": external_id_filter("ct", "contacts"),
    },
    taken="There is already a contact with the address {email}.",
)

# Those who belong to a company stand in their order in an index of the company's.
MEMBERS = replace(
    CONTACT.listing,
    source="contacts ct join contact_companies cm"
    " on cm.workspace_id = ct.workspace_id and cm.contact_id = ct.id",
    key="cm.contact_created_at",
    id="cm.contact_id",
)
OF_COMPANY = f"cm.workspace_id = $1 and cm.company_id = {{0}} and {exists('companies')}"

GET_BY_EMAIL = f"""
select {CONTACT.body}::text as body, ct.version from contacts ct {CONTACT.joins}
where ct.workspace_id = $1 and lower(ct.email) = lower($2) and ct.deleted_at is null"""

# The one company to which the closest claimed of the domains {0} belongs, kept from being deleted;
# none where several claim it, and null where it went while we waited for it: then another one may
# have its domains by now. They are looked for in all workspaces at once, as in FIND_COMPANIES.
_OWNER = """
with claims as materialized (
  select workspace_id, id, domains from companies
  where domains && {0}::text[] and deleted_at is null),
ranked as materialized (
  select id, (select min(place) from unnest({0}::text[]) with ordinality as named(domain, place)
    where domain = any (claims.domains)) as place
  from claims where workspace_id = $1)
select case when o.deleted_at is null then o.id end as id from companies o
where o.workspace_id = $1 and o.id = (
  select case when count(*) = 1 then (array_agg(id))[1] end from ranked
  where place = (select min(place) from ranked))
for key share"""
FIND_OWNER = _OWNER.format("$2")

# The contact with the address $2, kept from being deleted to the end of the transaction; where
# there is none, the owner of the domains $3, as a list.
HOLD_BY_EMAIL = f"""
with held as materialized (
  select id from contacts
  where workspace_id = $1 and lower(email) = lower($2) and deleted_at is null for key share)
select (select id from held) as id,
  case when not exists (select from held) and $3::text[] <> '{{}}'
    then array({_OWNER.format("$3")}) end as owners"""

FIND_BY_EMAIL = f"""
select ct.id, cc.id as company_id from contacts ct {CONTACT.joins}
where ct.workspace_id = $1 and lower(ct.email) = lower($2) and ct.deleted_at is null"""

# Two are enough to know that a name or an external id is not unique. Each has an index of its own;
# the ids are looked for in all workspaces at once, for no index has them by workspace.
FIND_COMPANIES = """
with of_others as materialized (
  select workspace_id, id from companies
  where external_ids @> array[$3::text] and deleted_at is null)
(select id from companies where workspace_id = $1 and name = $2 and deleted_at is null limit 2)
union
select id from of_others where workspace_id = $1 limit 2"""


async def get_by_email(con: Connection, context: Context, query: EmailQuery) -> Answer:
    """The contact with this address, whatever its capitals. Raises NotFound."""
    found = await con.fetchrow(GET_BY_EMAIL, context.workspace_id, query.email)
    row = or_404(found, CONTACT.noun)
    return Answer(row["body"], row["version"])
