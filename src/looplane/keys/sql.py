"""Every statement on API keys."""

from uuid import UUID

import asyncpg

from looplane.kit.answers import Answer, found
from looplane.kit.auth import By, Key
from looplane.kit.database import ACQUIRE_TIMEOUT, Connection
from looplane.kit.sqltext import iso, obj, row
from looplane.members.sql import member_join

noun = "API key"

FIND = """
select k.workspace_id, k.id, k.scopes, k.member_id from api_keys k
left join members m on m.workspace_id = k.workspace_id and m.id = k.member_id
where k.hash = $1 and k.revoked_at is null and m.deleted_at is null"""

# A key whose member is gone opens nothing, though nobody revoked it.
KEY = obj(
    row("k", "id", "prefix", "label", "scopes", "member_id")
    | {"member_email": "m.email", "created_at": iso("k.created_at")}
    | {"revoked_at": iso("k.revoked_at")}
    | {"is_active": "k.revoked_at is null and (k.member_id is null or m.id is not null)"}
)
LIST = f"""
select {KEY}::text as body from api_keys k {member_join("m", "k.member_id")}
where k.workspace_id = $1 order by k.created_at desc, k.id desc"""

_TEAMS = "from teams tm where tm.workspace_id = k.workspace_id"
ME = obj(
    row("k", "workspace_id")
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
insert into api_keys (workspace_id, id, hash, prefix, label, scopes, member_id, created_at)
values ($1, $2, $3, $4, $5, $6, $7, $8)"""

# The first revocation is the one that counts.
REVOKE = f"""
update api_keys set revoked_at = coalesce(revoked_at, $3) where workspace_id = $1 and id = $2
returning {iso("revoked_at")} as revoked_at"""


async def find(pool: asyncpg.Pool, hashed: bytes) -> Key | None:
    """The key with this hash, unless it, or the member it acts for, is gone."""
    async with pool.acquire(timeout=ACQUIRE_TIMEOUT) as con:
        row = await con.fetchrow(FIND, hashed)
    if row is None:
        return None
    return Key(row["workspace_id"], row["id"], row["member_id"], frozenset(row["scopes"]))


async def get_me(con: Connection, by: By) -> Answer:
    """What the key that calls is and may do."""
    key_id = UUID(str(by.actor["id"]))
    return Answer(found(await con.fetchval(GET_ME, by.workspace_id, key_id), noun))
