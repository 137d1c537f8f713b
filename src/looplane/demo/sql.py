"""Every statement of the loader: one for each table, $1 the workspace and $2 all its rows."""

from looplane.kit.sqltext import json_object
from looplane.threads.children.sql import NEEDS
from looplane.threads.sql import THREAD

_STAMPS = "created_at timestamptz, updated_at timestamptz"


def _insert(table: str, record: str, **looked_up: str) -> str:
    """Inserts the columns of `record`; those of `looked_up` by an expression over it, `r`."""
    columns = [column.split()[0] for column in record.split(", ")]
    sent = [column for column in columns if f"{column}_id" not in looked_up]
    into = ", ".join([*sent, *looked_up])
    values = ", ".join([*(f"r.{column}" for column in sent), *looked_up.values()])
    return f"""
insert into {table} (workspace_id, {into})
select $1, {values} from jsonb_to_recordset($2) as r({record})"""


def _named(table: str, column: str) -> str:
    return f"(select n.id from {table} n where n.workspace_id = $1 and n.name = r.{column})"


_TEAM = "(select n.id from teams n where n.workspace_id = $1)"

MEMBERS = _insert(
    "members",
    "id uuid, email text, name text, role text, watches_new_threads boolean, joined_at timestamptz",
)
PORTALS = _insert("portal_instances", f"id uuid, slug text, name text, language text, {_STAMPS}")
INVITES = _insert(
    "invites",
    "id uuid, name text, email text, role text, invited_by_id uuid, expires_at timestamptz,"
    f" {_STAMPS}",
)
BLOCKED_SENDERS = _insert("blocked_senders", f"id uuid, type text, value text, {_STAMPS}")
COMPANIES = _insert(
    "companies",
    "id uuid, name text, domains text[], size bigint, revenue bigint, status text, tier text,"
    " owner_id uuid, external_ids text[], merged_into_id uuid, deleted_at timestamptz,"
    f" version int, {_STAMPS}",
    status_id=_named("company_statuses", "status"),
    tier_id=_named("company_tiers", "tier"),
)
CONTACTS = _insert(
    "contacts",
    "id uuid, email text, name text, company_id uuid, is_subscribed boolean, external_ids jsonb,"
    f" version int, {_STAMPS}",
)
CONTACT_COMPANIES = _insert(
    "contact_companies",
    "contact_id uuid, company_id uuid, contact_created_at timestamptz, created_at timestamptz",
)
TAG_GROUPS = _insert("tag_groups", f"id uuid, name text, color text, {_STAMPS}")
TAGS = _insert("tags", f"id uuid, name text, color text, icon text, tag_group_id uuid, {_STAMPS}")
PROJECTS = _insert(
    "projects",
    "id uuid, name text, description text, icon text, color text, is_visible boolean, status text,"
    f" {_STAMPS}",
    team_id=_TEAM,
    status_id=_named("project_statuses", "status"),
)
ISSUES = _insert(
    "issues",
    "id uuid, title text, description text, priority int, is_visible boolean, project_id uuid,"
    f" assignee_id uuid, label_ids text[], state text, {_STAMPS}",
    team_id=_TEAM,
    state_id=_named("workflow_states", "state"),
)
THREADS = _insert(
    "threads",
    "id uuid, title text, text text, pain_level text, origin text, state text, is_read boolean,"
    " snoozed_until timestamptz, last_snoozed_until timestamptz,"
    " last_inbound_message_at timestamptz, last_outbound_message_at timestamptz,"
    " last_state_change_at timestamptz, contact_id uuid, company_id uuid, assignee_id uuid,"
    " reporter_id uuid, external_ids jsonb, ai_draft_html text, ai_draft_sources jsonb,"
    " ai_draft_generated_at timestamptz, ai_draft_started_at timestamptz,"
    f" ai_draft_error_at timestamptz, html_version int, version int, {_STAMPS}",
)
VIEWS = _insert(
    "views",
    "id uuid, name text, filters jsonb, sort text, owner_id uuid, position double precision,"
    f" {_STAMPS}",
    is_shared="true",
)
COMPANY_MERGES = _insert(
    "company_merges",
    "id uuid, survivor_id uuid, source_id uuid, filled jsonb, created_at timestamptz",
)
COMPANY_MERGE_CONTACTS = _insert(
    "company_merge_contacts",
    "merge_id uuid, contact_id uuid, version int, member_since timestamptz, was_primary boolean,"
    " was_member boolean",
)
COMPANY_MERGE_THREADS = _insert(
    "company_merge_threads", "merge_id uuid, batch int, thread_ids uuid[], versions bigint[]"
)
THREAD_TAGS = _insert("thread_tags", "thread_id uuid, tag_id uuid, thread_created_at timestamptz")
CUSTOMER_NEEDS = _insert(
    "customer_needs",
    "id uuid, thread_id uuid, project_id uuid, issue_id uuid, priority double precision,"
    f" is_of_project_field boolean, {_STAMPS}",
)
# `columns` are those of the thread as they were then; a need is shown since it is there.
_NEEDS_THEN = f"""(select coalesce(json_agg(n), '[]') from json_array_elements({NEEDS}) n
    where (n->>'created_at')::timestamptz <= r.created_at)"""
