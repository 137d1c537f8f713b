"""A bulk write that is killed half-way: sent again it does the rest, and nothing twice."""

import asyncio
from collections import Counter
from typing import Any
from uuid import UUID

import httpx
import pytest

from looplane.kit.database import connected
from tests.load import load_on
from tests.processes import BLOCKS, come_about, folder

LOCK = "select from threads where id = any ($1) for update"
TITLED = "select count(*) from threads where id = any ($1) and title = 'Once'"
ALL_TITLED = "select bool_and(title is not distinct from 'Once') from threads where id = any ($1)"
UPDATES = "select count(*) from events where subject_id = any ($1) and type = 'thread.updated'"


@pytest.mark.usefixtures("database")  # its tables
async def test_killed_half_way_and_sent_again(dsn: str) -> None:
    async with connected(dsn) as con, connected(dsn) as other:
        with folder() as place:
            process = await place.started("api", database_url=dsn)
            async with load_on(process.url, con) as load:
                made = [await _thread(load.client, number) for number in range(30)]
                ids = list(map(UUID, made))
                sent: dict[str, Any] = {
                    "json": {"ids": made, "update": {"title": "Once"}},
                    "headers": {"Idempotency-Key": "half"},
                }
                held = other.transaction()
                await held.start()
                # Four at a time wait for them, for two seconds each.
                await other.execute(LOCK, ids[10:])
                lost = asyncio.create_task(load.client.post("/threads/bulk", **sent))
                await come_about(lambda: other.fetchval(BLOCKS))
                # Those that were begun before the ones that are held come to their end.
                await come_about(lambda: con.fetchval(ALL_TITLED, ids[:10]))
                process.kill()
                with pytest.raises(httpx.TransportError):
                    await lost
                await held.rollback()
                half = await con.fetchval(TITLED, ids)
                assert 0 < half < len(ids)
                await place.restarted(process)
                answer = await load.client.post("/threads/bulk", **sent)
                assert answer.status_code == httpx.codes.OK, answer.text
                assert "idempotent-replayed" not in answer.headers
                done = Counter(each["status"] for each in answer.json()["data"])
                assert done["failed"] == 0
                assert 10 <= done["unchanged"] < len(ids)
                assert await con.fetchval(TITLED, ids) == len(ids)
                assert await con.fetchval(UPDATES, ids) == len(ids), "none was written twice"
                again = await load.client.post("/threads/bulk", **sent)
                assert again.headers["idempotent-replayed"] == "true"
                assert again.content == answer.content


async def _thread(client: httpx.AsyncClient, number: int) -> str:
    body = {"text": "x", "pain_level": "LOW", "contact_email": f"k{number}@mail.example"}
    answer = await client.post("/threads", json=body)
    assert answer.is_success, answer.text
    return str(answer.json()["id"])
