"""Every statement on workspaces and what they start with."""

from looplane.kit.sqltext import columns, iso, json_object

_WORKSPACE = json_object(
    columns("w", "id", "name", "is_demo")
    | {name: iso(f"w.{name}") for name in ("created_at", "archived_at", "deletion_began_at")}
)
# $1 whether those that are archived are among them
LIST = f"""
select {_WORKSPACE}::text as body from workspaces w
where $1 or w.archived_at is null order by w.created_at, w.id"""

FIND_BY_ID_OR_NAME = """
select id, name, archived_at, deletion_began_at from workspaces
where id = $1 or name = $2 order by created_at, id"""

# The first one, of two that programs before this one have made.
FIND_DEMO = """
select id, name, archived_at, deletion_began_at from workspaces
where is_demo order by created_at, id limit 1"""

# Of rows that have a workspace: what is in an archived one waits on purpose.
IS_LIVE = "workspace_id not in (select w.id from workspaces w where w.archived_at is not null)"

# Whether there is a workspace, or ever was one.
HAS_ANY = "select exists (select from workspaces) or exists (select from deleted_workspaces)"

HAS_LIVE = "select exists (select from workspaces where archived_at is null)"

# $1 a name, $2 who may have it
FIND_NAMED = """
select id from workspaces where name = $1 and id is distinct from $2 order by created_at, id"""

RENAME = "update workspaces set name = $2 where id = $1"
ARCHIVE = "update workspaces set archived_at = coalesce(archived_at, $2) where id = $1"
UNARCHIVE = "update workspaces set archived_at = null where id = $1"

# Nobody makes a workspace while this is held; whoever works in one goes on.
LOCK = "lock table workspaces in share row exclusive mode"

INSERT = "insert into workspaces (id, name, created_at, is_demo) values ($1, $2, $3, $4)"

INSERT_TEAM = """
insert into teams (workspace_id, id, name, is_default, created_at) values ($1, $2, $3, true, $4)"""

INSERT_PROJECT_STATUSES = """
insert into project_statuses (workspace_id, id, name, type, color, position)
select $1, r.*
from jsonb_to_recordset($2) as r(id uuid, name text, type text, color text, position int)"""

INSERT_WORKFLOW_STATES = """
insert into workflow_states (workspace_id, team_id, id, name, type, color, position)
select $1, $3, r.*
from jsonb_to_recordset($2) as r(id uuid, name text, type text, color text, position int)"""

INSERT_COMPANY_STATUSES = """
insert into company_statuses (workspace_id, id, name, color, position)
select $1, r.* from jsonb_to_recordset($2) as r(id uuid, name text, color text, position int)"""

INSERT_COMPANY_TIERS = """
insert into company_tiers (workspace_id, id, name, position)
select $1, r.* from jsonb_to_recordset($2) as r(id uuid, name text, position int)"""
