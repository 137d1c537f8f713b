"""Merges of companies: taken back by their end, and that by merging again."""

from typing import Any

import httpx
import pytest

from tests.company_pairs import Pair, pair_of
from tests.conftest import Workspace
from tests.factory import Factory
from tests.undo.steps import issues, undo, undone
from tests.undo.threads import look
from tests.witness import everything, kinds_of


async def furnished(make: Factory) -> tuple[Pair, list[str]]:
    """A pair, and the paths of all that is to look the same afterwards."""
    pair = await pair_of(make, domains=["source.example"], external_ids=["s"], size=9)
    contact = await make.contact(company_id=pair.source)
    both = await make.contact(company_id=pair.source)
    added = {"company_id": pair.survivor}
    await make.client.post(f"/contacts/{both['id']}/companies", json=added)
    threads = [await make.thread(company_id=each) for each in (pair.source, pair.survivor)]
    paths = [pair.path, f"/companies/{pair.source}"]
    paths += [
        f"/contacts/{each['id']}{part}" for each in (contact, both) for part in ("", "/companies")
    ]
    return pair, [*paths, *(f"/threads/{each['id']}" for each in threads)]


async def shown(client: httpx.AsyncClient, paths: list[str]) -> list[Any]:
    """What is at these paths, but for when it was changed."""
    looks: list[Any] = []
    for path in paths:
        if path.startswith("/threads"):
            looks.append(await look(client, path))
            continue
        answer = await client.get(path)
        body = answer.json()
        rows = body.get("data", [body])
        looks.append([{n: v for n, v in each.items() if n != "updated_at"} for each in rows])
    return looks


async def test_a_merge_is_taken_back_and_done_again(
    client: httpx.AsyncClient, make: Factory, db: Any
) -> None:
    pair, paths = await furnished(make)
    before = await shown(client, paths)
    write = await pair.send("merge")
    after = await shown(client, paths)
    assert after != before
    for _ in range(2):
        write = await undone(client, write)
        assert await shown(client, paths) == before
        write = await undone(client, write)
        assert await shown(client, paths) == after
    types = await kinds_of(db, pair.source)
    assert types == ["company.created", *["company.deleted", "company.created"] * 2, types[1]]


async def test_the_end_of_a_merge_is_taken_back_by_merging_again(
    client: httpx.AsyncClient, make: Factory
) -> None:
    pair, paths = await furnished(make)
    await pair.merge()
    merged = await shown(client, paths)
    ended = await pair.send("unmerge")
    await undone(client, ended)
    assert await shown(client, paths) == merged


async def test_a_merge_that_was_ended_is_not_ended_again(
    client: httpx.AsyncClient, make: Factory, db: Any, workspace: Workspace
) -> None:
    pair, _ = await furnished(make)
    write = await pair.send("merge")
    await pair.unmerge()
    rows = await everything(db, workspace.id)
    answer = await undo(client, write)
    assert (answer.status_code, answer.json()["code"]) == (409, "conflict")
    assert answer.json()["message"] == "That company was not merged into this one."
    assert await everything(db, workspace.id) == rows


@pytest.mark.parametrize("gone", ["source", "survivor"])
async def test_one_of_the_two_is_gone(client: httpx.AsyncClient, make: Factory, gone: str) -> None:
    pair, _ = await furnished(make)
    await pair.merge()
    ended = await pair.send("unmerge")
    await client.delete(f"/companies/{getattr(pair, gone)}")
    answer = await undo(client, ended)
    issues(answer)
    assert answer.json()["message"] == "One of the two companies is not there any more."


async def test_what_moved_on_since_stays(client: httpx.AsyncClient, make: Factory) -> None:
    pair, paths = await furnished(make)
    other = (await make.company())["id"]
    write = await pair.send("merge")
    thread = next(each for each in paths if each.startswith("/threads"))
    await client.patch(thread, json={"company_id": other})
    await client.patch(pair.path, json={"size": 70, "name": "Renamed"})
    await undone(client, write)
    assert (await client.get(thread)).json()["company"]["id"] == other
    survivor = (await client.get(pair.path)).json()
    assert (survivor["size"], survivor["name"]) == (70, "Renamed")
    assert (await client.get(f"/companies/{pair.source}")).is_success


async def test_a_company_that_is_in_no_merge(client: httpx.AsyncClient, make: Factory) -> None:
    company = await make.company(name="A")
    path = f"/companies/{company['id']}"
    renamed = await client.patch(path, json={"name": "B"})
    await undone(client, renamed)
    assert (await client.get(path)).json()["name"] == "A"
    await undone(client, await client.delete(path))
    assert (await client.get(path)).json()["name"] == "A"
    await client.patch(path, json={"name": "C"})
    assert "company.updated of name" in issues(await undo(client, renamed))[0]
