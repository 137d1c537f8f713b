"""No statement reads a table, an index, or a workspace from end to end, however large it is.

Every operation of the contract is asked, by each of its filters and with each of its fields, in a
workspace of many rows beside a small one; the server tells the plan of each statement it runs.
"""

from collections.abc import AsyncIterator
from datetime import UTC, datetime
from typing import Any

import pytest

from looplane.kit.database import connected as connected_to
from looplane.kit.embedded_pg.binaries import find_binaries
from looplane.kit.embedded_pg.server import EmbeddedPostgres
from looplane.kit.migrate import migrate
from looplane.main import MIGRATIONS, create_app
from tests.conftest import SteppedClock, Workspace, connected, furnish
from tests.contract import OPERATIONS, Operation
from tests.factory import Factory
from tests.field_values import changes_of, furnish_names
from tests.operations import (
    World,
    fields_of,
    is_reference,
    least,
    populate,
    query_of,
    refer,
    request,
)
from tests.plans import OneConnection, Scan, explain_all, rolled_back, scans_of, told, watched
from tests.unlimited import UNLIMITED

LARGE = {"threads", "contacts", "companies", "tags", "tag_groups", "projects", "issues", "members"}
LARGE |= {
    "thread_tags",
    "customer_needs",
    "messages",
    "comments",
    "api_keys",
    "doc_articles",
    "doc_groups",
}
LARGE |= {"doc_drafts", "doc_article_translations"}
LARGE |= {"comment_mentions", "snippets", "snippet_folders"}
LARGE |= {"thread_tags", "customer_needs", "messages", "comments", "api_keys"}
LARGE |= {"changelogs", "changelog_translations", "changelog_tag_links", "broadcasts", "deliveries"}
LARGE |= {"contact_companies", "thread_tags", "customer_needs", "messages", "comments", "api_keys"}
LARGE |= {"thread_tags", "customer_needs", "messages", "comments", "api_keys"}
LARGE |= {"changelogs", "changelog_translations", "changelog_tag_links", "broadcasts", "deliveries"}
# The groups of articles are not among them: they are always listed as a whole.
LARGE |= {"doc_articles", "doc_drafts", "doc_article_translations"}
# A team is read as a whole where it is shown or told as a whole.
TEAM = "members"
# Indexes that find by a value that few rows have, in all workspaces.
BY_VALUE = {"contacts_external_ids", "companies_external_ids", "companies_domains"}
BY_VALUE |= {"threads_external_ids", "api_keys_hash"}
BY_VALUE |= {f"{table}_name_part" for table in ("contacts", "companies", "projects", "tags")}
BY_VALUE |= {f"{table}_title_part" for table in ("issues", "changelogs", "doc_articles")}
# An index that is read as a whole because it is counted.
COUNTED = "contacts_subscribed"
BY_VALUE |= {"snippets_title_part"}
# What may stand between a page and the index that its rows come from, in their order.
IN_ORDER = {"Limit", "Subquery Scan", "WindowAgg", "Result", "Nested Loop", "LockRows", "Memoize"}
ROWS = 20_000
# Of a table that has up to a hundred to choose from, the one for the row `n`.
_PICKED = "(select array(select id from {0} where workspace_id = $1 limit 100) as ids) {0}_"


def _nth(table: str) -> str:
    return f"{table}_.ids[n % cardinality({table}_.ids) + 1]"


def _rows(share: int, *tables: str) -> str:
    picked = "".join(f", {_PICKED.format(table)}" for table in tables)
    return f"from generate_series(1, $3 / {share}) n, lateral (select $2 - n * interval '1 minute' as m) x{picked}"


