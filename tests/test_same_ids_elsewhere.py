"""Two workspaces with the very same ids: each statement reads and writes its own rows alone.

Ids are unique within a workspace only, so a copy of one, as after a restore beside it, is no fault.
A statement that forgets the workspace finds the rows of both.
"""

from typing import Any
from uuid import UUID

import pytest

from tests.conftest import Workspace
from tests.contract import OPERATIONS, Operation
from tests.field_values import changes_of, furnish_names
from tests.operations import (
    World,
    fields_of,
    is_reference,
    least,
    query_of,
    refer,
    request,
)
from tests.witness import everything

READS = [each for each in OPERATIONS if each.method == "GET"]
WRITES = [each for each in OPERATIONS if each.method != "GET"]
# In an order in which each finds what it refers to.
COPIED = [
    "members",
    "company_statuses",
    "company_tiers",
    "companies",
    "contacts",
    "contact_companies",
    "company_merges",
    "company_merge_contacts",
    "company_merge_threads",
    "blocked_senders",
    "portal_instances",
    "tag_groups",
    "tags",
    "teams",
    "project_statuses",
    "projects",
    "workflow_states",
    "issues",
    "threads",
    "thread_tags",
    "customer_needs",
    "messages",
    "comments",
    "invites",
    "blocked_senders",
    "portal_instances",
    "doc_groups",
    "doc_articles",
    "doc_article_translations",
    "doc_drafts",
    "changelog_tags",
    "changelogs",
    "changelog_translations",
    "changelog_tag_links",
    "comment_mentions",
    "snippet_folders",
    "snippets",
    "slack_connections",
    "files",
    "views",
    "mailboxes",
    "caught_mail",
    "bounced_addresses",
    "webhooks",
    "webhook_secrets",
    "events",
]
# A key and a token are found by their hash alone, and the others are no part of what is shown.
NOT_COPIED = {"api_keys", "invite_tokens", "idempotent_answers", "deliveries"}
NOT_COPIED |= {"broadcasts", "upload_days", "message_attachments"}
# What is a member's own, and what goes out in a moment.
NOT_COPIED |= {"presence", "unsent_texts", "outgoing_files", "held_messages"}
# What is kept of deliveries, and no operation shows by itself.
NOT_COPIED |= {"sent_mails", "mailbox_days", "mail_thread_pauses"}
NOT_COPIED |= {
    "notices",
    "notice_settings",
    "delivery_attempts",
    "delivery_queues",
    "event_bodies",
    "fan_outs",
    "fan_out_failures",
}
# What lets one in.
NOT_COPIED |= {"sessions", "sign_in_links", "credentials", "recovery_codes", "sign_in_attempts"}
# What was, and is no more.
NOT_COPIED |= {"deleted_workspaces"}
WORDS = {"name", "title", "text", "email", "description", "subject", "content", "html"}
_COLUMNS = """
select table_name, column_name from information_schema.columns
where table_schema = 'public' and is_generated = 'NEVER' and column_name <> 'workspace_id'
  and table_name in (select table_name from information_schema.columns
    where table_schema = 'public' and column_name = 'workspace_id')"""


async def copy_workspace(db: Any, source: UUID, target: UUID) -> None:
    """Makes all rows of one workspace in another one too, with the same ids and other words."""
    tables: dict[str, list[str]] = {}
    for row in await db.fetch(_COLUMNS):
        tables.setdefault(row["table_name"], []).append(row["column_name"])
    left = {each for each in tables if not each.startswith("events_")} - {*COPIED, *NOT_COPIED}
    assert not left, "say whether it is copied"
    for table in COPIED:
        columns = ", ".join(f'"{each}"' for each in tables[table])
        values = ", ".join(f"'Their ' || {x}" if x in WORDS else f'"{x}"' for x in tables[table])
        await db.execute(
            f"insert into {table} (workspace_id, {columns})"
            f" select $2, {values} from {table} where workspace_id = $1"
            # What triggers have made by then is what would be copied.
            " on conflict do nothing",
            source,
            target,
        )


