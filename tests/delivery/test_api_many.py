"""POST /deliveries/retry and /cancel: many at once, by ids or by a filter."""

import asyncio
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import httpx
import pytest

from looplane.deliveries.mending import commands
from looplane.kit.clock import iso
from tests.conftest import SteppedClock, Workspace
from tests.delivery.mending import DELIVERED, REFUSED, Answering, planned, state_of
from tests.delivery.planned import plan, states_of
from tests.dispatch import deliver_due
from tests.witness import everything, faults

pytestmark = pytest.mark.usefixtures("quiet")
SECOND = timedelta(seconds=1)
Told = dict[str, Any]
_EVENTS = """
select type, data::text as data from events
where workspace_id = $1 and type in ('delivery.retried', 'delivery.canceled') order by id"""


async def mend(client: httpx.AsyncClient, way: str, **body: Any) -> Told:
    answer = await client.post(f"/deliveries/{way}", json=body)
    assert answer.status_code == httpx.codes.OK, answer.text
    return dict(answer.json())


async def dead(
    db: Any, workspace: Workspace, clock: SteppedClock, count: int, target: str = "a@b.c"
) -> list[str]:
    """So many that died, a second apart."""
    ids = []
    for _ in range(count):
        clock.step(SECOND)
        ids.append(str(await plan(db, workspace.id, clock(), target)))
    await deliver_due(db, clock, {"email": Answering(REFUSED)})
    return ids


async def test_by_ids_in_each_state(
    client: httpx.AsyncClient, db: Any, workspace: Workspace, clock: SteppedClock
) -> None:
    states = ["dead", "canceled", "delivered", "waiting", "queued"]
    ids = [await planned(client, db, workspace.id, clock, each) for each in states]
    told = await mend(client, "retry", delivery_ids=[*ids, ids[0]])
    assert told == {"changed": 3, "unchanged": 2, "cursor": None}
    found = [await state_of(client, each) for each in ids]
    assert found == ["queued", "queued", "delivered", "queued", "queued"]
    told = await mend(client, "retry", delivery_ids=ids, again=True)
    assert (told["changed"], told["unchanged"]) == (1, 4)
    told = await mend(client, "cancel", delivery_ids=ids)
    assert (told["changed"], told["unchanged"]) == (5, 0)
    assert set(await states_of(db, workspace.id)) == {"canceled"}
    assert (await mend(client, "cancel", delivery_ids=ids))["changed"] == 0
    # One event for each request that did something, and one for the cancelation before.
    events = [row["type"] for row in await db.fetch(_EVENTS, workspace.id)]
    assert events == ["delivery.canceled", *2 * ["delivery.retried"], "delivery.canceled"]


async def test_by_a_filter(
    client: httpx.AsyncClient, db: Any, workspace: Workspace, clock: SteppedClock
) -> None:
    wanted = await dead(db, workspace, clock, 4, "wanted@b.c")
    others = await dead(db, workspace, clock, 1, "other@b.c")
    canceled = await planned(client, db, workspace.id, clock, "canceled", "wanted@b.c")
    ends = [(await client.get(f"/deliveries/{wanted[n]}")).json()["created_at"] for n in (0, 3)]
    span = {"created_after": ends[0], "created_before": ends[1]}
    told = await mend(client, "retry", filter={"target": "wanted@b.c", "channel": "email", **span})
    assert told == {"changed": 2, "unchanged": 0, "cursor": None}
    channel = Answering(DELIVERED)
    await deliver_due(db, clock, {"email": channel})
    assert [str(each.id) for each in channel.taken] == wanted[1:3]
    told = await mend(client, "retry", filter={"target": "wanted@b.c", "state": "canceled"})
    assert told["changed"] == 1
    assert await state_of(client, canceled) == "queued"
    assert await state_of(client, others[0]) == "dead"
    told = await mend(client, "cancel", filter={"channel": "email"})
    assert (told["changed"], await state_of(client, canceled)) == (1, "canceled")
    assert [await state_of(client, wanted[n]) for n in range(4)] == [
        "dead", "delivered", "delivered", "dead",
    ]  # fmt: skip


async def test_all_that_wait_for_their_next_attempt(
    client: httpx.AsyncClient, db: Any, workspace: Workspace, clock: SteppedClock
) -> None:
    waiting = [await planned(client, db, workspace.id, clock, "waiting") for _ in range(2)]
    due = await planned(client, db, workspace.id, clock, "queued")
    told = await mend(client, "retry", filter={"channel": "email", "state": "queued"})
    assert told == {"changed": 2, "unchanged": 1, "cursor": None}
    channel = Answering(DELIVERED)
    await deliver_due(db, clock, {"email": channel})
    assert sorted(str(each.id) for each in channel.taken) == sorted([*waiting, due])


