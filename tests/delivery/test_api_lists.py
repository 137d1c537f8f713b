"""GET /deliveries, and the attempts at one."""

from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import httpx
import pytest

from looplane.deliveries.mending.sql import find
from looplane.deliveries.schemas import DeliveryQuery
from looplane.deliveries.sql import LISTING, conditions_of
from looplane.erasure.commands import erase_contact
from looplane.kit.clock import iso, system_clock
from looplane.kit.context import Context
from looplane.kit.database import connected as connected_to
from looplane.kit.migrate import migrate
from looplane.kit.principal import Principal
from looplane.tables import MIGRATIONS
from tests.conftest import SteppedClock, Workspace
from tests.databases import empty_database
from tests.delivery.mending import DELIVERED, FAILED, Answering, planned
from tests.delivery.planned import plan
from tests.dispatch import deliver_due
from tests.factory import Factory
from tests.test_event_feed_plans import Crowd, nodes
from tests.witness import faults, version

pytestmark = pytest.mark.usefixtures("quiet")
SECOND = timedelta(seconds=1)


async def listed(client: httpx.AsyncClient, **params: str) -> list[str]:
    answer = await client.get("/deliveries", params=params)
    assert answer.status_code == httpx.codes.OK, answer.text
    return [each["id"] for each in answer.json()["data"]]


async def test_each_filter(
    client: httpx.AsyncClient, make: Factory, db: Any, workspace: Workspace, clock: SteppedClock
) -> None:
    dead = await planned(client, db, workspace.id, clock, "dead", "b@mail.example")
    canceled = await planned(client, db, workspace.id, clock, "canceled", "b@mail.example")
    clock.step(SECOND)
    done = await planned(client, db, workspace.id, clock, "delivered")
    clock.step(SECOND)
    thread = await make.thread()
    message = await make.message(thread["id"])
    clock.step(SECOND)
    (answer,) = await listed(client, thread_id=thread["id"])
    hook = str(await plan(db, workspace.id, clock(), "hook", queue="hook"))
    everything = [hook, answer, done, canceled, dead]
    assert sorted(await listed(client)) == sorted(everything)
    assert (await listed(client))[:3] == [hook, answer, done]
    assert await listed(client, channel="webhook") == [hook]
    assert sorted(await listed(client, target="b@mail.example")) == sorted([dead, canceled])
    assert await listed(client, target="B@mail.example") == []
    assert await listed(client, kind="message") == [answer]
    assert await listed(client, state="dead") == [dead]
    assert await listed(client, state="delivered") == [done]
    assert await listed(client, state="queued") == [hook, answer]
    assert await listed(client, state="canceled", target="b@mail.example") == [canceled]
    shown = (await client.get(f"/deliveries/{answer}")).json()
    assert shown["subject_id"] == message["id"]
    assert await listed(client, event_id=shown["event_id"]) == [answer]
    moment = shown["created_at"]
    assert await listed(client, created_after=moment) == [hook]
    assert sorted(await listed(client, created_before=moment)) == sorted([done, canceled, dead])
    for nowhere in ("x", str(uuid4()), "evt_x", "evt_" + "0" * 32):
        assert await listed(client, thread_id=nowhere) == []
        assert await listed(client, event_id=nowhere) == []


async def test_pages_go_through_all(
    client: httpx.AsyncClient, db: Any, workspace: Workspace, clock: SteppedClock
) -> None:
    ids = [str(await plan(db, workspace.id, clock(), f"{n}@a.b")) for n in range(5)]
    await plan(db, workspace.id, clock(), "hook", queue="hook")
    found, params = [], {"limit": "2", "channel": "email"}
    while True:
        page = (await client.get("/deliveries", params=params)).json()
        found += [each["id"] for each in page["data"]]
        if (cursor := page["page"]["cursor"]) is None:
            break
        params = {"limit": "2", "cursor": cursor}
        # What comes meanwhile is on no later page.
        await plan(db, workspace.id, clock() + SECOND, f"new{len(found)}@a.b")
    assert sorted(found) == sorted(ids)
    other = await client.get("/deliveries", params={"cursor": "broken"})
    assert other.json()["code"] == "unprocessable"


async def test_those_of_a_deleted_thread_stay(client: httpx.AsyncClient, make: Factory) -> None:
    thread = await make.thread()
    await make.message(thread["id"])
    (id,) = await listed(client, thread_id=thread["id"], kind="message")
    await client.delete(f"/threads/{thread['id']}")
    assert await listed(client, thread_id=thread["id"], kind="message") == [id]
    assert (await client.get(f"/deliveries/{id}")).status_code == httpx.codes.OK


@pytest.mark.parametrize(
    "params",
    [
        {"state": "planned"}, {"state": "failed"}, {"channel": "fax"}, {"kind": ""}, {"target": ""},
        {"target": "x" * 1001}, {"created_after": "yesterday"}, {"limit": "0"}, {"limit": "201"},
        {"target": "a\0b"}, {"thread_id": "x" * 256},
    ],
)  # fmt: skip
async def test_what_no_filter_takes(client: httpx.AsyncClient, params: dict[str, str]) -> None:
    assert len(faults(await client.get("/deliveries", params=params))) == 1