THREAD_EVENTS = f"""
insert into events (workspace_id, id, write_id, type, subject_id, aggregate_id, version, actor,
  cause, created_at, before, after, data_event_id, data)
select $1, r.id, r.write_id, r.type, r.thread_id, r.thread_id, r.version, r.actor,
  r.actor->>'rule', r.created_at, r.before, r.after, r.data_event_id,
  case when r.data_event_id is null
    then {json_object({**THREAD.json, "customer_needs": _NEEDS_THEN})} end
from jsonb_to_recordset($2) as r(id uuid, write_id uuid, type text, thread_id uuid,
  version bigint, actor jsonb, created_at timestamptz, before jsonb, after jsonb,
  data_event_id uuid, columns jsonb)
join threads present on present.workspace_id = $1 and present.id = r.thread_id
cross join lateral jsonb_populate_record(present, r.columns) t {THREAD.joins}"""
MESSAGES = _insert(
    "messages",
    'id uuid, thread_id uuid, type text, direction text, subject text, "from" jsonb, "to" jsonb,'
    " cc jsonb, text text, html text, html_version int, is_opening boolean, user_id uuid,"
    " created_at timestamptz",
)
COMMENTS = _insert(
    "comments",
    f"id uuid, thread_id uuid, author_id uuid, content text, html_version int, {_STAMPS}",
)
COMMENT_MENTIONS = """
insert into comment_mentions (workspace_id, comment_id, member_id, is_listed, written_as)
select $1, r.comment_id, r.member_id, r.is_listed,
  case when r.is_written then array[fold_name(m.name)] else '{}' end
from jsonb_to_recordset($2)
  as r(comment_id uuid, member_id uuid, is_listed boolean, is_written boolean)
join members m on m.workspace_id = $1 and m.id = r.member_id"""
_DELIVERY = (
    "id uuid, event_id uuid, kind text, target text, subject_id uuid, thread_id uuid, state text,"
    f" attempts int, reason text, delivered_by text, {_STAMPS}"
)
DELIVERIES = _insert("deliveries", _DELIVERY, channel="'email'")
SNIPPET_FOLDERS = _insert("snippet_folders", f"id uuid, name text, {_STAMPS}")
SNIPPETS = _insert(
    "snippets",
    f"id uuid, title text, html text, html_version int, folder_id uuid, {_STAMPS}",
)
_MARKDOWN = "title text, content text, html text, html_version int"
CHANGELOG_TAGS = _insert("changelog_tags", f"id uuid, name text, color text, icon text, {_STAMPS}")
CHANGELOGS = _insert(
    "changelogs",
    f"id uuid, {_MARKDOWN}, date timestamptz, published boolean, archived boolean,"
    " portal_instance_id uuid, language text, languages text[], broadcast_at timestamptz,"
    f" {_STAMPS}",
)
CHANGELOG_TRANSLATIONS = _insert(
    "changelog_translations",
    f"id uuid, changelog_id uuid, language text, {_MARKDOWN}, {_STAMPS}",
)
CHANGELOG_TAG_LINKS = _insert("changelog_tag_links", "changelog_id uuid, tag_id uuid")
BROADCASTS = _insert(
    "broadcasts",
    "id uuid, changelog_id uuid, event_id uuid, message text, sender_name text, from_email text,"
    " recipients int, created_at timestamptz",
    email="true",
    slack="false",
)
DOC_GROUPS = _insert("doc_groups", f"id uuid, name text, position double precision, {_STAMPS}")
DOC_ARTICLES = _insert(
    "doc_articles",
    f"id uuid, {_MARKDOWN}, summary text, group_id uuid, published boolean, visibility text,"
    " show_on_home_page boolean, icon text, language text, languages text[], version int,"
    f" {_STAMPS}",
)
DOC_ARTICLE_TRANSLATIONS = _insert(
    "doc_article_translations",
    f"id uuid, article_id uuid, language text, {_MARKDOWN}, summary text, {_STAMPS}",
)
# The text that its author has read is known as long as it is that of the article.
DOC_DRAFTS = _insert(
    "doc_drafts",
    f"id uuid, kind text, status text, article_id uuid, article_version int, {_MARKDOWN},"
    " group_id uuid, author_id uuid, reviewed_by_id uuid, reviewed_at timestamptz,"
    f" {_STAMPS}",
    article_text_key="(select a.text_key from doc_articles a where a.workspace_id = $1"
    " and a.id = r.article_id and a.version = r.article_version)",
)
