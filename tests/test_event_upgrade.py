"""Events as the first program wrote them, after the second migration."""

import json
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import httpx
import pytest

from looplane.kit.database import connected, open_database
from looplane.kit.ids import new_id
from looplane.kit.migrate import migrate
from looplane.kit.migrations import Migrations
from looplane.main import create_app
from looplane.tables import MIGRATIONS
from looplane.workspaces.commands import create_workspace
from tests import conftest
from tests.databases import empty_database
from tests.factory import Factory
from tests.unlimited import UNLIMITED
from tests.witness import events_of

FIRST, *_ = sorted(MIGRATIONS.files)
NOW = datetime(2026, 9, 30, 23, 59, 59, 987000, tzinfo=UTC)
THREAD, NEED, CONTACT = (new_id() for _ in range(3))
KEY, MEMBER = str(new_id()), str(new_id())
BY_KEY = {"type": "key", "id": KEY, "member_id": MEMBER}
BY_PROGRAM = {"type": "key", "id": KEY, "member_id": None}
BY_RULE = {"type": "rule", "id": "snooze"}
_DATA = {"id": str(THREAD), "title": 'Ä "by_field": <b>'}
# Type, subject, actor, before, after, notify, data: one row for each event, each with the whole.
ROWS: list[tuple[Any, ...]] = [
    ("thread.created", THREAD, BY_PROGRAM, None, None, [{"channel": "slack"}], _DATA),
    (
        "thread.updated",
        THREAD,
        BY_KEY,
        {"status": "open", "closed_loop": False, "last_snoozed_until": None, "title": None},
        {
            "status": "snoozed",
            "closed_loop": False,
            "last_snoozed_until": "2026-10-01T00:00:00Z",
            "title": '"by_field": x',
        },
        None,
        _DATA,
    ),
    ("thread.status_changed", THREAD, BY_RULE, {"status": "open"}, {"status": "done"}, None, _DATA),
    (
        "thread.updated",
        THREAD,
        BY_KEY,
        {"company_id": None, "contact_company_id": None},
        {"company_id": MEMBER, "contact_company_id": MEMBER},
        None,
        _DATA,
    ),
    (
        "thread.updated",
        THREAD,
        BY_KEY,
        {"customer_needs": {str(NEED): {"by_field": True, "priority": 0}}},
        {"customer_needs": {str(NEED): {"by_field": False, "priority": 2}}},
        None,
        _DATA,
    ),
    ("contact.updated", CONTACT, BY_KEY, {"name": "A"}, {"name": "B"}, None, {"id": str(CONTACT)}),
    (
        "customer_need.created",
        NEED,
        BY_KEY,
        None,
        None,
        None,
        {"id": str(NEED), "thread_id": str(THREAD), "issue_id": None},
    ),
]
_INSERT = """
insert into events (workspace_id, id, type, subject_id, actor, at, before, after, notify, data)
values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)"""


@pytest.fixture
async def upgraded(dsn: str) -> AsyncIterator[tuple[str, Any, list[UUID]]]:
    """The address of a database with the rows, a connection to it, and the ids of the events."""
    ids = [new_id() for _ in ROWS]
    async with empty_database(dsn) as url, connected(url) as con:
        await migrate(con, Migrations({FIRST: MIGRATIONS.files[FIRST]}, ()))
        workspace = new_id()
        await con.execute("insert into workspaces values ($1, 'Old', $2)", workspace, NOW)
        for number, (id, row) in enumerate(zip(ids, ROWS, strict=True)):
            at = NOW + timedelta(milliseconds=number)
            kind, subject, actor, *rest, data = row
            await con.execute(
                _INSERT, workspace, id, kind, subject, actor, at, *rest, json.dumps(data)
            )
        await migrate(con, MIGRATIONS)
        yield url, con, ids


async def test_old_events_say_the_same_in_the_new_words(
    upgraded: tuple[str, Any, list[UUID]],
) -> None:
    _, con, ids = upgraded
    rows = await con.fetch("select * from events order by position, id")
    assert [row["id"] for row in rows] == ids
    assert [row["type"] for row in rows] == [each[0] for each in ROWS]
    assert [row["subject_id"] for row in rows] == [each[1] for each in ROWS]
    assert [row["aggregate_id"] for row in rows] == [THREAD] * 5 + [CONTACT, THREAD]
    program = {"type": "program", "key_id": KEY, "rule": None}
    rule = {"type": "rule", "key_id": None, "member_id": None, "rule": "snooze"}
    actors = {
        "thread.created": {**program, "member_id": None},
        "thread.status_changed": rule,
    }
    for number, (row, (kind, _, _, *rest, data)) in enumerate(zip(rows, ROWS, strict=True)):
        assert row["actor"] == actors.get(kind, {**program, "member_id": MEMBER})
        assert row["created_at"] == NOW + timedelta(milliseconds=number)
        assert (row["position"], row["write_id"]) == (0, row["id"])
        assert (row["version"], row["cause"], row["data_event_id"]) == (None, None, None)
        assert json.loads(row["data"]) == data
        assert row["notify"] == rest[2]
        for side, was in (("before", rest[0]), ("after", rest[1])):
            ours = {"contact_company_id", "last_snoozed_until", "customer_needs"}
            kept = was and {name: value for name, value in was.items() if name not in ours}
            shown = row[side] and {k: v for k, v in row[side].items() if k != "customer_needs"}
            assert shown == kept
    told = rows[4]
    need = str(NEED)
    assert told["before"]["customer_needs"][need] == {"priority": 0}
    assert told["after"]["customer_needs"][need] == {"priority": 2}
    assert not await con.fetchval("select to_regclass('events_first')")


async def test_old_events_come_before_all_new_ones(
    upgraded: tuple[str, Any, list[UUID]], session_clock: conftest.SteppedClock
) -> None:
    url, con, ids = upgraded
    # A reader finds them all, and in their order.
    read = "select id from events where position < event_horizon() order by position, id"
    assert [row["id"] for row in await con.fetch(read)] == ids
    workspace = await create_workspace(con, "New", NOW)
    key = await Factory.insert_key(con, workspace, ["threads:write"], None)
    database = await open_database(url, 2)
    async with conftest.connected(
        create_app(database, UNLIMITED, session_clock), key["key"]
    ) as client:
        body = {"text": "new", "pain_level": "LOW", "contact_email": "new@mail.example"}
        made = await client.post("/threads", json=body)
        assert made.status_code == httpx.codes.OK
        told = (await events_of(con, made.json()["id"]))[0]
        assert told["position"] > 0
        after = [row["id"] for row in await con.fetch(read)]
        assert after[: len(ids)] == ids
        assert told["id"] in after[len(ids) :]
    await database.pool.close()


async def test_each_old_event_is_in_the_partition_of_its_month(
    upgraded: tuple[str, Any, list[UUID]],
) -> None:
    _, con, ids = upgraded
    places = await con.fetch("select tableoid::regclass::text as place, id from events")
    # The month of an id is that in which it was made, whatever the clock of the program said.
    made = {id: datetime.fromtimestamp((id.int >> 80) / 1000, UTC) for id in ids}
    months = {id: f"events_{moment:%Y_%m}" for id, moment in made.items()}
    assert {row["id"]: row["place"] for row in places} == months
    there = {row["name"] for row in await con.fetch(_PARTITIONS)}
    assert {"events_2026_09", *months.values(), "events_default"} <= there


_PARTITIONS = """
select inhrelid::regclass::text as name from pg_inherits where inhparent = 'events'::regclass"""