@pytest.fixture
async def own(ours: World) -> World:
    """Things of ours, each linked to the others."""
    world, make = ours, ours.make
    await furnish_names(world)
    fields = {"assignee_id", "contact_id", "company_id", "tag_ids", "project_id"}
    links = {name: refer(name, world.ids) for name in fields}
    linked = await make.client.patch(f"/threads/{world.ids['thread']}", json=links)
    assert linked.is_success, linked.text
    second = {"tag_id": world.ids["second tag"]}
    await make.client.post(f"/threads/{world.ids['thread']}/tags", json=second)
    asked = {"project_ids": [(await make.project())["id"]], "issue_ids": [world.ids["issue"]]}
    path = f"/threads/{world.ids['thread']}/customer-needs"
    world.ids["need"] = (await make.client.post(path, json=asked)).json()["data"][0]["id"]
    choices = ("status_id", "tier_id", "owner_id")
    company = {name: refer(name, world.ids) for name in choices}
    await make.client.patch(f"/companies/{world.ids['company']}", json=company)
    issue = {name: refer(name, world.ids) for name in ("project_id", "assignee_id")}
    await make.client.patch(f"/issues/{world.ids['issue']}", json=issue)
    await _mention(world)
    return world


async def _mention(world: World) -> None:
    """A comment that mentions somebody."""
    mentioned = {"mention_ids": [world.ids["member"]]}
    made = await world.make.comment(world.ids["thread"], **mentioned)
    world.ids["comment"] = made["id"]


async def _looks(world: World, operation: Operation) -> list[str]:
    """What an operation shows, by each of its filters and with all there is to expand."""
    known = {"expand": "messages,comments", "name_contains": "a"}
    known |= {"email": world.ids["address"], "tab": "my", "state": "backlog", "status": "open"}
    queries: list[dict[str, Any]] = [{}]
    for name, schema in query_of(operation).items():
        if is_reference(name):
            queries.append({name: refer(name, world.ids, operation)})
        elif name == "sort" or (name == "status" and "open" not in schema.get("enum", ["open"])):
            queries += [{name: each} for each in schema["enum"]]
        elif name in known:
            choices = schema.get("enum", [known[name]])
            queries.append({name: known[name] if known[name] in choices else choices[0]})
    asked = [request(operation, world) for _ in queries]
    for each, query in zip(asked, queries, strict=True):
        each["params"] = {**each["params"], **query}
    answers = [await world.client.request(**each) for each in asked]
    assert {each.status_code for each in answers} == {200}
    return [each.text for each in answers]


@pytest.mark.parametrize("operation", READS, ids=str)
async def test_what_is_shown_is_our_own(own: World, other: Workspace, operation: Operation) -> None:
    before = await _looks(own, operation)
    await copy_workspace(own.make.db, own.make.workspace_id, other.id)
    assert await _looks(own, operation) == before


@pytest.mark.parametrize("operation", WRITES, ids=str)
async def test_what_is_written_is_our_own(
    own: World, other: Workspace, operation: Operation
) -> None:
    bodies: list[dict[str, Any]] = [{}]
    if operation.method == "PATCH":
        bodies = [body for body, _ in changes_of(operation, own)]
        cleared: dict[str, Any] = {"tag_ids": [], "project_id": None, "company_id": None}
        bodies += [{k: v} for k, v in cleared.items() if operation.path == "/threads/{id}"]
    elif operation.body:
        fields = filter(is_reference, fields_of(operation))
        links = {name: refer(name, own.ids, operation) for name in fields}
        bodies = [{**least(operation, own.ids), **links}]
        if "contact_email" in bodies[0]:
            bodies.append({**bodies[0], "contact_email": own.ids["address"]})
    await copy_workspace(own.make.db, own.make.workspace_id, other.id)
    theirs = await everything(own.make.db, other.id)
    for body in bodies:
        sent = {"json": body} if operation.body else {}
        answer = await own.client.request(**request(operation, own, **sent))
        assert answer.is_success, (body, answer.text)
        assert "Their " not in answer.text
        assert await everything(own.make.db, other.id) == theirs, body