async def test_the_attempts_at_one(
    client: httpx.AsyncClient, db: Any, workspace: Workspace, clock: SteppedClock
) -> None:
    id = await planned(client, db, workspace.id, clock, "waiting")
    before = await client.get(f"/deliveries/{id}")
    await client.post(f"/deliveries/{id}/retry", json={})
    clock.step(SECOND)
    await deliver_due(db, clock, {"email": Answering(DELIVERED)})
    after = await client.get(f"/deliveries/{id}")
    assert version(after) > version(before)
    path, now = f"/deliveries/{id}/attempts", iso(clock())
    page = (await client.get(path)).json()
    second, first = page["data"]
    assert second == {
        "number": 2, "started_at": now, "ended_at": now, "outcome": "delivered", "reason": None,
        "request": None, "answer": {"status": 250},
    }  # fmt: skip
    assert (first["number"], first["outcome"], first["reason"]) == (1, "failed", FAILED.reason)
    one = (await client.get(path, params={"limit": "1"})).json()
    assert one["data"] == [second]
    rest = (await client.get(path, params={"cursor": one["page"]["cursor"]})).json()
    assert (rest["data"], rest["page"]["has_more"]) == ([first], False)


_KEEP = """
insert into delivery_attempts (workspace_id, delivery_id, number, started_at, ended_at, outcome,
  reason, request, answer)
select workspace_id, id, 1, $2, $2, 'failed', $3, $4, $5 from deliveries where id = $1"""


async def test_of_an_erased_contact_no_attempt_says_anything(
    client: httpx.AsyncClient, make: Factory, db: Any, workspace: Workspace, clock: SteppedClock
) -> None:
    thread = await make.thread()
    await make.message(thread["id"])
    (id,) = await listed(client, thread_id=thread["id"], kind="message")
    other = await planned(client, db, workspace.id, clock, "waiting", "other@mail.example")
    for each in (id, other):
        values = (clock(), "No.", {"to": thread["contact"]["email"]}, {"text": "No."})
        await db.execute("delete from delivery_attempts where delivery_id = $1", UUID(each))
        await db.execute(_KEEP, UUID(each), *values)
    context = Context(Principal(workspace.id, "rule", rule="test"), clock, "test")
    await erase_contact(db, context, thread["contact"]["id"])
    said = []
    for each in (id, other):
        (kept,) = (await client.get(f"/deliveries/{each}/attempts")).json()["data"]
        said.append([kept[name] for name in ("outcome", "reason", "request", "answer")])
    assert said[0] == ["failed", None, None, None]
    assert None not in said[1]
    shown = (await client.get(f"/deliveries/{id}")).json()
    assert (shown["state"], shown["target"]) == ("canceled", f"erased-{id}")


# How much is read

ROWS = 20_000
_FILL = f"""
insert into deliveries (workspace_id, id, event_id, event_type, kind, channel, target, subject_id,
  thread_id, queue, state, is_routed, created_at, updated_at, next_attempt_at)
select $1, gen_random_uuid(), gen_random_uuid(), 'thread.updated',
  case when n % 4000 = 7 then 'invite' else 'event' end,
  case when n % 4000 = 7 then 'email' else 'webhook' end,
  case when n % 4000 = 9 then 'rare' else 'often' end, gen_random_uuid(), null, 'often',
  case when n % 4000 = 1 then 'dead' when n % 4000 = 2 then 'failed'
    when n % 4000 = 3 then 'canceled' when n % 4000 = 4 then 'queued' else 'delivered' end,
  n % 4000 = 4, m, m, case when n % 4000 = 4 then m end
from generate_series(1, {ROWS}) n, lateral (select now() - n * interval '1 min' as m) t"""


@pytest.fixture(scope="module")
async def crowd(dsn: str) -> AsyncIterator[Crowd]:
    async with empty_database(dsn) as url, connected_to(url) as con:
        await migrate(con, MIGRATIONS)
        workspace_id = uuid4()
        await con.execute(
            "insert into workspaces (id, name, created_at) values ($1, 'W', now())", workspace_id
        )
        await con.execute(_FILL, workspace_id)
        await con.execute("vacuum analyze deliveries")
        yield Crowd(con, workspace_id, uuid4())


@pytest.mark.parametrize(
    "sent",
    [
        {}, {"state": "dead"}, {"state": "queued"}, {"state": "canceled"}, {"state": "delivered"},
        {"kind": "invite"}, {"channel": "email"}, {"target": "rare"}, {"thread_id": str(uuid4())},
        {"event_id": f"evt_{uuid4().hex}"}, {"state": "dead", "channel": "webhook"},
        {"created_before": "2026-11-20T00:00:00Z"}, {"created_after": "2026-11-20T00:00:00Z"},
        {"target": "often", "created_before": "2026-11-20T00:00:00Z"},
    ],
    ids=str,
)  # fmt: skip
async def test_each_filter_reads_a_range(crowd: Crowd, sent: dict[str, str]) -> None:
    query = DeliveryQuery.model_validate_strings({"limit": "50", **sent})
    context = Context(Principal(crowd.workspace_id, "rule", rule="test"), system_clock, "test")
    conditions = conditions_of(context, query.model_dump(), query.state)
    await assert_is_range(crowd, LISTING.ask(conditions, query), conditions.values)


@pytest.mark.parametrize(
    "sent", [{"channel": "webhook"}, {"target": "rare"}, {"kind": "event"}], ids=str
)
@pytest.mark.parametrize("state", ["dead", "queued"])
async def test_what_is_mended_is_a_range(crowd: Crowd, sent: dict[str, str], state: str) -> None:
    context = Context(Principal(crowd.workspace_id, "rule", rule="test"), system_clock, "test")
    conditions = conditions_of(context, sent, state)
    await assert_is_range(crowd, find(conditions, 501), conditions.values)


async def assert_is_range(crowd: Crowd, statement: str, values: list[Any]) -> None:
    plan = await crowd.plan(statement, values)
    scans = [each for each in nodes(plan) if each.get("Relation Name") == "deliveries"]
    read = sum(
        (each["Actual Rows"] + each.get("Rows Removed by Filter", 0)) * each["Actual Loops"]
        for each in scans
    )
    assert scans
    assert {each["Node Type"] for each in scans} <= {"Index Scan", "Bitmap Heap Scan"}
    assert read <= 300, plan