@pytest.mark.parametrize("dies_again", [False, True])
async def test_of_many_a_part_at_a_time(
    client: httpx.AsyncClient,
    db: Any,
    workspace: Workspace,
    clock: SteppedClock,
    monkeypatch: pytest.MonkeyPatch,
    dies_again: bool,
) -> None:
    monkeypatch.setattr(commands, "MAX_MENDED", 2)
    ids = await dead(db, workspace, clock, 5)
    asked: Told = {"filter": {"created_after": iso(clock() - 60 * SECOND)}}
    cursor: Told = {}
    taken, counts = [], []
    while True:
        told = await mend(client, "retry", **asked, **cursor)
        counts.append(told["changed"])
        channel = Answering(REFUSED if dies_again else DELIVERED)
        await deliver_due(db, clock, {"email": channel})
        taken += [str(each.id) for each in channel.taken]
        if told["cursor"] is None:
            break
        cursor = {"cursor": told["cursor"]}
    # The oldest first, and none twice, also where they die once more before the next request.
    assert (counts, taken) == ([2, 2, 1], ids)
    broken = [
        ("retry", {"filter": {"channel": "email"}, **cursor}),
        ("cancel", {**asked, **cursor}),
        ("retry", {**asked, "cursor": "broken"}),
    ]
    for way, body in broken:
        answer = await client.post(f"/deliveries/{way}", json=body)
        assert answer.json()["code"] == "unprocessable"


async def test_what_is_not_there_is_named_and_nothing_is_done(
    client: httpx.AsyncClient, db: Any, workspace: Workspace, clock: SteppedClock
) -> None:
    (id,) = await dead(db, workspace, clock, 1)
    before = await everything(db, workspace.id)
    for way in ("retry", "cancel"):
        sent = {"delivery_ids": [id, str(uuid4()), "x", ""]}
        answer = await client.post(f"/deliveries/{way}", json=sent)
        assert faults(answer) == [f"delivery_ids.{i}" for i in (1, 2, 3)]
    assert await everything(db, workspace.id) == before


@pytest.mark.parametrize(
    "body",
    [
        {}, {"delivery_ids": []}, {"delivery_ids": ["x"] * 201}, {"filter": {}},
        {"filter": {"state": "dead"}}, {"filter": {"channel": "fax"}}, {"filter": None},
        {"delivery_ids": ["x"], "filter": {"channel": "email"}},
        {"filter": {"target": "\0"}}, {"filter": {"thread_id": 7}}, {"filter": []},
        {"filter": {"channel": "email"}, "cursor": "x" * 4001},
    ],
    ids=lambda body: str(body)[:40],
)  # fmt: skip
async def test_what_is_meant_must_be_said(client: httpx.AsyncClient, body: dict[str, Any]) -> None:
    for way in ("retry", "cancel"):
        assert faults(await client.post(f"/deliveries/{way}", json=body))


async def test_all_that_is_wrong_is_said_at_once(client: httpx.AsyncClient) -> None:
    cursor = {"delivery_ids": ["x"], "cursor": "x"}
    answer = await client.post("/deliveries/retry", json=cursor)
    assert faults(answer) == ["cursor", "delivery_ids.0"]
    wrong = {"channel": "fax", "state": "delivered"}
    answer = await client.post("/deliveries/retry", json={"filter": wrong})
    assert faults(answer) == ["filter.channel", "filter.state"]


async def test_what_was_erased_is_left_out(
    client: httpx.AsyncClient, db: Any, workspace: Workspace, clock: SteppedClock
) -> None:
    ids = await dead(db, workspace, clock, 2)
    await db.execute("update deliveries set target = 'erased-' || id where id = $1", UUID(ids[0]))
    told = await mend(client, "retry", filter={"channel": "email"})
    assert (told["changed"], told["unchanged"]) == (1, 1)
    assert await state_of(client, ids[0]) == "dead"


async def test_what_another_one_cancels_between_the_look_and_the_hold_stays_so(
    client: httpx.AsyncClient,
    db: Any,
    workspace: Workspace,
    clock: SteppedClock,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    (id, _) = await dead(db, workspace, clock, 2)
    find = commands.find_filtered

    async def find_late(*args: Any) -> Any:
        found = await find(*args)
        await db.execute("update deliveries set state = 'canceled' where id = $1", UUID(id))
        return found

    monkeypatch.setattr(commands, "find_filtered", find_late)
    told = await mend(client, "retry", filter={"channel": "email"})
    assert (told["changed"], told["unchanged"]) == (1, 1)
    assert await state_of(client, id) == "canceled"


async def test_two_at_once_do_it_once(
    client: httpx.AsyncClient, db: Any, workspace: Workspace, clock: SteppedClock
) -> None:
    ids = await dead(db, workspace, clock, 6)
    bodies: list[Told] = [
        {"filter": {"channel": "email"}},
        {"delivery_ids": ids[::-1]},
        {"filter": {"target": "a@b.c"}},
    ]
    told = await asyncio.gather(*(mend(client, "retry", **each) for each in bodies))
    assert sum(each["changed"] for each in told) == 6
    channel = Answering(DELIVERED)
    await deliver_due(db, clock, {"email": channel})
    assert sorted(str(each.id) for each in channel.taken) == sorted(ids)
    events = await db.fetch(_EVENTS, workspace.id)
    assert sum(row["data"].count(id) for row in events for id in ids) == 6


async def test_many_cost_as_many_statements_as_one(
    client: httpx.AsyncClient, db: Any, workspace: Workspace, clock: SteppedClock, queries: Any
) -> None:
    ids = await dead(db, workspace, clock, 20)
    await mend(client, "cancel", delivery_ids=ids)  # the key is known from here on
    with queries() as one:
        await mend(client, "retry", delivery_ids=ids[:1])
    with queries() as many:
        await mend(client, "retry", delivery_ids=ids[1:])
    assert len(many) == len(one)
    with queries() as none:
        await mend(client, "retry", delivery_ids=ids)
    assert len(none) < len(one)
