"""Every statement on views, but for the one by which the list of threads finds them."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any
from uuid import UUID

from looplane.foreign_keys import ForeignKey
from looplane.kit.conditions import Conditions
from looplane.kit.context import Context
from looplane.kit.cursors import NUMBER
from looplane.kit.database import Connection, Row
from looplane.kit.references import reference_ids, unknown_references
from looplane.kit.responses import Answer, or_404
from looplane.kit.sqltext import columns, timestamps
from looplane.members.sql import member_join, member_ref
from looplane.resources import Resource
from looplane.threads.listing.views.sql import VISIBLE
from looplane.views.schemas import ViewQuery

VIEW = Resource(
    noun="view",
    table="views",
    alias="v",
    columns=("name", "filters", "sort", "is_shared", "owner_id", "order"),
    json=columns("v", "id", "name", "filters", "sort", "is_shared")
    | {"owner": member_ref("vo"), "order": "v.position"}
    # They are counted as they are read, and not where they are told of.
    | {"thread_count": "null::int", "thread_count_is_exact": "false"}
    | timestamps("v"),
    joins=member_join("vo", "v.owner_id"),
    stored_as={"order": "position"},
    internal=frozenset({"owner_id"}),
    ownership=("is_shared", "owner_id"),
    size="octet_length(v.filters::text)",
    taken="There is already a view with this name.",
)

GET = f"{VIEW.get} and {VISIBLE.format('$3')}"

# One that is about to be changed, held; its owner as far as they are still one of the team.
HOLD = f"""
select v.version, v.is_shared, vo.id as owner_id from views v {VIEW.joins}
where v.workspace_id = $1 and v.id = $2 and v.deleted_at is null
  and {VISIBLE.format("$3")} for update of v"""

# Those of the team and those of the member $2, each in their order.
_SEEN = """
select * from views where workspace_id = $1 and is_shared and deleted_at is null
union all
select * from views
where workspace_id = $1 and owner_id = $2 and not is_shared and deleted_at is null"""
LISTING = replace(
    VIEW.listing, source=f"({_SEEN}) v", key="v.position", key_type=NUMBER, ascending=True
)

# Held while a view comes to the team or to a member: two at once would both be the last one.
LOCK_PLACES = "select from workspaces where id = $1 for no key update"

# How many there are where a view is to be, and what puts it behind all others. $3: of the team.
FIND_PLACE = f"""
select count(*) filter (where v.is_shared = $3) as count,
  least(coalesce(max(v.position), 0) + 1, 1000000000) as last_order
from ({_SEEN}) v"""

# How long each statement of this transaction may run.
LIMIT_TIME = "select set_config('statement_timeout', $1, true)"

_NAMED = {
    "assignee_id": ForeignKey("member", "members", is_list=True),
    "contact_id": ForeignKey("contact", "contacts", is_list=True),
    "company_id": ForeignKey("company", "companies", is_list=True),
    **{name: ForeignKey("tag", "tags", is_list=True) for name in ("tag_id", "tag_all", "tag_none")},
    "project_id": ForeignKey("project", "projects", is_list=True),
    "issue_id": ForeignKey("issue", "issues", is_list=True),
    "company_tier": ForeignKey(
        "company tier", "company_tiers", is_soft_deleted=False, is_list=True
    ),
}
# Which of what filters name is there. Nothing is held: what goes later takes no view with it.
FIND_NAMED = "select " + ", ".join(
    f"array({each.statement(f'any (${number}::uuid[])')}) as {name}"
    for number, (name, each) in enumerate(_NAMED.items(), 2)
)


async def get_view(con: Connection, context: Context, id: UUID) -> Answer:
    """A view that the caller sees, without its count. Raises NotFound."""
    args = (context.workspace_id, id, context.member_id)
    row = or_404(await con.fetchrow(GET, *args), VIEW.noun)
    return Answer(row["body"], row["version"])


async def hold_view(con: Connection, context: Context, id: UUID) -> Row:
    """A view that the caller sees, held. Raises NotFound."""
    args = (context.workspace_id, id, context.member_id)
    return or_404(await con.fetchrow(HOLD, *args), VIEW.noun)


async def hold_place(con: Connection, context: Context, *, is_shared: bool) -> Row:
    """Where a view is to be, held against others that come there."""
    await con.execute(LOCK_PLACES, context.workspace_id)
    args = (context.workspace_id, context.member_id, is_shared)
    row = await con.fetchrow(FIND_PLACE, *args)
    assert row is not None, "an aggregate answers one row"
    return row


async def list_views(con: Connection, context: Context, query: ViewQuery) -> str:
    """A page of the views that the caller sees, without their counts. Raises Unprocessable."""
    conditions = Conditions(VIEW.alias, context.workspace_id, context.member_id)
    return await LISTING.fetch(con, conditions, query)


async def filter_faults(con: Connection, context: Context, filters: Mapping[str, Any]) -> list[str]:
    """A fault for each thing that filters name and that is not there."""
    if not filters.keys() & _NAMED.keys():
        return []
    ids = [reference_ids(filters, name) for name in _NAMED]
    row = await con.fetchrow(FIND_NAMED, context.workspace_id, *ids)
    assert row is not None, "a select without a table answers one row"
    return [
        f"filters.{fault}"
        for name, each in _NAMED.items()
        for fault in unknown_references(filters, name, each.noun, row[name])
    ]
