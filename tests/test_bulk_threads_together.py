"""Bulk writes beside others: at the same instant, of locked rows, twice, and too many."""

import asyncio
from collections import Counter
from typing import Any
from uuid import UUID

import httpx
import pytest

from looplane.kit import parts
from looplane.kit.config import Settings
from looplane.kit.database import Database, open_database
from looplane.kit.ids import new_id
from looplane.main import create_app
from tests.conftest import SteppedClock, Workspace, connected
from tests.factory import Factory
from tests.instances import instances
from tests.processes import come_about
from tests.test_bulk_threads import PATH, code, made, statuses
from tests.test_late_failures import refusing
from tests.unlimited import UNLIMITED
from tests.witness import events_of, everything

LOCK = "select from threads where id = $1 for update"


async def test_two_at_once_lose_no_tag(
    dsn: str, make: Factory, workspace: Workspace, db: Any, clock: SteppedClock
) -> None:
    ids, tags = await made(make, 25), [(await make.tag())["id"] for _ in range(6)]
    async with (
        instances(dsn, clock) as app,
        connected(app, workspace.key) as client,
    ):
        changes: list[dict[str, Any]] = [{"add_tag_ids": [tag]} for tag in tags[:4]]
        changes += [{"remove_tag_ids": [tags[4]], "title": "T"}, {"add_tag_ids": [tags[5]]}]
        both = [client.post(PATH, json={"ids": ids, "update": each}) for each in changes[:3]]
        both += [client.post(PATH, json={"ids": ids[::-1], "update": each}) for each in changes[3:]]
        answers = await asyncio.gather(*both)
    assert [set(statuses(each)) for each in answers] == [{"updated"}] * 6
    for id in ids:
        thread = (await make.client.get(f"/threads/{id}")).json()
        assert {each["id"] for each in thread["tags"]} == {*tags[:4], tags[5]}
        assert thread["title"] == "T"
        told = await events_of(db, id)
        told.sort(key=lambda each: each["version"])
        assert list(dict.fromkeys(each["version"] for each in told)) == [*range(1, 8)]


async def test_a_held_row_fails_and_no_other(
    client: httpx.AsyncClient, make: Factory, dsn: str, db: Any
) -> None:
    ids = await made(make, 8)
    async with db.transaction():
        await db.execute(LOCK, UUID(ids[3]))
        answer = await client.post(PATH, json={"ids": ids, "update": {"title": "T"}})
    assert statuses(answer) == [*["updated"] * 3, "failed", *["updated"] * 4]
    assert code(answer.json()["data"][3]) == "unavailable"
    again = await client.post(PATH, json={"ids": ids, "update": {"title": "T"}})
    assert Counter(statuses(again)) == {"updated": 1, "unchanged": 7}


