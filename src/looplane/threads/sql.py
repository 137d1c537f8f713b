"""Every statement on threads, but for their lists, their changes and what hangs on them."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from looplane.companies.sql import COMPANY
from looplane.contacts.sql import CONTACT
from looplane.kit.context import Context
from looplane.kit.database import Connection, Row
from looplane.kit.references import reference_id
from looplane.kit.responses import Answer, or_404
from looplane.kit.sqltext import case_when, columns, iso, json_object, timestamps
from looplane.members.sql import member_join, member_ref
from looplane.resources import Resource
from looplane.tags.sql import OF_THREAD as TAGS
from looplane.threads.children.sql import COMMENTS, MESSAGES, NEEDS
from looplane.threads.schemas import ExpandQuery
from looplane.workspaces.sql import IS_LIVE


def tab(member: str) -> str:
    """SQL for the tab as `member` (a parameter, may be null) sees it: the most specific."""
    mine = f"t.assignee_id = {member}"
    return case_when(
        {
            "t.status <> 'open'": "t.status",
            "t.state = 'new'": "'new'",
            f"{mine} and t.needs_response": "'needs-response'",
            mine: "'my'",
        },
        "'open'",
    )


def _moments(*names: str) -> dict[str, str]:
    return {name: iso(f"t.{name}") for name in names}


def thread_body(member: str) -> dict[str, str]:
    """The fields of a thread as `member` sees it, as SQL of `t` and JOINS."""
    return (
        columns("t", "id")
        | timestamps("t")
        | columns("t", "title", "text", "pain_level", "origin", "status")
        | {"tab": tab(member)}
        | _moments("snoozed_until", "last_inbound_message_at", "last_outbound_message_at")
        | _moments("last_state_change_at")
        | columns("t", "is_read")
        | {"contact": f"case when ct.id is not null then {CONTACT.body} end"}
        | {"company": f"case when co.id is not null then {COMPANY.body} end"}
        | {"assignee": member_ref("ta"), "reporter": member_ref("tr")}
        | {"tags": TAGS, "customer_needs": NEEDS}
        | columns("t", "external_ids", "ai_draft_html", "ai_draft_sources")
        | _moments("ai_draft_generated_at", "ai_draft_started_at", "ai_draft_error_at")
    )


# What was deleted is shown nowhere.
JOINS = f"""
left join contacts ct on ct.workspace_id = t.workspace_id and ct.id = t.contact_id
  and ct.deleted_at is null {CONTACT.joins}
left join companies co on co.workspace_id = t.workspace_id and co.id = t.company_id
  and co.deleted_at is null {COMPANY.joins}
{member_join("ta", "t.assignee_id")}
{member_join("tr", "t.reporter_id")}"""


# As nobody in particular sees it: so events show it to everyone.
THREAD = Resource(
    noun="thread",
    table="threads",
    alias="t",
    columns=(
        "title",
        "text",
        "pain_level",
        "origin",
        "state",
        "snoozed_until",
        "last_snoozed_until",
        "last_state_change_at",
        "last_inbound_message_at",
        "last_outbound_message_at",
        "is_read",
        "contact_id",
        "company_id",
        "assignee_id",
        "reporter_id",
        "external_ids",
        "ai_draft_html",
        "ai_draft_sources",
        "ai_draft_generated_at",
        "ai_draft_started_at",
        "ai_draft_error_at",
        "html_version",
    ),
    json=thread_body("null::uuid"),
    joins=JOINS,
    events=(
        "created",
        "updated",
        "deleted",
        "restored",
        "status_changed",
        "assigned",
        "tagged",
    ),
    size="octet_length(t.text) + coalesce(octet_length(t.ai_draft_html), 0)"
    " + coalesce(octet_length(t.ai_draft_sources::text), 0)",
)

GET = f"""
select {json_object(thread_body("$3"))}::text as body, t.version,
  case when $4 then {MESSAGES}::text end as messages,
  case when $5 then {COMMENTS}::text end as comments
from threads t {JOINS} where t.workspace_id = $1 and t.id = $2 and t.deleted_at is null"""


def existing(table: str, id: str, column: str = "id") -> str:
    """SQL for a column of the thing with this id; null where none is named, or none is there."""
    there = f"select x.{column} from {table} x where x.workspace_id = $1 and x.id = {id}"
    return f"case when {id}::uuid is not null then ({there} and x.deleted_at is null) end"


WATCHERS = """array(select m.id from members m
  where m.workspace_id = $1 and m.watches_new_threads and m.role <> 'VIEWER'
    and m.deleted_at is null)"""

# What a new thread names.
FIND_REFERENCES = f"""
select {existing("members", "$2", "role")} as assignee_role,
  {existing("companies", "$3")} as company_found, {existing("projects", "$4")} as project_found,
  {existing("issues", "$5")} as issue_found, {WATCHERS} as watchers"""

# Those whose time has come, but for those in $2 that were tried just now.
FIND_DUE = f"""
select workspace_id, id from threads
where state = 'snoozed' and snoozed_until <= $1 and deleted_at is null and id <> all ($2)
  and {IS_LIVE}
order by snoozed_until limit $3"""

# One of them, if it still is, and nobody else holds it.
LOCK_DUE = """
select version from threads
where workspace_id = $1 and id = $2 and state = 'snoozed' and snoozed_until <= $3
  and deleted_at is null
for update skip locked"""


async def get_thread(con: Connection, context: Context, id: UUID, query: ExpandQuery) -> Answer:
    """One thread as the caller sees it, with what is to be expanded. Raises NotFound."""
    wanted = (query.expand or "").split(",")
    flags = ("messages" in wanted, "comments" in wanted)
    args = (context.workspace_id, id, context.member_id, *flags)
    row = or_404(await con.fetchrow(GET, *args), THREAD.noun)
    body = row["body"]
    for name in ("messages", "comments"):
        if row[name] is not None:
            body = f'{body[:-1]}, "{name}" : {row[name]}}}'
    return Answer(body, row["version"])


async def find_references(con: Connection, context: Context, sent: Mapping[str, Any]) -> Row:
    """What the body of a new thread names, null where it is not there."""
    ids = [reference_id(sent, f"{each}_id") for each in ("assignee", "company", "project", "issue")]
    row = await con.fetchrow(FIND_REFERENCES, context.workspace_id, *ids)
    assert row is not None, "a select without a table answers one row"
    return row
