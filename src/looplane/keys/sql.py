"""Every statement on API keys."""

import asyncpg

from looplane.kit.auth import Key
from looplane.kit.db import ACQUIRE_TIMEOUT

FIND = """
select k.workspace_id, k.id, k.scopes, k.member_id from api_keys k
left join members m on m.workspace_id = k.workspace_id and m.id = k.member_id
where k.hash = $1 and k.revoked_at is null and m.deleted_at is null"""

INSERT = """
insert into api_keys (workspace_id, id, hash, prefix, label, scopes, member_id, created_at)
values ($1, $2, $3, $4, $5, $6, $7, $8)"""


async def find(pool: asyncpg.Pool, hashed: bytes) -> Key | None:
    """The key with this hash, unless it, or the member it acts for, is gone."""
    async with pool.acquire(timeout=ACQUIRE_TIMEOUT) as con:
        row = await con.fetchrow(FIND, hashed)
    if row is None:
        return None
    return Key(row["workspace_id"], row["id"], row["member_id"], frozenset(row["scopes"]))
