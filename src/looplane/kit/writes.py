"""How a request reads and writes: dry runs, stored answers, collisions."""

import hashlib
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import asyncpg
from starlette.responses import Response

from looplane.kit import idempotency
from looplane.kit.answers import Answer, Ready
from looplane.kit.auth import By, Key
from looplane.kit.db import COLLISION, REPLACED, Connection
from looplane.kit.errors import Conflict, Unprocessable

_TRIES = 5

Command = Callable[..., Awaitable[Answer]]
Query = Callable[..., Awaitable[Answer]]


@dataclass(frozen=True, slots=True)
class Read:
    """A request that reads, from a caller who may."""

    pool: asyncpg.Pool
    by: By

    async def __call__(self, query: Query, *args: object) -> Response:
        """Answers with what `query` finds."""
        async with self.pool.acquire() as con:
            answer = await query(con, self.by, *args)
        return Ready(answer.body, answer.all_headers())


@dataclass(frozen=True, slots=True)
class Write:
    """A request that writes, from a caller who may; committed before the answer leaves."""

    pool: asyncpg.Pool
    by: By
    key: Key
    dry_run: bool
    idempotency_key: str | None
    fingerprint: bytes

    async def __call__(self, command: Command, *args: object) -> Response:
        """Runs `command`, again when another write or a migration got in between.

        Raises Conflict while the same Idempotency-Key is at work or collisions do not end,
        Unprocessable when that key came with another request.
        """
        for more in reversed(range(_TRIES)):
            try:
                async with self.pool.acquire() as con:
                    return await self._run(con, command, args)
            except COLLISION:
                continue
            except REPLACED:
                if not more:
                    raise
        msg = "Other writes to the same things kept getting in between; try again."
        raise Conflict(msg)

    async def _run(self, con: Connection, command: Command, args: tuple[Any, ...]) -> Response:
        if self.dry_run:
            return await self._rehearse(con, command, args)
        if self.idempotency_key is not None:
            return await self._run_once(con, command, args)
        answer = await command(con, self.by, *args)
        return Ready(answer.body, answer.all_headers())

    async def _rehearse(self, con: Connection, command: Command, args: tuple[Any, ...]) -> Response:
        """The same write to the last check, then rolled back."""
        transaction = con.transaction()
        await transaction.start()
        try:
            answer = await command(con, self.by, *args)
        finally:
            await transaction.rollback()
        would = {"X-Looplane-Would": ", ".join(answer.events)}
        return Ready(answer.body, {**answer.all_headers(), **would})

    async def _run_once(self, con: Connection, command: Command, args: tuple[Any, ...]) -> Response:
        """The write and its stored answer in one transaction: both are there, or neither."""
        slot = (self.by.workspace_id, self.key.id, str(self.idempotency_key))
        async with con.transaction():
            claimed = await idempotency.claim(con, *slot)
            stored = await idempotency.get(con, *slot, self.by.now - LIFETIME)
            if stored is None and not claimed:
                msg = "A request with this Idempotency-Key is still running."
                raise Conflict(msg, headers={"Retry-After": "1"})
            if stored is not None:
                if stored["request_hash"] != self.fingerprint:
                    msg = "This Idempotency-Key was used for another request."
                    raise Unprocessable(msg)
                replayed = {**stored["headers"], "Idempotent-Replayed": "true"}
                return Ready(stored["body"], replayed)
            answer = await command(con, self.by, *args)
            headers = answer.all_headers()
            await idempotency.insert(
                con, *slot, self.fingerprint, headers, answer.body, self.by.now
            )
        return Ready(answer.body, headers)


# How long a stored answer is given again.
LIFETIME = timedelta(hours=24)


def fingerprint(method: str, target: bytes, body: bytes) -> bytes:
    """What makes two requests the same."""
    return hashlib.sha256(b"\n".join((method.encode(), target, body))).digest()
