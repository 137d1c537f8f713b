"""A workspace with many rows in every table, so that the planner has to choose."""

from datetime import UTC, datetime
from typing import Any

from tests.conftest import Workspace

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


async def fill(con: Any, workspace: Workspace, rows: int) -> None:
    for statement in _FILL.split(";\n"):
        values = {"$1": f"'{workspace.id}'::uuid", "$2": f"'{datetime.now(UTC)}'::timestamptz"}
        values["$3"] = str(rows)
        for name, value in values.items():
            statement = statement.replace(name, value)  # noqa: PLW2901
        await con.execute(statement)
        await con.execute("analyze " + statement.split()[2])
