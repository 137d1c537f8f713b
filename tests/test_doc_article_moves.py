"""Articles that move into a group together: all of them or none."""

import asyncio
from datetime import timedelta
from typing import Any

import httpx

from looplane.kit.clock import iso
from tests.conftest import SteppedClock, Workspace
from tests.factory import Factory
from tests.witness import events_of, everything, faults, kinds_of

ARTICLES = "/docs/articles"
MOVE = f"{ARTICLES}/move"
NOWHERE = "00000000-0000-7000-8000-000000000000"


async def test_articles_move_together(
    client: httpx.AsyncClient, make: Factory, db: Any, clock: SteppedClock
) -> None:
    group = (await make.doc_group())["id"]
    first, second = await make.doc_article(), await make.doc_article()
    inside = await make.doc_article(group_id=group)
    clock.step(timedelta(seconds=1))
    ids = [second["id"], inside["id"], first["id"], second["id"]]
    answer = await client.post(MOVE, json={"article_ids": ids, "group_id": group})
    moved = {"group_id": group, "version": 2, "updated_at": iso(clock())}
    assert answer.json() == {"data": [{**second, **moved}, inside, {**first, **moved}]}
    writes = set()
    for each in (first, second):
        told = (await events_of(db, each["id"]))[-1]
        assert (told["type"], told["data"]) == ("doc.updated", {**each, **moved})
        assert told["before"] == {"group_id": each["group_id"]}
        assert told["after"] == {"group_id": group}
        writes.add(told["write_id"])
    assert len(writes) == 1
    assert await kinds_of(db, inside["id"]) == ["doc.created"]
    out = await client.post(MOVE, json={"article_ids": ids, "group_id": None})
    assert {each["group_id"] for each in out.json()["data"]} == {None}


async def test_all_move_or_none(
    client: httpx.AsyncClient,
    make: Factory,
    make_other: Factory,
    db: Any,
    workspace: Workspace,
) -> None:
    group, article = (await make.doc_group())["id"], (await make.doc_article())["id"]
    theirs = await make_other.doc_article()
    rows = await everything(db, workspace.id)
    cases: list[tuple[dict[str, Any], list[str]]] = [
        ({"article_ids": [article, theirs["id"], "x"]}, ["article_ids.1", "article_ids.2"]),
        ({"article_ids": [NOWHERE], "group_id": NOWHERE}, ["article_ids.0", "group_id"]),
        ({"article_ids": [article], "group_id": theirs["group_id"]}, ["group_id"]),
        ({"article_ids": []}, ["article_ids"]),
        ({"article_ids": [article] * 201}, ["article_ids"]),
        ({"article_ids": article, "group": 1}, ["article_ids", "group"]),
        ({"article_ids": [article], "group_id": 1}, ["group_id"]),
    ]
    for body, named in cases:
        assert faults(await client.post(MOVE, json={"group_id": group, **body})) == named
    assert faults(await client.post(MOVE, json={"article_ids": [article]})) == ["group_id"]
    assert await everything(db, workspace.id) == rows


async def test_two_moves_at_once_are_one_after_the_other(
    client: httpx.AsyncClient, make: Factory, db: Any
) -> None:
    groups = [(await make.doc_group())["id"] for _ in range(2)]
    ids = [(await make.doc_article())["id"] for _ in range(3)]
    bodies = [
        {"article_ids": ids[:: 1 - 2 * n], "group_id": group} for n, group in enumerate(groups)
    ]
    answers = await asyncio.gather(*(client.post(MOVE, json=body) for body in bodies))
    assert {each.status_code for each in answers} == {200}
    now = [(await client.get(f"{ARTICLES}/{id}")).json() for id in ids]
    assert len({each["group_id"] for each in now}) == 1
    assert {each["version"] for each in now} == {3}
    assert await kinds_of(db, ids[0]) == ["doc.created", "doc.updated", "doc.updated"]


async def test_a_move_to_where_they_are_is_silent(
    client: httpx.AsyncClient, make: Factory, db: Any, workspace: Workspace
) -> None:
    made = await make.doc_article()
    rows = await everything(db, workspace.id)
    body = {"article_ids": [made["id"]], "group_id": made["group_id"]}
    assert (await client.post(MOVE, json=body)).json() == {"data": [made]}
    assert await everything(db, workspace.id) == rows
