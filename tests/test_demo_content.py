"""The demo workspace: all that a visitor may look for is there, and no row contradicts another."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from typing import get_args
from uuid import UUID

import pytest

from looplane.demo.rows import ident
from looplane.demo.schemas import Content
from looplane.demo.seed import read_content, seed
from looplane.kit.database import Connection, connected
from looplane.kit.html import CLEANER_VERSION
from looplane.threads.schemas import Origin
from looplane.workspaces.commands import create_workspace

NOW = datetime(2026, 11, 23, 6, 5, 9, 123000, UTC)

# Made with the workspace, and different in each.
SET_UP = ["workspace_id", "team_id", "status_id", "state_id", "tier_id", "seq"]
COUNTS = {
    "members": 5,
    "portal_instances": 1,
    "invites": 1,
    "blocked_senders": 2,
    "companies": 13,
    "contacts": 40,
    "contact_companies": 36,
    "tag_groups": 4,
    "tags": 14,
    "projects": 10,
    "issues": 27,
    "threads": 60,
    "views": 3,
    "thread_tags": 122,
    "customer_needs": 48,
    "messages": 172,
    "comments": 28,
    "comment_mentions": 17,
    "deliveries": 6,
    "company_merges": 1,
    "company_merge_contacts": 1,
    "company_merge_threads": 1,
    "snippet_folders": 6,
    "snippets": 17,
    "changelog_tags": 5,
    "changelogs": 24,
    "changelog_translations": 3,
    "changelog_tag_links": 27,
    "broadcasts": 1,
    "doc_groups": 5,
    "doc_articles": 20,
    "doc_article_translations": 2,
    "doc_drafts": 3,
}
STATES = {"new": 12, "open": 24, "snoozed": 7, "done": 10, "closed": 7}
TABS = {"new": 12, "needs-response": 6, "my": 5, "open": 13, "snoozed": 7, "done": 17}
DRAFTS = {"none": 53, "being drafted": 2, "drafted": 3, "failed": 2}

SAID = "from messages m where m.workspace_id = t.workspace_id and m.thread_id = t.id"
NOTED = "from comments c where c.workspace_id = t.workspace_id and c.thread_id = t.id"
NEEDED = "from customer_needs n where n.workspace_id = t.workspace_id and n.thread_id = t.id"
IN_WORKSPACE = "where o.workspace_id = t.workspace_id and o.id"

# Which threads `t` break the rule; $2 is now.
BROKEN = {
    "last inbound": f"last_inbound_message_at is distinct from"
    f" (select max(created_at) {SAID} and direction = 'inbound')",
    "last outbound": f"last_outbound_message_at is distinct from"
    f" (select max(created_at) {SAID} and direction = 'outbound')",
    "opening words": f"text is distinct from (select html {SAID} order by created_at, id limit 1)",
    "a customer begins": f"(select direction {SAID} order by created_at, id limit 1) <> 'inbound'",
    "the first message opens": f"not (select is_opening {SAID} order by created_at, id limit 1)",
    "cleaned by this version": f"html_version <> {CLEANER_VERSION}"
    f" or exists (select {SAID} and html_version <> {CLEANER_VERSION})"
    f" or exists (select {NOTED} and html_version <> {CLEANER_VERSION})",
    "created first": f"created_at is distinct from (select min(created_at) {SAID})",
    "updated last": f"updated_at < any (select created_at {SAID} union all"
    f" select updated_at {NOTED} union all select updated_at {NEEDED})",
    "updated by now": "updated_at > $2",
    "updated after the draft": "updated_at < greatest(ai_draft_generated_at,"
    " ai_draft_started_at, ai_draft_error_at)",
    "comments come later": f"exists (select {NOTED} and c.created_at < t.created_at)",
    "new is unanswered": "state = 'new' and last_outbound_message_at is not null",
    "new never changed": "state = 'new' and last_state_change_at is not null",
    "something opened it": "state = 'open' and (last_state_change_at is null"
    " or last_outbound_message_at is null and last_snoozed_until is null)",
    "put away after the last word": "status <> 'open'"
    " and coalesce(last_state_change_at < last_inbound_message_at, true)",
    "changed within its life": "last_state_change_at not between created_at and updated_at",
    "snoozed into the future": "snoozed_until <= $2",
    "assigned to who may answer": "(select role from members o"
    f" {IN_WORKSPACE} = t.assignee_id) = 'VIEWER'",
    "contact came first": "created_at < (select created_at from contacts o"
    f" {IN_WORKSPACE} = t.contact_id)",
    "company came first": "created_at < (select created_at from companies o"
    f" {IN_WORKSPACE} = t.company_id)",
    "draft answers the last word": "ai_draft_generated_at < last_inbound_message_at",
    "draft for who waits": "num_nonnulls(ai_draft_html, ai_draft_started_at, ai_draft_error_at) > 0"
    " and (status <> 'open' or not needs_response)",
    "whole draft": "num_nonnulls(ai_draft_html, ai_draft_sources, ai_draft_generated_at) in (1, 2)",
    "needs what was there": f"exists (select {NEEDED} and n.created_at < (select created_at"
    " from issues o where o.workspace_id = t.workspace_id and o.id = n.issue_id union all"
    " select created_at from projects o"
    " where o.workspace_id = t.workspace_id and o.id = n.project_id))",
    "tagged": "not exists (select from thread_tags g"
    " where g.workspace_id = t.workspace_id and g.thread_id = t.id"
    " and g.thread_created_at = t.created_at)",
    "signed by who sent it": f"exists (select {SAID} and direction = 'outbound'"
    " and not exists (select from members o where o.workspace_id = m.workspace_id"
    " and o.name = m.\"from\"->>'name' and (m.user_id = o.id or m.type = 'live_chat')))",
    "written by a contact": f"exists (select {SAID} and direction = 'inbound'"
    " and (m.user_id is not null or not exists (select from contacts o"
    " where o.workspace_id = m.workspace_id and o.email = m.\"from\"->>'email')))",
    "mail has a subject and goes to somebody": f"exists (select {SAID}"
    " and (type = 'email') <> (subject <> '' and \"to\" <> '[]'))",
    "no markup in plain text": f"exists (select {SAID} and (text ~ '</?[a-z]' or text = ''))",
}

DRAFT = """
select case when ai_draft_html is not null then 'drafted' when ai_draft_error_at is not null
  then 'failed' when ai_draft_started_at is not null then 'being drafted' else 'none' end,
  count(*) from threads where workspace_id = $1 group by 1"""

TAB = """
select case when status = 'done' then 'done' when status = 'snoozed' then 'snoozed'
  when state = 'new' then 'new' when assignee_id is distinct from $2 then 'open'
  when needs_response then 'needs-response' else 'my' end, count(*)
