"""What a connection is, and what it costs."""

from typing import Any

import asyncpg
import pytest

from looplane.kit.database import (
    SESSION_SETTINGS,
    Database,
)
from looplane.kit.pooler import Pooling
from tests.database.waiting import opened

MEANT = dict(SESSION_SETTINGS)


async def test_the_settings_are_in_force(dsn: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(SESSION_SETTINGS, "lock_timeout", MEANT["lock_timeout"])
    said = {"lock_timeout": "2s", "statement_timeout": "15s", "jit": "off"}
    said |= {"idle_in_transaction_session_timeout": "30s"}
    said |= {"plan_cache_mode": "force_generic_plan", "TimeZone": "UTC"}
    async with opened(dsn) as database:
        assert database.pooling is Pooling.NONE
        for turn in (database.reading, database.writing, database.connected):
            async with turn() as con:
                for name, value in said.items():
                    assert await con.fetchval("select current_setting($1)", name) == value


async def test_nothing_is_said_to_the_server_beside_what_is_asked(
    database: Database, other: Any
) -> None:
    async with database.writing() as con:
        server = await con.fetchval("select pg_backend_pid() /* asked */")
    for turn in (database.reading, database.writing):
        async with turn() as con:
            assert con.get_server_pid() == server
    last = await other.fetchval("select query from pg_stat_activity where pid = $1", server)
    assert "/* asked */" in last


async def test_jsonb_is_json(database: Database) -> None:
    async with database.reading() as con:
        value = {"a": [1, None, "ä"]}
        assert await con.fetchval("select $1::jsonb", value) == value


async def test_a_statement_that_could_not_be_run_is_over(database: Database, other: Any) -> None:
    """Else its time limit, which the server has begun, ends the next one instead."""
    process = await backend_after_a_value_without_encoding(database)
    state = "select state from pg_stat_activity where pid = $1"
    assert await other.fetchval(state, process) == "idle"


async def backend_after_a_value_without_encoding(database: Database) -> int:
    async with database.reading() as con:
        process: int = con.get_server_pid()
    with pytest.raises(asyncpg.DataError):
        async with database.reading() as con:
            await con.fetchval("select $1::int", 2**40)
    return process
