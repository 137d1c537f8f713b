"""Completing or canceling a project or an issue names the threads that asked for it."""

from collections.abc import AsyncIterator
from itertools import count
from typing import Any
from uuid import UUID

import httpx
import pytest

from looplane.scores.sql import MAX_NAMED_THREADS
from tests.conftest import SteppedClock, Workspace
from tests.factory import Factory
from tests.interleaving import Stage, SteppedDatabase, set_stage, stepped_database
from tests.witness import events_of

NOUNS = ("project", "issue")


async def _moves(client: httpx.AsyncClient, noun: str) -> dict[str, dict[str, str]]:
    """The body that moves a thing to a state, by the state's type."""
    if noun == "project":
        return {kind: {"state": kind} for kind in ("started", "completed", "canceled")}
    team = (await client.get("/me")).json()["default_linear_team_id"]
    asked = {"team_id": team}
    states = (await client.get("/issues/workflow-states", params=asked)).json()["data"]
    return {row["type"]: {"state_id": row["id"]} for row in states}


async def _made(make: Factory, noun: str) -> str:
    return str((await {"project": make.project, "issue": make.issue}[noun]())["id"])


async def _link(client: httpx.AsyncClient, noun: str, id: str, thread: str) -> httpx.Response:
    return await client.post(f"/threads/{thread}/customer-needs", json={f"{noun}_ids": [id]})


@pytest.mark.parametrize("noun", NOUNS)
async def test_the_end_of_a_thing_names_who_asked_for_it(
    client: httpx.AsyncClient, make: Factory, db: Any, noun: str
) -> None:
    id, other = await _made(make, noun), await _made(make, noun)
    moves = await _moves(client, noun)
    threads = [(await make.thread())["id"] for _ in range(5)]
    needs = [(await _link(client, noun, id, each)).json()["data"][0] for each in threads[:4]]
    await _link(client, noun, other, threads[4])
    await client.delete(f"/threads/{threads[1]}/customer-needs/{needs[1]['id']}")
    await client.delete(f"/threads/{threads[2]}")
    path, asked = f"/{noun}s/{id}", [UUID(threads[0]), UUID(threads[3])]
    for kind in ("completed", "canceled", "started", "completed"):
        shown = (await client.patch(path, json=moves[kind])).json()
        told = await events_of(db, id)
        is_end = kind != "started"
        assert told[-1]["type"] == f"{noun}.{kind if is_end else 'updated'}"
        assert told[-1]["thread_ids"] == (asked if is_end else None)
        assert (told[-1]["data"], shown["thread_count"]) == (shown, 2)
    named = [each for each in told if each["thread_ids"] is not None]
    assert [each["type"] for each in named] == [
        f"{noun}.{kind}" for kind in ("completed", "canceled", "completed")
    ]
    count_before = len(told)
    # It has ended already.
    for body in (moves["completed"], {"is_visible": True}):
        await client.patch(path, json=body)
    assert [e["type"] for e in (await events_of(db, id))[count_before:]] == [f"{noun}.updated"]
    await client.patch(f"/{noun}s/{other}", json=moves["completed"])
    assert (await events_of(db, other))[-1]["thread_ids"] == [UUID(threads[4])]


@pytest.mark.parametrize("noun", NOUNS)
async def test_what_nobody_asked_for_ends_for_nobody(
    client: httpx.AsyncClient, make: Factory, db: Any, noun: str
) -> None:
    id, moves = await _made(make, noun), await _moves(client, noun)
    await client.patch(f"/{noun}s/{id}", json=moves["canceled"])
    assert (await events_of(db, id))[-1]["thread_ids"] == []


@pytest.mark.parametrize("noun", NOUNS)
async def test_of_very_many_threads_the_oldest_are_named_and_all_are_counted(
    client: httpx.AsyncClient, make: Factory, db: Any, workspace: Workspace, noun: str
) -> None:
    id, moves, many = await _made(make, noun), await _moves(client, noun), MAX_NAMED_THREADS + 2
    await db.execute(
        f"with t as (insert into threads (workspace_id, id, text, pain_level, origin, state,"
        f" created_at, updated_at) select $1, gen_random_uuid(), 'x', 'LOW', 'api', 'new', now(),"
        f" now() from generate_series(1, $3) returning id)"
        f" insert into customer_needs (workspace_id, id, thread_id, {noun}_id, created_at,"
        f" updated_at) select $1, gen_random_uuid(), t.id, $2, now(), now() from t",
        workspace.id,
        UUID(id),
        many,
    )
    await client.patch(f"/{noun}s/{id}", json=moves["completed"])
    told = (await events_of(db, id))[-1]
    ids = await db.fetch("select id from threads where workspace_id = $1 order by id", workspace.id)
    assert told["thread_ids"] == [row["id"] for row in ids][:MAX_NAMED_THREADS]
    assert told["data"]["thread_count"] == many
    rows, asked = 0, {f"{noun}_id": id, "limit": "200"}
    while True:
        page = (await client.get("/threads", params=asked)).json()
        rows += len(page["data"])
        if not page["page"]["has_more"]:
            break
        asked["cursor"] = page["page"]["cursor"]
    assert rows == many


@pytest.fixture(scope="module")
async def stepped(dsn: str, database: object) -> AsyncIterator[SteppedDatabase]:
    async with stepped_database(dsn) as opened:
        yield opened


@pytest.fixture
async def stage(
    stepped: SteppedDatabase, clock: SteppedClock, make: Factory, workspace: Workspace
) -> AsyncIterator[Stage]:
    async with set_stage(stepped, clock, make, workspace) as stage:
        yield stage


@pytest.mark.parametrize("noun", NOUNS)
async def test_a_thread_that_asks_meanwhile_is_named_if_it_counts(stage: Stage, noun: str) -> None:
    moves = await _moves(stage.second, noun)
    named: set[int] = set()
    for step in count():
        id, thread = await _made(stage.world.make, noun), (await stage.world.make.thread())["id"]

        def end(id: str = id) -> Any:
            return stage.first.patch(f"/{noun}s/{id}", json=moves["completed"])

        def ask(id: str = id, thread: str = thread) -> Any:
            return _link(stage.second, noun, id, thread)

        met = await stage.meet(end, ask, step=step)
        if not met.rivals:
            break
        assert met.statuses == (200, 200)
        told = (await events_of(stage.watch, id))[-1]
        assert told["type"] == f"{noun}.completed"
        assert len(told["thread_ids"]) == told["data"]["thread_count"]
        named.add(len(told["thread_ids"]))
    assert named == {0, 1}
