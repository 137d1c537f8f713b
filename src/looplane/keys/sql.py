"""Every statement on API keys."""

from looplane.kit.context import Context
from looplane.kit.database import Connection, Database
from looplane.kit.principal import Principal
from looplane.kit.responses import Answer, or_404
from looplane.kit.sqltext import columns, iso, json_object
from looplane.members.sql import member_join

NOUN = "API key"

FIND_BY_HASH = """
select k.workspace_id, k.id, k.kind, k.scopes, k.member_id,
  coalesce(m.role = 'VIEWER', false) as is_viewer
from api_keys k
left join members m on m.workspace_id = k.workspace_id and m.id = k.member_id
where k.hash = $1 and k.revoked_at is null and m.deleted_at is null"""

# A key whose member is gone opens nothing, though nobody revoked it.
KEY = json_object(
    columns("k", "id", "kind", "prefix", "label", "scopes", "member_id")
    | {"member_email": "m.email", "created_at": iso("k.created_at")}
    | {"revoked_at": iso("k.revoked_at")}
    | {"is_active": "k.revoked_at is null and (k.member_id is null or m.id is not null)"}
)
LIST = f"""
select {KEY}::text as body from api_keys k {member_join("m", "k.member_id")}
where k.workspace_id = $1 order by k.created_at desc, k.id desc"""

_TEAMS = "from teams tm where tm.workspace_id = k.workspace_id"
ME = json_object(
    columns("k", "workspace_id")
    | {"api_key_id": "k.id", "scopes": "k.scopes"}
    | {
        "linear_team_ids": "(select coalesce(json_agg(tm.id order by tm.created_at, tm.id), '[]')"
        f" {_TEAMS})",
        "default_linear_team_id": f"(select tm.id {_TEAMS} and tm.is_default"
        " order by tm.created_at, tm.id limit 1)",
    }
)
GET_ME = f"select {ME}::text as body from api_keys k where k.workspace_id = $1 and k.id = $2"

INSERT = """
insert into api_keys
  (workspace_id, id, hash, prefix, kind, label, scopes, member_id, created_at)
values ($1, $2, $3, $4, $5, $6, $7, $8, $9)"""

# The first revocation is the one that counts.
REVOKE = f"""
update api_keys set revoked_at = coalesce(revoked_at, $3) where workspace_id = $1 and id = $2
returning {iso("revoked_at")} as revoked_at"""


async def find_principal(database: Database, hashed: bytes) -> Principal | None:
    """Who acts by the key with this hash; None where it, or the member it acts for, is gone."""
    async with database.reading() as con:
        row = await con.fetchrow(FIND_BY_HASH, hashed)
    if row is None:
        return None
    return Principal(
        row["workspace_id"],
        row["kind"],
        key_id=row["id"],
        member_id=row["member_id"],
        is_viewer=row["is_viewer"],
        scopes=frozenset(row["scopes"]),
    )


async def get_me(con: Connection, context: Context) -> Answer:
    """What the key that calls is and may do."""
    me = await con.fetchval(GET_ME, context.workspace_id, context.principal.key_id)
    return Answer(or_404(me, NOUN))
