"""What is sent to a webhook once more: the same bytes, and what it never was told of."""

from datetime import timedelta
from typing import Any
from uuid import UUID

import httpx
import pytest

from looplane.kit.clock import iso
from looplane.kit.ids import new_id
from looplane.webhooks.replay import commands
from looplane.webhooks.rules import spell_event
from tests.conftest import SteppedClock
from tests.factory import Factory
from tests.witness import events_of, faults

SECOND = timedelta(seconds=1)
FIND = """
select d.*, b.body from deliveries d
left join event_bodies b on b.workspace_id = d.workspace_id and b.event_id = d.event_id
where d.target = $1 order by d.seq"""


async def replay(client: httpx.AsyncClient, webhook: dict[str, Any], **body: Any) -> dict[str, Any]:
    answer = await client.post(f"/webhooks/{webhook['id']}/replay", json=body)
    assert answer.status_code == httpx.codes.OK, answer.text
    return dict(answer.json())


async def end(db: Any, webhook: dict[str, Any], state: str = "delivered") -> None:
    """As if all that was queued had left."""
    await db.execute(
        "update deliveries set state = $2, next_attempt_at = null, attempts = attempts + 1,"
        " tries = tries + 1, is_routed = true where target = $1",
        webhook["id"],
        state,
    )


async def ids_of(db: Any, *subjects: str) -> list[str]:
    return [spell_event(each["id"]) for each in await events_of(db, *subjects)]


async def test_events_that_it_never_was_told_of(
    client: httpx.AsyncClient, make: Factory, db: Any
) -> None:
    thread = await make.thread(title="One")
    await client.patch(f"/threads/{thread['id']}", json={"title": "Two", "status": "done"})
    webhook = await make.webhook(events=["tag.created"])
    events = await events_of(db, thread["id"])
    told = await replay(client, webhook, event_ids=[spell_event(each["id"]) for each in events])
    assert told == {"id": webhook["id"], "replayed": len(events), "waiting": 0, "cursor": None}
    rows = await db.fetch(FIND, webhook["id"])
    assert [row["event_id"] for row in rows] == [each["id"] for each in events]
    for row, event in zip(rows, events, strict=True):
        data = await db.fetchval("select $1::text", event["resource"])
        expected = (
            f'{{"id":"{spell_event(event["id"])}","type":"{event["type"]}",'
            f'"created_at":"{iso(event["created_at"])}","data":{data}}}'
        )
        assert row["body"].decode() == expected
        assert (row["kind"], row["queue"], row["lane"]) == (
            "event",
            webhook["id"],
            event["aggregate_id"],
        )
        assert (row["thread_id"], row["is_routed"]) == (UUID(thread["id"]), False)
    # Now they wait, and stay as they are.
    again = await replay(client, webhook, event_ids=[spell_event(events[0]["id"])])
    assert (again["replayed"], again["waiting"]) == (0, 1)


async def test_deliveries_leave_once_more_in_their_order(
    client: httpx.AsyncClient, make: Factory, db: Any
) -> None:
    thread, webhook = await make.thread(), await make.webhook()
    for title in ("a", "b"):
        await client.patch(f"/threads/{thread['id']}", json={"title": title})
    await replay(client, webhook, event_ids=await ids_of(db, thread["id"]))
    before = await db.fetch(FIND, webhook["id"])
    await end(db, webhook, "dead")
    ids = [str(row["id"]) for row in before]
    told = await replay(client, webhook, delivery_ids=ids[::-1])
    assert told["replayed"] == 3
    after = await db.fetch(FIND, webhook["id"])
    for old, new in zip(before, after, strict=True):
        same = ("id", "event_id", "body", "lane", "thread_id", "created_at", "event_type")
        assert [old[name] for name in same] == [new[name] for name in same]
        assert (new["state"], new["attempts"], new["tries"]) == ("queued", 1, 0)
        assert (new["is_routed"], new["seq"] > old["seq"]) == (False, True)
    (event,) = [
        each for each in await events_of(db, webhook["id"]) if each["type"] == "webhook.replayed"
    ][-1:]
    assert event["after"] == {"replayed": 3}


async def test_the_bytes_are_those_of_the_first_time(
    client: httpx.AsyncClient, make: Factory, db: Any, clock: SteppedClock
) -> None:
    tag, webhook = await make.tag(), await make.webhook()
    (id,) = await ids_of(db, tag["id"])
    await replay(client, webhook, event_ids=[id])
    await db.execute("update event_bodies set body = 'kept' where event_id = $1", UUID(id[4:]))
    await end(db, webhook)
    assert (await replay(client, webhook, event_ids=[id]))["replayed"] == 1
    (row,) = await db.fetch(FIND, webhook["id"])
    assert row["body"] == b"kept"


