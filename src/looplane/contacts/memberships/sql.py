"""Every statement on the companies that a contact belongs to."""

from uuid import UUID

from looplane.companies.sql import COMPANY
from looplane.contacts.sql import CONTACT
from looplane.kit.context import Context
from looplane.kit.database import Connection
from looplane.kit.paging import whole_page
from looplane.kit.responses import Answer, or_404
from looplane.kit.sqltext import json_object

_IS_PRIMARY = "(cm.company_id is not distinct from ct.company_id)"
_ROW = json_object({**COMPANY.json, "is_primary": _IS_PRIMARY})
# Those of contact `ct`; a company that was deleted is nobody's company any more.
_OF_CONTACT = """
from contact_companies cm
join companies co on co.workspace_id = cm.workspace_id and co.id = cm.company_id
  and co.deleted_at is null"""
_IN_ORDER = f"order by {_IS_PRIMARY} desc, cm.created_at, cm.company_id"

# The version of a contact and its companies, the primary one first: all, or the one $3.
LIST = f"""
select ct.version, array(select {_ROW}::text {_OF_CONTACT} {COMPANY.joins}
  where cm.workspace_id = $1 and cm.contact_id = $2 and cm.company_id = coalesce($3, cm.company_id)
  {_IN_ORDER}) as bodies
from contacts ct where ct.workspace_id = $1 and ct.id = $2 and ct.deleted_at is null"""

# A company that is there, kept from being deleted.
HOLD_COMPANY = """
select id from companies where workspace_id = $1 and id = $2 and deleted_at is null for key share"""

# The primary company, all of them as they are listed, and since when it belongs to each.
FIND = f"""
select cc.id as company_id, array(select cm.company_id {_OF_CONTACT}
  where cm.workspace_id = $1 and cm.contact_id = $2 {_IN_ORDER}) as company_ids,
  (select jsonb_object_agg(cm.company_id, cm.created_at) from contact_companies cm
  where cm.workspace_id = $1 and cm.contact_id = $2) as since
from contacts ct {CONTACT.joins} where ct.workspace_id = $1 and ct.id = $2"""

# The companies $2 that are there, kept from being deleted.
HOLD_COMPANIES = """
select id from companies where workspace_id = $1 and id = any ($2::uuid[]) and deleted_at is null
order by id for key share"""

INSERT = """
insert into contact_companies (workspace_id, contact_id, company_id, contact_created_at, created_at)
select $1, $2, $3, created_at, $4 from contacts where workspace_id = $1 and id = $2
on conflict do nothing"""

DELETE = """
delete from contact_companies where workspace_id = $1 and contact_id = $2 and company_id = $3"""

# … if it is one since the moment $4.
DELETE_SINCE = f"{DELETE} and created_at = $4::text::timestamptz"


async def list_companies(con: Connection, context: Context, contact_id: UUID) -> Answer:
    """All companies of a contact, the primary one first, in one page. Raises NotFound."""
    row = await con.fetchrow(LIST, context.workspace_id, contact_id, None)
    found = or_404(row, CONTACT.noun)
    return Answer(whole_page(found["bodies"]), found["version"])


async def get_company(
    con: Connection, context: Context, contact_id: UUID, company_id: UUID
) -> tuple[str, int]:
    """The JSON of one company of a contact, and the contact's version."""
    row = await con.fetchrow(LIST, context.workspace_id, contact_id, company_id)
    assert row is not None, "the contact is held"
    return row["bodies"][0], row["version"]