_EACH = "from (select id, created_at as m, row_number() over () as n from threads where workspace_id = $1) t"
_FILL = f"""
insert into members (workspace_id, id, email, role, joined_at)
  select $1, gen_random_uuid(), n || '@many.example', 'USER', m {_rows(10)};
insert into companies (workspace_id, id, name, domains, external_ids, size, revenue, status_id,
    tier_id, owner_id, created_at, updated_at)
  select $1, gen_random_uuid(), 'Company ' || n, array[n || '.example.com'], array['c' || n], n, n,
    {_nth("company_statuses")}, {_nth("company_tiers")}, {_nth("members")}, m, m
  {_rows(4, "company_statuses", "company_tiers", "members")};
insert into contacts (workspace_id, id, email, external_ids, company_id, created_at, updated_at)
  select $1, gen_random_uuid(), n || '@many.example', jsonb_build_object('plain', 'p' || n),
    {_nth("companies")}, m, m {_rows(2, "companies")};
insert into tag_groups (workspace_id, id, name, color, created_at, updated_at)
  select $1, gen_random_uuid(), 'Group ' || n, '#123', m, m {_rows(20)};
insert into tags (workspace_id, id, name, color, tag_group_id, created_at, updated_at)
  select $1, gen_random_uuid(), 'Tag ' || n, '#123', {_nth("tag_groups")}, m, m
  {_rows(4, "tag_groups")};
insert into projects (workspace_id, id, team_id, status_id, name, created_at, updated_at)
  select $1, gen_random_uuid(), {_nth("teams")}, {_nth("project_statuses")}, 'Project ' || n, m, m
  {_rows(4, "teams", "project_statuses")};
insert into issues (workspace_id, id, team_id, state_id, title, created_at, updated_at)
  select $1, gen_random_uuid(), {_nth("teams")}, {_nth("workflow_states")}, 'Issue ' || n, m, m
  {_rows(4, "teams", "workflow_states")};
insert into threads (workspace_id, id, text, pain_level, origin, state, snoozed_until, contact_id,
    company_id, assignee_id, external_ids, created_at, updated_at)
  select $1, gen_random_uuid(), 'x', 'LOW', 'api', s,
    case s when 'snoozed' then $2 + interval '1 year' end, {_nth("contacts")}, {_nth("companies")},
    case when n % 3 = 0 then {_nth("members")} end,
    case when n % 50 = 0 then jsonb_build_object('plain', n::text) else '{{}}' end, m, m
  {_rows(1, "contacts", "companies", "members")},
    lateral (select (array['new', 'open', 'snoozed', 'done', 'closed'])[n % 5 + 1] as s) y;
insert into thread_tags (workspace_id, thread_id, tag_id, thread_created_at)
  select $1, t.id, {_nth("tags")}, m {_EACH}, {_PICKED.format("tags")};
insert into customer_needs (workspace_id, id, thread_id, project_id, created_at, updated_at)
  select $1, gen_random_uuid(), t.id, {_nth("projects")}, m, m {_EACH}, {_PICKED.format("projects")}
  where n % 10 = 0;
insert into messages (workspace_id, id, thread_id, type, direction, text, html, created_at)
  select $1, gen_random_uuid(), id, 'email', 'inbound', 'x', 'x', m {_EACH};
insert into comments (workspace_id, id, thread_id, content, created_at, updated_at)
  select $1, gen_random_uuid(), id, 'x', m, m {_EACH};
insert into portal_instances (workspace_id, id, name, slug, created_at, updated_at)
  select $1, gen_random_uuid(), 'Portal', 'many-' || n, m, m {_rows(20)};
insert into changelog_tags (workspace_id, id, name, color, created_at, updated_at)
  select $1, gen_random_uuid(), 'Of many ' || n, 'red', m, m {_rows(20)};
insert into changelogs (workspace_id, id, title, content, html, html_version, date, published,
    archived, portal_instance_id, language, languages, created_at, updated_at)
  select $1, gen_random_uuid(), 'Changelog ' || n, 'x', 'x', 2, m, n % 2 = 0, n % 9 = 0,
    case when n % 3 = 0 then {_nth("portal_instances")} end, 'en', array['de', 'en'], m, m
  {_rows(10, "portal_instances")};
insert into changelog_translations (workspace_id, id, changelog_id, language, title, created_at,
    updated_at)
  select $1, gen_random_uuid(), id, 'de', 'x', created_at, created_at
  from changelogs where workspace_id = $1;
insert into changelog_tag_links (workspace_id, changelog_id, tag_id)
  select $1, c.id, {_nth("changelog_tags")}
  from (select id, row_number() over () as n from changelogs where workspace_id = $1) c,
    {_PICKED.format("changelog_tags")};
insert into broadcasts (workspace_id, id, changelog_id, event_id, email, slack, recipients, created_at)
  select $1, gen_random_uuid(), id, gen_random_uuid(), true, false, 1, created_at
  from changelogs where workspace_id = $1;
insert into deliveries (workspace_id, id, event_id, kind, channel, target, subject_id, state,
    created_at, updated_at)
  select $1, gen_random_uuid(), event_id, 'broadcast', 'email', 'subscribers', id, 'delivered',
    created_at, created_at from broadcasts where workspace_id = $1;
insert into doc_groups (workspace_id, id, name, position, created_at, updated_at)
  select $1, gen_random_uuid(), 'Group ' || n, n, m, m {_rows(20)};
insert into doc_articles (workspace_id, id, title, content, html, visibility, group_id,
    portal_instance_id, published, language, languages, created_at, updated_at)
  select $1, gen_random_uuid(), 'Article ' || n, 'x', 'x',
    (array['public', 'agent', 'internal', 'unlisted'])[n % 4 + 1], {_nth("doc_groups")},
    case when n % 3 = 0 then {_nth("portal_instances")} end, n % 2 = 0, 'en', array['de', 'en'], m, m
  {_rows(4, "doc_groups", "portal_instances")};
insert into doc_article_translations (workspace_id, id, article_id, language, title, created_at,
    updated_at)
  select $1, gen_random_uuid(), id, 'de', 'x', created_at, created_at
  from doc_articles where workspace_id = $1;
insert into doc_drafts (workspace_id, id, kind, status, article_id, title, group_id, reviewed_at,
    created_at, updated_at)
  select $1, gen_random_uuid(), 'edit', s, {_nth("doc_articles")}, 'x', {_nth("doc_groups")},
    case when s = 'rejected' then m end, m, m
  {_rows(4, "doc_articles", "doc_groups")},
    lateral (select (array['open', 'draft', 'rejected'])[n % 3 + 1] as s) y;
insert into comment_mentions (workspace_id, comment_id, member_id, is_listed, written_as)
  select $1, c.id, {_nth("members")}, true, '{{}}'
  from (select id, row_number() over () as n from comments where workspace_id = $1) c,
    {_PICKED.format("members")};
insert into snippet_folders (workspace_id, id, name, created_at, updated_at)
  select $1, gen_random_uuid(), 'Folder of many ' || n, m, m {_rows(20)};
insert into snippets (workspace_id, id, folder_id, title, html, created_at, updated_at)
  select $1, gen_random_uuid(), {_nth("snippet_folders")}, 'Snippet ' || n, 'x', m, m
  {_rows(4, "snippet_folders")};
insert into api_keys (workspace_id, id, hash, prefix, scopes, created_at)
  select $1, gen_random_uuid(), sha256(n::text::bytea), 'll_', '{{}}', m {_rows(20)}"""


