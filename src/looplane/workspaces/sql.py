"""Every statement on workspaces and what they start with."""

from looplane.kit.sqltext import columns, iso, json_object

LIST = f"""
select {json_object(columns("w", "id", "name") | {"created_at": iso("w.created_at")})}::text as body
from workspaces w order by w.created_at, w.id"""

FIND_BY_ID_OR_NAME = "select id from workspaces where id = $1 or name = $2 order by created_at, id"

# Nobody makes a workspace while this is held; whoever works in one goes on.
LOCK = "lock table workspaces in share row exclusive mode"

INSERT = "insert into workspaces (id, name, created_at) values ($1, $2, $3)"

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
