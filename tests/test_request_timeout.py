"""A request has its time limits, whatever it is that takes so long."""

import asyncio
from typing import Any

import httpx
import pytest

from looplane.kit import operation
from looplane.kit.database import open_database
from looplane.kit.errors import Unavailable
from looplane.kit.html_cleaner import HtmlCleaner
from tests.factory import Factory
from tests.processes import PATIENCE


async def test_what_no_limit_of_the_database_ends_is_given_up(
    client: httpx.AsyncClient, make: Factory, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def clean_for_ever(*_: Any) -> str:
        await asyncio.sleep(20)
        return "<p>too late</p>"

    thread = await make.thread()
    path = f"/threads/{thread['id']}"
    with monkeypatch.context() as patched:
        patched.setattr(HtmlCleaner, "clean", clean_for_ever)
        patched.setattr(operation, "REQUEST_TIMEOUT", 0.2)
        answer = await client.patch(path, json={"text": "<p>hello</p>"})
    assert (answer.status_code, answer.json()["code"]) == (503, "unavailable")
    assert answer.headers["retry-after"] == "1"
    assert (await client.get(path)).json()["text"] == thread["text"]


async def test_who_waits_for_a_connection_is_told_so_before_long(
    dsn: str, database: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened = await open_database(dsn, 2)
    async with opened.reading(), opened.reading():
        monkeypatch.setattr("looplane.kit.database.ACQUIRE_TIMEOUT", 0.2)
        # Not a measure: without a limit of its own it waits for ever.
        async with asyncio.timeout(PATIENCE / 6):
            with pytest.raises(Unavailable):
                await opened.reading().__aenter__()
    await opened.pool.close()
