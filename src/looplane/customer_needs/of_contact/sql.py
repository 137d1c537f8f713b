"""Every list of what the threads of a contact ask for."""

from uuid import UUID

from looplane.contacts.sql import CONTACT
from looplane.issues.sql import ISSUE
from looplane.kit.conditions import Conditions
from looplane.kit.context import Context
from looplane.kit.database import Connection
from looplane.kit.paging import PageQuery
from looplane.kit.responses import Answer, or_404
from looplane.projects.sql import PROJECT
from looplane.resources import Resource

# What the threads of the contact $2 ask for; deleted threads ask for nothing. An array, so that
# the rows are found by their ids; and thread by thread, so that no other needs are read.
_ASKED_FOR = """{alias}.id = any (array(
  select distinct n.{noun}_id from threads t, lateral (
    select {noun}_id from customer_needs
    where workspace_id = $1 and thread_id = t.id and {noun}_id is not null offset 0) n
  where t.workspace_id = $1 and t.contact_id = $2 and t.deleted_at is null))"""


async def list_projects(
    con: Connection, context: Context, contact_id: UUID, query: PageQuery
) -> Answer:
    """A page of the projects that a contact asks for. Raises NotFound, Unprocessable."""
    return await _list(con, context, PROJECT, contact_id, query)


async def list_issues(
    con: Connection, context: Context, contact_id: UUID, query: PageQuery
) -> Answer:
    """A page of the issues that a contact asks for. Raises NotFound, Unprocessable."""
    return await _list(con, context, ISSUE, contact_id, query)


async def _list(
    con: Connection, context: Context, resource: Resource, contact_id: UUID, query: PageQuery
) -> Answer:
    key = (context.workspace_id, contact_id)
    or_404(await con.fetchrow(CONTACT.get, *key), CONTACT.noun)
    conditions = Conditions(resource.alias, *key)
    conditions.add(_ASKED_FOR.format(alias=resource.alias, noun=resource.noun))
    return Answer(await resource.listing.fetch(con, conditions, query))
