"""Stored answers, one for each Idempotency-Key of an API key, and every statement on them."""

import re
from datetime import datetime
from uuid import UUID

from looplane.kit.database import Connection, Row
from looplane.kit.errors import ValidationFailed
from looplane.kit.row_count import row_count

_KEY = re.compile(r"[\x21-\x7e]{1,255}")

# Held to the end of the transaction, so that a second request sees at once that one is running.
CLAIM = """
select pg_try_advisory_xact_lock(hashtextextended($1::text || ':' || $2::text || ':' || $3, 0))"""

GET = """
select request_hash, headers, body from idempotent_answers
where workspace_id = $1 and key_id = $2 and idempotency_key = $3 and created_at > $4"""

# An answer that has expired and is not yet swept away gives way.
INSERT = """
insert into idempotent_answers
  (workspace_id, key_id, idempotency_key, request_hash, headers, body, created_at)
values ($1, $2, $3, $4, $5, $6, $7)
on conflict (workspace_id, key_id, idempotency_key) do update
set request_hash = excluded.request_hash, headers = excluded.headers, body = excluded.body,
  created_at = excluded.created_at"""

DELETE_EXPIRED = """
delete from idempotent_answers where (workspace_id, key_id, idempotency_key) in (
  select workspace_id, key_id, idempotency_key from idempotent_answers
  where created_at <= $1 limit 1000 for update skip locked)"""


def parse_key(header: str) -> str:
    """The caller's name for a request. Raises ValidationFailed."""
    if not _KEY.fullmatch(header):
        raise ValidationFailed(["Idempotency-Key: must be 1 to 255 visible ASCII characters"])
    return header


async def claim(con: Connection, workspace_id: UUID, key_id: UUID | None, key: str) -> bool:
    """False while another transaction holds this key."""
    return bool(await con.fetchval(CLAIM, str(workspace_id), str(key_id), key))


async def get(
    con: Connection, workspace_id: UUID, key_id: UUID | None, key: str, since: datetime
) -> Row | None:
    """The answer stored after `since`, if there is one."""
    return await con.fetchrow(GET, workspace_id, key_id, key, since)


async def insert(  # noqa: PLR0913  # the columns
    con: Connection,
    workspace_id: UUID,
    key_id: UUID | None,
    key: str,
    request_hash: bytes,
    headers: dict[str, str],
    body: str,
    now: datetime,
) -> None:
    """Stores an answer."""
    await con.execute(INSERT, workspace_id, key_id, key, request_hash, headers, body, now)


async def delete_expired(con: Connection, before: datetime) -> int:
    """Removes up to 1,000 answers stored at `before` or earlier; says how many."""
    return row_count(await con.execute(DELETE_EXPIRED, before))
