"""A thread that moves between the look at all and its own write is looked at once more."""

from collections.abc import Callable
from typing import Any

import httpx
import pytest

from looplane.threads.update import sql as update
from tests.factory import Factory
from tests.test_bulk_threads import PATH, code, made, statuses
from tests.witness import events_of


@pytest.fixture
def meanwhile(monkeypatch: pytest.MonkeyPatch) -> Callable[[Callable[[], Any]], None]:
    """Has something happen once, after the threads of a bulk write were looked at."""
    find_many = update.find_many

    def happen(act: Callable[[], Any]) -> None:
        acts = [act]

        async def found(*args: Any) -> Any:
            rows = await find_many(*args)
            while acts:
                await acts.pop()()
            return rows

        monkeypatch.setattr(update, "find_many", found)

    return happen


async def test_it_is_changed_as_it_is_by_then(
    client: httpx.AsyncClient, make: Factory, meanwhile: Any, db: Any
) -> None:
    ids, tags = await made(make), [(await make.tag())["id"] for _ in range(2)]

    async def tag() -> None:
        await client.patch(f"/threads/{ids[1]}", json={"tag_ids": [tags[0]], "title": "theirs"})

    meanwhile(tag)
    change = {"add_tag_ids": [tags[1]], "status": "done"}
    answer = await client.post(PATH, json={"ids": ids, "update": change})
    assert statuses(answer) == ["updated"] * 3
    moved = answer.json()["data"][1]["thread"]
    assert {each["id"] for each in moved["tags"]} == {*tags}
    assert (moved["title"], moved["status"]) == ("theirs", "done")
    told = sorted(await events_of(db, ids[1]), key=lambda each: each["version"])
    assert told[-1]["before"]["tag_ids"] == [tags[0]]


async def test_it_is_refused_as_it_is_by_then(
    client: httpx.AsyncClient, make: Factory, meanwhile: Any
) -> None:
    ids = await made(make)
    await client.post(PATH, json={"ids": ids, "update": {"status": "done"}})
    meanwhile(lambda: client.patch(f"/threads/{ids[2]}", json={"status": "open"}))
    answer = await client.post(PATH, json={"ids": ids, "update": {"closed_loop": True}})
    assert statuses(answer) == ["updated", "updated", "failed"]
    assert code(answer.json()["data"][2]) == "validation_failed"


async def test_it_is_gone_by_then(client: httpx.AsyncClient, make: Factory, meanwhile: Any) -> None:
    ids = await made(make)
    meanwhile(lambda: client.delete(f"/threads/{ids[0]}"))
    answer = await client.post(PATH, json={"ids": ids, "update": {"title": "T"}})
    assert statuses(answer) == ["failed", "updated", "updated"]
    assert code(answer.json()["data"][0]) == "not_found"


async def test_what_was_as_it_should_be_is_so_no_more(
    client: httpx.AsyncClient, make: Factory, meanwhile: Any
) -> None:
    ids = await made(make, title="T")
    for act, status in (
        (lambda: client.patch(f"/threads/{ids[0]}", json={"title": "theirs"}), "updated"),
        (lambda: client.patch(f"/threads/{ids[0]}", json={"pain_level": "HIGH"}), "unchanged"),
        (lambda: client.delete(f"/threads/{ids[0]}"), "failed"),
    ):
        meanwhile(act)
        answer = await client.post(PATH, json={"ids": ids, "update": {"title": "T"}})
        assert statuses(answer) == [status, "unchanged", "unchanged"]
        if status != "failed":
            assert (
                answer.json()["data"][0]["thread"]
                == (await client.get(f"/threads/{ids[0]}")).json()
            )


async def test_what_it_names_is_deleted_by_then(
    client: httpx.AsyncClient, make: Factory, meanwhile: Any
) -> None:
    ids, company = await made(make), await make.company()

    async def move() -> None:
        await client.patch(f"/threads/{ids[1]}", json={"title": "theirs"})
        await client.delete(f"/companies/{company['id']}")

    meanwhile(move)
    change = {"company_id": company["id"]}
    answer = await client.post(PATH, json={"ids": ids, "update": change})
    assert code(answer.json()["data"][1]) == "validation_failed"
    for id in ids:
        assert (await client.get(f"/threads/{id}")).json()["company"] is None


async def test_what_moved_is_of_one_write_with_the_others(
    client: httpx.AsyncClient, make: Factory, meanwhile: Any
) -> None:
    ids = await made(make)
    meanwhile(lambda: client.patch(f"/threads/{ids[1]}", json={"title": "theirs"}))
    await client.post(PATH, json={"ids": ids, "update": {"status": "done"}})
    told = [
        each
        for id in ids
        for each in await events_of(make.db, id)
        if each["type"] == "thread.status_changed"
    ]
    assert len({each["write_id"] for each in told}) == 1
    assert len(told) == 3