async def test_a_span_by_the_patterns_of_the_webhook(
    client: httpx.AsyncClient, make: Factory, db: Any, clock: SteppedClock
) -> None:
    start = clock()
    made = []
    for _ in range(4):
        clock.step(SECOND)
        made.append((await make.tag(), clock.now))
    webhook = await make.webhook(events=["tag.*", "thread.created"])
    await make.thread()
    span = {"created_after": iso(made[0][1]), "created_before": iso(made[3][1])}
    assert (await replay(client, webhook, **span))["replayed"] == 2
    rows = await db.fetch(FIND, webhook["id"])
    assert [str(row["subject_id"]) for row in rows] == [made[1][0]["id"], made[2][0]["id"]]
    clock.step(SECOND)
    rest = await replay(client, webhook, created_after=iso(start))
    assert (rest["replayed"], rest["waiting"]) == (3, 2)


async def test_a_span_may_begin_before_there_were_ids(
    client: httpx.AsyncClient, make: Factory, clock: SteppedClock
) -> None:
    await make.tag()
    webhook = await make.webhook(events=["tag.*"])
    clock.step(SECOND)
    for start in ("1900-01-01T00:00:00Z", "0001-01-01T00:00:00Z"):
        told = await replay(client, webhook, created_after=start)
        assert told["replayed"] + told["waiting"] == 1


async def test_a_long_span_comes_in_parts(
    client: httpx.AsyncClient,
    make: Factory,
    db: Any,
    clock: SteppedClock,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(commands, "MAX_REPLAYED", 2)
    start = iso(clock())
    clock.step(SECOND)
    tags = [await make.tag() for _ in range(5)]
    clock.step(SECOND)
    webhook, counts = await make.webhook(events=["tag.*"]), []
    cursor: dict[str, str] = {}
    while True:
        told = await replay(client, webhook, created_after=start, **cursor)
        counts.append(told["replayed"])
        if told["cursor"] is None:
            break
        cursor = {"cursor": told["cursor"]}
    assert counts == [2, 2, 1]
    rows = await db.fetch(FIND, webhook["id"])
    assert [str(row["subject_id"]) for row in rows] == [each["id"] for each in tags]
    broken = await client.post(
        f"/webhooks/{webhook['id']}/replay", json={"created_after": start, "cursor": "x"}
    )
    assert broken.json()["code"] == "unprocessable"


async def test_what_is_not_there_is_named_and_nothing_is_sent(
    client: httpx.AsyncClient, make: Factory, db: Any
) -> None:
    webhook, other, tag = await make.webhook(), await make.webhook(), await make.tag()
    ping = (await client.post(f"/webhooks/{other['id']}/ping")).json()
    private = await make.view(is_shared=False)
    (own,) = await ids_of(db, private["id"])
    (known,) = await ids_of(db, tag["id"])
    path = f"/webhooks/{webhook['id']}/replay"
    events = [known, own, ping["event_id"], spell_event(new_id()), known.upper(), "evt_", "x" * 36]
    assert faults(await client.post(path, json={"event_ids": events})) == [
        f"event_ids.{i}" for i in range(1, 7)
    ]
    deliveries = [ping["id"], str(new_id()), "x"]
    assert faults(await client.post(path, json={"delivery_ids": deliveries})) == [
        f"delivery_ids.{i}" for i in range(3)
    ]
    assert await db.fetch(FIND, webhook["id"]) == []


@pytest.mark.parametrize(
    "body",
    [
        {}, {"created_before": "2026-01-31T09:30:00Z"},
        {"cursor": "x"}, {"event_ids": ["x"] * 201}, {"event_ids": [], "cursor": "x"},
    ],
)  # fmt: skip
async def test_what_is_to_be_sent_must_be_said(
    client: httpx.AsyncClient, make: Factory, body: dict[str, Any]
) -> None:
    webhook = await make.webhook()
    assert len(faults(await client.post(f"/webhooks/{webhook['id']}/replay", json=body))) == 1


async def test_another_workspace_has_no_such_events(
    client: httpx.AsyncClient, make: Factory, stranger: httpx.AsyncClient, db: Any
) -> None:
    tag = await make.tag()
    ids = await ids_of(db, tag["id"])
    made = (
        await stranger.post("/webhooks", json={"url": "https://a.example/", "events": ["*"]})
    ).json()
    answer = await stranger.post(f"/webhooks/{made['id']}/replay", json={"event_ids": ids})
    assert faults(answer) == ["event_ids.0"]
