"""Every statement of the loader: one for each table, $1 the workspace and $2 all its rows."""

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
COMPANIES = _insert(
    "companies",
    "id uuid, name text, domains text[], size bigint, revenue bigint, status text, tier text,"
    f" owner_id uuid, external_ids text[], {_STAMPS}",
    status_id=_named("company_statuses", "status"),
    tier_id=_named("company_tiers", "tier"),
)
CONTACTS = _insert(
    "contacts",
    "id uuid, email text, name text, company_id uuid, is_subscribed boolean, external_ids jsonb,"
    f" {_STAMPS}",
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
    f" assignee_id uuid, state text, {_STAMPS}",
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
    f" ai_draft_error_at timestamptz, html_version int, {_STAMPS}",
)
THREAD_TAGS = _insert("thread_tags", "thread_id uuid, tag_id uuid, thread_created_at timestamptz")
CUSTOMER_NEEDS = _insert(
    "customer_needs",
    "id uuid, thread_id uuid, project_id uuid, issue_id uuid, priority double precision,"
    f" is_of_project_field boolean, {_STAMPS}",
)
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