async def _fill(con: Any, workspace: Workspace, rows: int) -> None:
    for statement in _FILL.split(";\n"):
        values = {"$1": f"'{workspace.id}'::uuid", "$2": f"'{datetime.now(UTC)}'::timestamptz"}
        values["$3"] = str(rows)
        for name, value in values.items():
            statement = statement.replace(name, value)  # noqa: PLW2901
        await con.execute(statement)
        await con.execute("analyze " + statement.split()[2])


@pytest.fixture(scope="module")
async def crowd(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[tuple[str, Workspace]]:
    """A server of its own that tells its plans, and a large workspace there beside a small one."""
    folder = tmp_path_factory.mktemp("crowd")
    server = EmbeddedPostgres(folder, find_binaries(None))
    try:
        async with connected_to(server.start()) as con:
            await migrate(con, MIGRATIONS)
            large, small = await furnish(con, "Large"), await furnish(con, "Small")
            await _fill(con, large, ROWS)
            await _fill(con, small, 20)
            await con.execute("analyze")
        yield explain_all(server, folder), large
    finally:
        server.stop()


@pytest.fixture(scope="module", params=[2, 500], ids=["two workspaces", "many workspaces"])
async def asked(
    request: pytest.FixtureRequest, crowd: tuple[str, Workspace], session_clock: SteppedClock
) -> AsyncIterator[tuple[Any, World]]:
    """A connection whose plans are told, and the things of the large workspace.

    The planner is told that the tables hold so many workspaces.
    """
    dsn, large = crowd
    async with rolled_back(dsn) as con:
        app = create_app(OneConnection(con), UNLIMITED, session_clock)
        async with connected(app, large.key) as client:
            world = await populate(Factory(client, con, large.id), large.member_id)
            await furnish_names(world)
            for table in LARGE:
                distinct = (
                    f"alter table {table} alter workspace_id set (n_distinct = {request.param})"
                )
                await con.execute(f"{distinct}; analyze {table}")
            yield con, world
        await app.aclose()


def _queries(operation: Operation, world: World) -> list[dict[str, Any]]:
    """No filter, each one of them, and some two at once."""
    known = {"expand": "messages,comments", "sort": "total_score"}
    known |= {"email": world.ids["address"], "external_id": "p50", "domain": "50.example.com"}
    known |= {"title_contains": "a", "language": "de", "published": "true", "archived": "false"}
    known |= {"visibility": "public"}
    known |= {"state": "backlog", "status": "open", "pain_level": "LOW", "origin": "api"}
    known |= {"type": "email", "direction": "inbound", "order": "desc", "q": "x"}
    known |= {f"{name}_gte": "5" for name in ("size", "revenue")}
    known |= {f"{name}_lte": "5" for name in ("size", "revenue")}
    moments = ("2000-01-01T00:00:00Z", datetime.now(UTC).strftime("%Y-%m-%dT00:00:00Z"))
    queries: list[dict[str, Any]] = [{}]
    for name, schema in query_of(operation).items():
        if is_reference(name):
            queries.append({name: refer(name, world.ids, operation)})
        elif name in known:
            queries.append({name: known[name]})
        elif name.endswith("_contains"):
            queries += [{name: part} for part in ("a", "thing that no name has")]
        elif name == "tab":
            queries += [{name: tab} for tab in schema["enum"]]
        elif name.endswith(("_after", "_before")):
            queries += [{name: moment} for moment in moments]
    if "updated_after" in query_of(operation):
        queries += [{"updated_after": moments[1], **each} for each in queries[1:3]]
    return queries


def _is_narrow(scan: Scan) -> bool:
    steps = [each["Node Type"] for each in scan.above]
    if scan.index in BY_VALUE:
        return bool(scan.condition)
    if scan.table == TEAM and "Limit" not in steps:
        return True
    if scan.index == COUNTED:
        return "Aggregate" in steps
    if "workspace_id = " not in scan.condition:
        return False
    if " AND " in scan.condition:
        return True
    # In its order from the front on: a page that is not the first begins further down.
    is_first = ") < ($" not in scan.statement and not str(scan.index).endswith("_changed")
    return is_first and "Limit" in steps and {*steps[steps.index("Limit") :]} <= IN_ORDER


@pytest.mark.parametrize("operation", OPERATIONS, ids=str)
async def test_every_operation_reads_what_it_needs(
    asked: tuple[Any, World], operation: Operation
) -> None:
    con, world = asked
    for sent in _requests(operation, world):
        savepoint = con.transaction()
        await savepoint.start()
        with watched(con) as said:
            answer = await world.client.request(**sent)
            assert answer.is_success, (sent, answer.text)
            cursor = answer.json().get("page", {}).get("cursor")
            if cursor is not None:
                next_page = {**sent["params"], "cursor": cursor}
                await world.client.request(**{**sent, "params": next_page})
            await told(con)
        await savepoint.rollback()
        assert said
        broad = [
            str(each) for each in scans_of(said) if each.table in LARGE and not _is_narrow(each)
        ]
        assert broad == [], sent


def _requests(operation: Operation, world: World) -> list[dict[str, Any]]:
    asked = request(operation, world)
    if operation.method == "GET":
        return [
            {**asked, "params": {**asked["params"], **query}}
            for query in _queries(operation, world)
        ]
    if operation.method == "PATCH":
        bodies = [body for body, _ in changes_of(operation, world)]
        return [{**asked, "json": body} for body in [*bodies, least(operation, world.ids)]]
    if operation.body is None:
        return [asked]
    links = {
        name: refer(name, world.ids, operation)
        for name in fields_of(operation)
        if is_reference(name)
    }
    fields = filter(is_reference, fields_of(operation))
    links = {name: refer(name, world.ids, operation) for name in fields}
    body = {**least(operation, world.ids), **links}
    return [asked, {**asked, "json": body}]