async def test_each_is_announced_when_it_is_committed(
    database: Database,
    make: Factory,
    db: Any,
    workspace: Workspace,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    ids = await made(make, 8)
    noted: list[UUID] = []
    monkeypatch.setattr("looplane.main.Hints.note", lambda _, id: noted.append(id))
    app = create_app(database, UNLIMITED)
    sent = {"ids": ids, "update": {"title": "T"}}
    async with connected(app, workspace.key) as caller:
        await caller.post(PATH, json=sent, params={"dry_run": "true"})
        assert noted == []
        async with db.transaction():
            await db.execute(LOCK, UUID(ids[0]))
            late = asyncio.create_task(caller.post(PATH, json=sent))
            await come_about(lambda: len(noted) == len(ids) - 1)
            assert not late.done()
            late.cancel()  # its caller has hung up
            await asyncio.wait([late])
    await app.aclose()
    assert {*noted} == {workspace.id}


async def test_what_nobody_foresaw_fails_alone(
    client: httpx.AsyncClient, make: Factory, db: Any, workspace: Workspace
) -> None:
    ids = await made(make, 4)
    async with refusing(db, "events", workspace.id, where=f"new.subject_id = '{ids[1]}'"):
        answer = await client.post(PATH, json={"ids": ids, "update": {"title": "T"}})
    assert statuses(answer) == ["updated", "failed", "updated", "updated"]
    assert code(answer.json()["data"][1]) == "internal_error"
    assert "refused" not in answer.text
    assert (await client.get(f"/threads/{ids[1]}")).json()["title"] is None


async def test_a_collision_is_tried_again(
    client: httpx.AsyncClient, make: Factory, db: Any, workspace: Workspace
) -> None:
    ids = await made(make, 4)
    async with refusing(db, "events", workspace.id, code="40P01", times=3):
        answer = await client.post(PATH, json={"ids": ids, "update": {"title": "T"}})
    assert statuses(answer) == ["updated"] * 4


async def test_when_the_time_is_over_the_rest_is_not_begun(
    client: httpx.AsyncClient,
    make: Factory,
    db: Any,
    workspace: Workspace,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    ids = await made(make, 4)
    rows = await everything(db, workspace.id)
    sent = {"ids": ids, "update": {"title": "T"}}
    with monkeypatch.context() as patched:
        patched.setattr(parts, "SECONDS", 0.0)
        answer = await client.post(PATH, json=sent)
    assert statuses(answer) == ["failed"] * 4
    assert {code(each) for each in answer.json()["data"]} == {"unavailable"}
    assert await everything(db, workspace.id) == rows
    with monkeypatch.context() as patched:
        patched.setattr(parts, "_SECONDS_TO_END", 0.0)
        # For the other three, on a machine that is busy; and well before the database gives up.
        patched.setattr(parts, "SECONDS", 1.0)
        async with db.transaction():
            await db.execute(LOCK, UUID(ids[0]))
            answer = await client.post(PATH, json=sent)
    assert statuses(answer) == ["failed", *["updated"] * 3]
    assert "given up" in answer.json()["data"][0]["error"]["message"]
    assert statuses(await client.post(PATH, json=sent)) == ["updated", *["unchanged"] * 3]


async def test_many_held_rows_leave_turns_to_others(
    client: httpx.AsyncClient, make: Factory, db: Any
) -> None:
    ids, (free,) = await made(make, 12), await made(make, 1)
    async with db.transaction():
        await db.execute("select from threads where id = any ($1) for update", list(map(UUID, ids)))
        held = [
            asyncio.create_task(client.post(PATH, json={"ids": part, "update": {"title": "T"}}))
            for part in (ids[:6], ids[6:])
        ]
        await come_about(lambda: db.fetchval("select count(*) from pg_locks where not granted"))
        for number in range(5):
            answer = await client.patch(f"/threads/{free}", json={"title": f"{number}"})
            assert answer.status_code == httpx.codes.OK, answer.text
        assert not any(each.done() for each in held)
    for answer in await asyncio.gather(*held):
        assert {*statuses(answer)} <= {"updated", "failed"}


async def test_reads_do_not_grow_with_the_threads(
    client: httpx.AsyncClient, make: Factory, queries: Any
) -> None:
    ids, tag = await made(make, 24), await make.tag()
    change = {"add_tag_ids": [tag["id"]], "status": "done", "notify": {"email": True}}
    costs = []
    for part in (ids[:4], ids[4:]):
        await client.get("/me")  # the key is known for a second
        with queries() as seen:
            answer = await client.post(PATH, json={"ids": part, "update": change})
        assert statuses(answer) == ["updated"] * len(part)
        writes = [each for each in seen if "thread_update" in each]
        assert len(writes) == len(part)
        costs.append(len(seen) - len(writes))
    await client.get("/me")
    with queries() as seen:
        await client.post(PATH, json={"ids": ids, "update": change})
    assert costs == [2, 2], "what it names, and the threads"
    assert len(seen) == 3, "and what they look like"


async def test_a_key_is_for_one_and_what_is_done_is_answered_again(
    client: httpx.AsyncClient, make: Factory, db: Any, workspace: Workspace
) -> None:
    ids = await made(make, 6)
    sent = {"ids": ids, "update": {"title": "T"}}
    headers = {"Idempotency-Key": "bulk"}
    answers = await asyncio.gather(
        *(client.post(PATH, json=sent, headers=headers) for _ in range(10))
    )
    done = [each for each in answers if each.is_success]
    assert {each.status_code for each in answers} <= {200, 409}
    assert len({each.content for each in done}) == 1
    assert sum("idempotent-replayed" not in each.headers for each in done) == 1
    assert statuses(done[0]) == ["updated"] * 6
    rows = await everything(db, workspace.id)
    again = await client.post(PATH, json=sent, headers=headers)
    assert (again.content, again.headers["idempotent-replayed"]) == (done[0].content, "true")
    other = await client.post(PATH, json={**sent, "ids": ids[:5]}, headers=headers)
    assert other.status_code == httpx.codes.UNPROCESSABLE_ENTITY
    assert await everything(db, workspace.id) == rows


async def test_many_with_keys_do_not_starve_one_another(
    dsn: str, make: Factory, workspace: Workspace, clock: SteppedClock
) -> None:
    """Also where there are no more connections than one that reads and one that writes."""
    opened = await open_database(dsn, 2)
    app = create_app(opened, UNLIMITED, clock)
    ids = [await made(make, 3) for _ in range(6)]
    async with connected(app, workspace.key) as client:
        answers = await asyncio.gather(
            *(
                client.post(
                    PATH,
                    json={"ids": part, "update": {"title": "T"}},
                    headers={"Idempotency-Key": part[0]},
                )
                for part in ids
            )
        )
    await app.aclose()
    await opened.pool.close()
    assert [statuses(each) for each in answers] == [["updated"] * 3] * 6


async def test_each_fifty_cost_one(
    database: Database,
    make: Factory,
    db: Any,
    workspace: Workspace,
    one_minute: None,
) -> None:
    app = create_app(database, Settings(writes_per_minute=10))
    (id,) = await made(make, 1)
    headers = {"Idempotency-Key": "k"}

    def sent(count: int, **change: Any) -> dict[str, Any]:
        ids = [id, *(str(new_id()) for _ in range(count - 1))]
        return {"ids": ids, "update": change or {"title": f"{count}"}}

    def left(answer: httpx.Response) -> tuple[int, int]:
        return answer.status_code, int(answer.headers["x-ratelimit-remaining"])

    async with connected(app, await make.key()) as caller:
        first = sent(120)
        assert left(await caller.post(PATH, json=first, headers=headers)) == (200, 7)
        assert left(await caller.post(PATH, json=first, headers=headers)) == (200, 6)
        assert left(await caller.post(PATH, json=sent(500, tag_ids=["x"]))) == (400, 5)
        rows = await everything(db, workspace.id)
        late = await caller.post(PATH, json=sent(251))
        assert left(late) == (429, 4)
        assert late.headers["retry-after"] == "60"
        assert await everything(db, workspace.id) == rows
        assert left(await caller.post(PATH, json=sent(50))) == (200, 3)
        assert left(await caller.post(PATH, json=sent(51))) == (200, 1)
    async with connected(app, await make.key()) as caller:
        assert left(await caller.post(PATH, json=sent(500))) == (200, 0)
    await app.aclose()
    app = create_app(database, Settings(writes_per_minute=3))
    async with connected(app, await make.key()) as caller:
        assert left(await caller.post(PATH, json=sent(499))) == (200, 0), "no more than there are"
    await app.aclose()


async def test_one_token_takes_all_of_it_back(
    database: Database, make: Factory, db: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("looplane.main.INVERSES", {"thread.updated": None, "thread.tagged": None})
    app = create_app(database, UNLIMITED)
    ids, tag = await made(make), await make.tag()
    async with connected(app, await make.key()) as caller:
        tagged = await caller.post(PATH, json={"ids": ids, "update": {"add_tag_ids": [tag["id"]]}})
        same = await caller.post(PATH, json={"ids": ids, "update": {"add_tag_ids": [tag["id"]]}})
        done = await caller.post(PATH, json={"ids": ids, "update": {"status": "done"}})
    await app.aclose()
    writes = {str(each["write_id"]) for each in await events_of(db, *ids) if each["after"]}
    assert tagged.headers["x-looplane-undo"] in writes
    assert "x-looplane-undo" not in same.headers
    assert "x-looplane-undo" not in done.headers, "one type cannot be taken back"
