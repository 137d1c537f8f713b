"""Of the statements that write, and what keeps writers apart."""

from tests.mutations import Mutation

_LOST = "test_lost_updates.py"
_RACES = "test_deletion_races.py"
_SAME_IDS = "test_same_ids_elsewhere.py"
_RESOURCES = "src/looplane/resources.py"
_FOREIGN_KEYS = "src/looplane/foreign_keys.py"
_UPDATE = "src/looplane/threads/update/sql.py"
_EVENTS = "src/looplane/events.py"
_THIS = """return f"{alias}.workspace_id = $1 and {alias}.id = $2{self._alive(f'{alias}.')}\""""

STATEMENTS = [
    Mutation(
        "a row is updated in any version",
        _RESOURCES,
        "from w where {self._this} and {alias}.version = $3 returning",
        "from w where {self._this} and {alias}.version >= $3 returning",
        _LOST,
    ),
    Mutation(
        "a row is looked at where it is to be locked",
        _RESOURCES,
        "{self._alive()} for update",
        "{self._alive()}",
        _LOST,
    ),
    Mutation(
        "what is referred to is not held",
        _FOREIGN_KEYS,
        'return f"({self.statement(value)} for key share)"',
        'return f"({self.statement(value)})"',
        _RACES,
    ),
    Mutation(
        "what is referred to may be deleted",
        _FOREIGN_KEYS,
        'alive = " and x.deleted_at is null" if self.is_soft_deleted else ""',
        'alive = ""',
        _RACES,
    ),
    Mutation(
        "what is referred to may be of another workspace",
        _FOREIGN_KEYS,
        "from {self.table} x where x.workspace_id = $1 and x.id = {id}{alive}",
        "from {self.table} x where $1::uuid is not null and x.id = {id}{alive}",
        "test_foreign_ids.py",
    ),
    Mutation(
        "a row is found in any workspace",
        _RESOURCES,
        _THIS,
        _THIS.replace("{alias}.workspace_id = $1", "$1::uuid is not null"),
        _SAME_IDS,
    ),
    Mutation(
        "a deleted row is found",
        _RESOURCES,
        _THIS,
        'return f"{alias}.workspace_id = $1 and {alias}.id = $2"',
        _LOST,
    ),
    Mutation(
        "a column that was not sent is emptied",
        _RESOURCES,
        "jsonb_populate_record({alias}, $4))",
        "jsonb_populate_record(null::{self.table}, $4))",
        "test_companies.py test_projects.py",
    ),
    Mutation(
        "a deletion is no new version",
        _RESOURCES,
        "set {self.deletion} = w.created_at, version = {alias}.version + 1",
        "set {self.deletion} = w.created_at",
        _LOST,
    ),
    Mutation(
        "a thread is updated in any version",
        _UPDATE,
        "version = p_version and deleted_at is null\n  returning",
        "version >= p_version and deleted_at is null\n  returning",
        _LOST,
    ),
    Mutation(
        "a thread is updated in all workspaces",
        _UPDATE,
        "where workspace_id = p_workspace and id = p_id and version = p_version and deleted_at is null\n  returning",
        "where id = p_id and version = p_version and deleted_at is null\n  returning",
        _SAME_IDS,
    ),
    Mutation(
        "tags are added, and none is taken away",
        _UPDATE,
        "and not p_links->'tag_ids' ? tt.tag_id::text;",
        "and false;",
        "test_update_thread_links.py",
    ),
    Mutation(
        "the contact of a thread is not held",
        _UPDATE,
        "ct.id = v_contact and ct.deleted_at is null for update",
        "ct.id = v_contact and ct.deleted_at is null",
        _RACES,
    ),
    Mutation(
        "the contact of a thread is changed though it is deleted",
        _UPDATE,
        "ct.id = v_contact and ct.deleted_at is null for update",
        "ct.id = v_contact for update",
        _RACES,
    ),
    Mutation(
        "a tag that was deleted stays on its threads",
        "src/looplane/tags/sql.py",
        "join tags g on g.workspace_id = tt.workspace_id and g.id = tt.tag_id and g.deleted_at is null",
        "join tags g on g.workspace_id = tt.workspace_id and g.id = tt.tag_id",
        _RACES,
    ),
    Mutation(
        "a full group is deleted",
        "src/looplane/tag_groups/commands.py",
        "sql.TAG_GROUP, id, refuse_full)",
        "sql.TAG_GROUP, id)",
        "test_tag_groups.py",
    ),
    Mutation(
        "the link to a need is looked for in all workspaces",
        "src/looplane/threads/children/sql.py",
        "left join projects np on np.workspace_id = n.workspace_id and np.id = n.project_id",
        "left join projects np on np.id = n.project_id",
        _SAME_IDS,
    ),
    Mutation(
        "a need of a deleted project is shown",
        "src/looplane/threads/children/sql.py",
        "where coalesce(np.id, ni.id) is not null and coalesce(np.deleted_at, ni.deleted_at) is null",
        "where coalesce(np.id, ni.id) is not null",
        _RACES,
    ),
    Mutation(
        "tags are of any workspace",
        _UPDATE,
        "where g.workspace_id = $1 and g.id = any ($6) and g.deleted_at is null) end as tags_found",
        "where g.id = any ($6) and g.deleted_at is null) end as tags_found",
        "test_foreign_ids.py",
    ),
    Mutation(
        "what hangs on a thread is no change of it",
        "src/looplane/threads/children/commands.py",
        "    await con.execute(THREAD.update, *key, thread.version, columns or {}, write)\n",
        "",
        "test_customer_needs.py",
    ),
    Mutation(
        "an event goes without what was before",
        _EVENTS,
        '"before": event.before,',
        '"before": None,',
        "test_update_thread.py test_companies.py",
    ),
    Mutation(
        "every event of a write carries the resource",
        _EVENTS,
        '"data_event_id": None if carrier is id else carrier,',
        '"data_event_id": None,',
        "test_rules_at_their_edges.py",
    ),
]