from threads where workspace_id = $1 group by 1"""


@pytest.fixture
async def workspace_id(con: Connection) -> UUID:
    return await create_workspace(con, "Rungwell", NOW)


@pytest.fixture(scope="module")
async def seeded(dsn: str, database: object) -> AsyncIterator[tuple[Connection, UUID]]:
    """A connection in a transaction that is rolled back, and a demo there."""
    async with connected(dsn) as con:
        transaction = con.transaction()
        await transaction.start()
        workspace_id = await create_workspace(con, "Rungwell", NOW)
        await seed(con, workspace_id, NOW)
        yield con, workspace_id
        await transaction.rollback()


@pytest.fixture
async def con(seeded: tuple[Connection, UUID]) -> AsyncIterator[Connection]:
    """The connection, of whose writes nothing stays for the next test."""
    savepoint = seeded[0].transaction()
    await savepoint.start()
    yield seeded[0]
    await savepoint.rollback()


@pytest.fixture
def demo(seeded: tuple[Connection, UUID]) -> UUID:
    return seeded[1]


@pytest.fixture(scope="module")
def content() -> Content:
    return read_content()


async def values(con: Connection, column: str, table: str, workspace_id: UUID) -> set[object]:
    found = await con.fetch(f"select {column} from {table} where workspace_id = $1", workspace_id)
    return {row[0] for row in found}


async def counted(con: Connection, query: str, *arguments: object) -> dict[str, int]:
    return {row[0]: row[1] for row in await con.fetch(query, *arguments)}


async def everything(con: Connection, workspace_id: UUID) -> dict[str, list[str]]:
    rows = {}
    for table in COUNTS:
        query = f"select (to_jsonb(t) - $2::text[])::text from {table} t where workspace_id = $1"
        rows[table] = sorted(row[0] for row in await con.fetch(query, workspace_id, SET_UP))
    return rows


async def test_counts(con: Connection, demo: UUID) -> None:
    for table, count in COUNTS.items():
        found = await con.fetchval(f"select count(*) from {table} where workspace_id = $1", demo)
        assert (table, found) == (table, count)


async def test_every_state_and_draft(con: Connection, demo: UUID) -> None:
    states = "select state, count(*) from threads where workspace_id = $1 group by 1"
    assert await counted(con, states, demo) == STATES
    assert await counted(con, DRAFT, demo) == DRAFTS


async def test_every_tab_for_the_first_admin(con: Connection, demo: UUID) -> None:
    first = "select id from members where workspace_id = $1 and role = 'ADMIN' order by joined_at"
    assert await counted(con, TAB, demo, await con.fetchval(first, demo)) == TABS


async def test_roles(con: Connection, demo: UUID) -> None:
    roles = "select role, count(*) from members where workspace_id = $1 group by 1"
    assert await counted(con, roles, demo) == {"ADMIN": 2, "USER": 2, "VIEWER": 1}


async def test_every_value_that_a_list_filters_by(con: Connection, demo: UUID) -> None:
    origins = await values(con, "origin", "threads", demo)
    assert origins == set(get_args(Origin))
    assert await values(con, "pain_level", "threads", demo) == {"UNKNOWN", "LOW", "MEDIUM", "HIGH"}
    assert await values(con, "is_read", "threads", demo) == {True, False}
    assert await values(con, "tag_id", "thread_tags", demo) == await values(con, "id", "tags", demo)
    for table, column, noun in (
        ("companies", "status_id", "company_statuses"),
        ("companies", "tier_id", "company_tiers"),
        ("projects", "status_id", "project_statuses"),
        ("issues", "state_id", "workflow_states"),
    ):
        used = await values(con, column, table, demo) - {None}
        assert used == await values(con, "id", noun, demo)


async def test_needs_by_field_and_by_hand(con: Connection, demo: UUID) -> None:
    ways = """
    select (is_of_project_field, project_id is null)::text, count(*) from customer_needs
    where workspace_id = $1 group by 1"""
    found = await counted(con, ways, demo)
    assert found.keys() == {"(t,f)", "(f,f)", "(f,t)"}
    asked_for = await values(con, "issue_id", "customer_needs", demo) - {None}
    there = await values(con, "id", "issues", demo)
    assert asked_for < there
    assert len(asked_for) > len(there) * 3 / 4


async def test_some_woke_and_most_follow_their_contact(con: Connection, demo: UUID) -> None:
    woken = (
        "select count(*) from threads where workspace_id = $1 and last_snoozed_until is not null"
    )
    assert await con.fetchval(woken, demo) >= 2
    elsewhere = await con.fetchval(
        "select count(*) from threads t join contacts c on c.workspace_id = t.workspace_id"
        " and c.id = t.contact_id where t.workspace_id = $1"
        " and t.company_id is distinct from c.company_id",
        demo,
    )
    assert 0 < elsewhere < 5


@pytest.mark.parametrize("rule", BROKEN)
async def test_no_thread_contradicts_itself(con: Connection, demo: UUID, rule: str) -> None:
    query = "select coalesce(title, text) from threads t where workspace_id = $1 and ({})"
    arguments = [demo, NOW] if "$2" in BROKEN[rule] else [demo]
    assert [row[0] for row in await con.fetch(query.format(BROKEN[rule]), *arguments)] == []


async def test_spread_over_weeks_and_no_two_at_once(con: Connection, demo: UUID) -> None:
    times = await values(con, "created_at", "threads", demo)
    assert len(times) == COUNTS["threads"]
    first = await con.fetchval("select min(created_at) from threads where workspace_id = $1", demo)
    assert timedelta(days=40) < NOW - first < timedelta(days=46)


async def test_rich_text_survives_cleaning(con: Connection, demo: UUID) -> None:
    html = "".join(str(text) for text in await values(con, "html", "messages", demo))
    for tag in ("<table>", "<pre>", "<code>", "<blockquote>", "<ol>", "<ul>", "<a href=", "<br>"):
        assert tag in html
    assert 'rel="noopener' in html


async def test_two_seeds_are_alike(con: Connection, workspace_id: UUID) -> None:
    other = await create_workspace(con, "Twin", NOW)
    for workspace in (workspace_id, other):
        await seed(con, workspace, NOW)
    assert await everything(con, workspace_id) == await everything(con, other)


async def test_times_follow_now_and_ids_do_not(con: Connection, workspace_id: UUID) -> None:
    other = await create_workspace(con, "Twin", NOW)
    await seed(con, workspace_id, NOW)
    await seed(con, other, NOW + timedelta(days=3))
    assert await values(con, "id", "threads", other) == await values(
        con, "id", "threads", workspace_id
    )
    shifted = await values(con, "created_at - interval '3 days'", "messages", other)
    assert shifted == await values(con, "created_at", "messages", workspace_id)


async def test_few_statements_and_events_of_threads(con: Connection, workspace_id: UUID) -> None:
    statements: list[object] = []
    with con.query_logger(statements.append):
        await seed(con, workspace_id, NOW)
        # The log is told of a statement when the next one runs.
        told = await values(con, "aggregate_id", "events", workspace_id)
    moved = {ident("thread", "qr-code-anlage-4471")}
    assert told == await values(con, "id", "threads", workspace_id) - moved
    # Deliveries come in two: of messages, and of broadcasts.
    assert len(COUNTS) <= len(statements) <= len(COUNTS) + 5
