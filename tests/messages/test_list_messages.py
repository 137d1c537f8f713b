"""GET /threads/{thread_id}/messages: every page, filter and order, and the first message in them."""

import json
from datetime import datetime, timedelta
from itertools import combinations
from typing import Any
from uuid import UUID

import httpx
import pytest

from looplane.kit.clock import iso
from looplane.kit.ids import new_id
from tests.conftest import SteppedClock, Workspace
from tests.factory import Factory
from tests.messages.conftest import Receive
from tests.witness import faults

INSERT = """
insert into messages (workspace_id, id, thread_id, type, direction, text, html, user_id, created_at)
values ($1, $2, $3, $4, $5, $6, $6, $7, $8)"""
KINDS = [
    ("email", "inbound", "Grüße aus Köln", False),
    ("slack", "outbound", "one two three", True),
    ("chat", "inbound", "100% _sure_", False),
    ("live_chat", "outbound", "Ein GRUSS", False),
    ("email", "outbound", "three   one", True),
]


@pytest.fixture
async def thread(make: Factory, db: Any, workspace: Workspace, clock: SteppedClock) -> Any:
    """Messages before and after what the thread says, some of them in the same moment."""
    made = await make.thread(text="<p>Prüfung &amp; more</p>")
    for i, (kind, direction, text, is_ours) in enumerate(KINDS * 2):
        user = workspace.member_id if is_ours else None
        at = clock() + (i // 2 - 2) * timedelta(minutes=1)
        row = (workspace.id, new_id(), UUID(made["id"]), kind, direction, text, user, at)
        await db.execute(INSERT, *row)
    return made


async def pages(client: httpx.AsyncClient, thread: Any, **params: Any) -> list[dict[str, Any]]:
    """All rows, page by page."""
    rows: list[dict[str, Any]] = []
    path = f"/threads/{thread['id']}/messages"
    cursor = None
    while True:
        sent = {"cursor": cursor, "limit": params.get("limit", 50)} if cursor else params
        page = (await client.get(path, params=sent)).json()
        rows += page["data"]
        assert len(page["data"]) <= page["page"]["limit"]
        cursor = page["page"]["cursor"]
        assert page["page"]["has_more"] == (cursor is not None)
        if cursor is None:
            return rows


def ids(rows: list[dict[str, Any]]) -> list[str]:
    return [row["id"] for row in rows]


@pytest.mark.parametrize("limit", [1, 2, 3, 7, 11, 200])
@pytest.mark.parametrize("order", ["asc", "desc"])
async def test_pages_are_the_list_that_a_thread_expands(
    client: httpx.AsyncClient, thread: Any, limit: int, order: str
) -> None:
    expanded = await client.get(f"/threads/{thread['id']}", params={"expand": "messages"})
    whole = expanded.json()["messages"]
    assert len(whole) == 11
    assert 3 < ids(whole).index(thread["id"]) < 7
    rows = await pages(client, thread, limit=limit, order=order)
    assert rows == (whole if order == "asc" else whole[::-1])
    by_default = await pages(client, thread, limit=limit)
    assert by_default == whole


def matches(row: dict[str, Any], name: str, value: Any) -> bool:
    if name.startswith(("created_", "updated_")):
        after = name.endswith("_after")
        return bool(row["created_at"] > value if after else row["created_at"] < value)
    return bool(row[name] == value)


async def test_every_two_filters_in_both_orders(
    client: httpx.AsyncClient, thread: Any, clock: SteppedClock, workspace: Workspace
) -> None:
    whole = await pages(client, thread)
    edges = [iso(clock() + n * timedelta(minutes=1)) for n in (-1, 0, 1)]
    filters: list[tuple[str, Any]] = [
        *(("type", kind) for kind in ("email", "slack", "chat", "live_chat", "feedback")),
        ("direction", "inbound"),
        ("direction", "outbound"),
        ("user_id", str(workspace.member_id)),
        *((f"{name}_after", edges[0]) for name in ("created", "updated")),
        *((f"{name}_before", edge) for name in ("created", "updated") for edge in edges[1:]),
    ]
    seen = set()
    for pair in combinations(filters, 2):
        if pair[0][0] == pair[1][0]:
            continue
        wanted = ids([row for row in whole if all(matches(row, *each) for each in pair)])
        seen.add(len(wanted))
        for order, rows in (("asc", wanted), ("desc", wanted[::-1])):
            found = await pages(client, thread, **dict(pair), order=order, limit=2)
            assert ids(found) == rows, (pair, order)
    assert len(seen) > 4


@pytest.mark.parametrize(
    ("q", "texts"),
    [
        ("grusse", {"Grüße aus Köln"}),
        ("GRUSS", {"Grüße aus Köln", "Ein GRUSS"}),
        ("koln", {"Grüße aus Köln"}),
        ("three one", {"one two three", "three   one"}),
        ("one\tthree  two", {"one two three"}),
        ("100%", {"100% _sure_"}),
        ("%", {"100% _sure_"}),
        ("_", {"100% _sure_"}),
        ("\\", set()),
        ("prufung & MORE", {"Prüfung & more"}),
        ("amp", set()),
        ("nothing", set()),
    ],
)
async def test_words_are_found_whatever_their_accents(
    client: httpx.AsyncClient, thread: Any, q: str, texts: set[str]
) -> None:
    assert {row["text"] for row in await pages(client, thread, q=q)} == texts
    assert {row["text"] for row in await pages(client, thread, q=q, limit=1)} == texts


async def test_blanks_leave_nothing_out(client: httpx.AsyncClient, thread: Any) -> None:
    assert len(await pages(client, thread, q="  ")) == 11


@pytest.mark.parametrize(
    "params",
    [
        {"order": "up"},
        {"type": "sms"},
        {"direction": "both"},
        {"q": ""},
        {"q": "x" * 256},
        {"created_after": "yesterday"},
        {"text": "x"},
    ],
)
async def test_what_is_refused(
    client: httpx.AsyncClient, thread: Any, params: dict[str, str]
) -> None:
    answer = await client.get(f"/threads/{thread['id']}/messages", params=params)
    assert faults(answer) == [*params]


async def test_a_cursor_belongs_to_its_order(client: httpx.AsyncClient, thread: Any) -> None:
    path = f"/threads/{thread['id']}/messages"
    first = await client.get(path, params={"order": "desc", "limit": 1})
    params = {"cursor": first.json()["page"]["cursor"], "order": "asc"}
    answer = await client.get(path, params=params)
    assert (answer.status_code, answer.json()["code"]) == (422, "unprocessable")


async def test_what_is_not_there(
    client: httpx.AsyncClient, make: Factory, make_other: Factory, thread: Any
) -> None:
    theirs = await make_other.thread()
    await make_other.message(theirs["id"])
    gone = await make.thread()
    await make.message(gone["id"])
    await client.delete(f"/threads/{gone['id']}")
    for id in (theirs["id"], gone["id"], str(new_id()), "x"):
        for params in ({}, {"q": "x"}, {"order": "desc"}):
            answer = await client.get(f"/threads/{id}/messages", params=params)
            assert answer.status_code == 404, (id, params)
        assert (
            await client.post(f"/threads/{id}/messages", json={"content": "x"})
        ).status_code == 404
    empty = await client.get(f"/threads/{thread['id']}/messages", params={"q": "nowhere"})
    assert (empty.status_code, empty.json()["data"]) == (200, [])


async def test_a_thread_that_began_with_a_message_has_no_other_first_one(
    client: httpx.AsyncClient, receive: Receive, clock: SteppedClock
) -> None:
    begun = await receive()
    clock.step(timedelta(minutes=1))
    await receive(thread_id=begun.thread_id)
    thread = {"id": str(begun.thread_id)}
    rows = await pages(client, thread)
    assert ids(rows)[0] == str(begun.message_id)
    assert [row["type"] for row in rows] == ["email", "email"]
    assert await pages(client, thread, type="feedback") == []


async def test_messages_that_come_meanwhile_are_neither_skipped_nor_repeated(
    client: httpx.AsyncClient, make: Factory, clock: SteppedClock
) -> None:
    thread = await make.thread()
    path, rows = f"/threads/{thread['id']}/messages", list[str]()
    cursor = None
    for i in range(6):
        clock.step(timedelta(seconds=1))
        if i < 4:
            await make.message(thread["id"])
        params = {"cursor": cursor} if cursor else {"limit": 1}
        page = (await client.get(path, params={**params, "limit": 1})).json()
        rows += ids(page["data"])
        cursor = page["page"]["cursor"]
        if cursor is None:
            break
    assert rows == ids(await pages(client, thread))
    assert len(rows) == len(set(rows)) == 5


def nodes_of(plan: dict[str, Any]) -> list[dict[str, Any]]:
    """Every node of a plan."""
    return [plan, *(each for part in plan.get("Plans", ()) for each in nodes_of(part))]


MANY = """
insert into messages (workspace_id, id, thread_id, type, direction, text, html, created_at)
select $1, gen_random_uuid(), $2, 'email', 'inbound', 'x', 'x',
  now() + n * interval '1 second' from generate_series(1, 3000) n"""


@pytest.mark.parametrize("order", ["asc", "desc"])
async def test_a_page_reads_a_page(
    client: httpx.AsyncClient,
    make: Factory,
    db: Any,
    workspace: Workspace,
    order: str,
    queries: Any,
) -> None:
    thread = await make.thread()
    await db.execute(MANY, workspace.id, UUID(thread["id"]))
    await db.execute("analyze messages")
    path = f"/threads/{thread['id']}/messages"
    page = (await client.get(path, params={"order": order, "limit": 5})).json()
    cursor = page["page"]["cursor"]
    with queries() as seen:
        await client.get(path, params={"cursor": cursor, "limit": 5})
    [statement] = [each for each in seen if "messages" in each]
    values = [
        workspace.id,
        UUID(thread["id"]),
        datetime.fromisoformat(page["data"][-1]["created_at"]),
    ]
    plan = await db.fetchval(
        f"explain (analyze, format json) {statement}", *values, UUID(page["data"][-1]["id"]), 6
    )
    nodes = nodes_of(json.loads(plan)[0]["Plan"])
    read = sum(
        each["Actual Rows"] * each["Actual Loops"]
        for each in nodes
        if each.get("Relation Name") == "messages"
    )
    assert 5 <= read < 500, plan
