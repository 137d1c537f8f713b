"""Folders of snippets: names that are there once, and what becomes of what is in one."""

import asyncio
from datetime import timedelta
from typing import Any
from uuid import UUID

import httpx

from looplane.kit.clock import iso
from tests.conftest import SteppedClock, Workspace
from tests.factory import Factory
from tests.witness import events_of, everything, faults, kinds_of, version

FOLDERS = "/snippets/folders"
SAME = ["Réponses", "REPONSES", "réponses"]


async def test_create_get_and_list(client: httpx.AsyncClient, db: Any, clock: SteppedClock) -> None:
    answer = await client.post(FOLDERS, json={"name": "Billing"})
    made, now = answer.json(), iso(clock())
    assert made == {"id": made["id"], "name": "Billing", "created_at": now, "updated_at": now}
    got = await client.get(f"{FOLDERS}/{made['id']}")
    assert (got.json(), got.headers["etag"]) == (made, answer.headers["etag"])
    (event,) = await events_of(db, made["id"])
    assert (event["type"], event["data"]) == ("snippet_folder.created", made)
    clock.step(timedelta(seconds=1))
    second = (await client.post(FOLDERS, json={"name": "Other"})).json()
    first_page = (await client.get(FOLDERS, params={"limit": 1})).json()
    assert first_page["data"] == [second]
    cursor = first_page["page"]["cursor"]
    assert (await client.get(FOLDERS, params={"cursor": cursor})).json()["data"] == [made]
    for wrong in ({}, {"name": ""}, {"name": None}, {"name": "x" * 256}):
        assert faults(await client.post(FOLDERS, json=wrong)) == ["name"]


async def test_a_rename_is_told(client: httpx.AsyncClient, make: Factory, db: Any) -> None:
    made = await make.snippet_folder(name="Old")
    answer = await client.patch(f"{FOLDERS}/{made['id']}", json={"name": "New"})
    assert (answer.json()["name"], version(answer)) == ("New", 2)
    told = (await events_of(db, made["id"]))[-1]
    assert (told["type"], told["before"]) == ("snippet_folder.updated", {"name": "Old"})
    again = await client.patch(f"{FOLDERS}/{made['id']}", json={"name": "New"})
    assert version(again) == 2


async def test_no_two_have_one_name(
    client: httpx.AsyncClient, make: Factory, make_other: Factory, db: Any, workspace: Workspace
) -> None:
    made, other = await make.snippet_folder(name=SAME[0]), await make.snippet_folder()
    await make_other.snippet_folder(name=SAME[0])
    before = await everything(db, workspace.id)
    for name in SAME:
        for answer in (
            await client.post(FOLDERS, json={"name": name}),
            await client.patch(f"{FOLDERS}/{other['id']}", json={"name": name}),
            await client.post(FOLDERS, json={"name": name}, headers={"Idempotency-Key": name[:1]}),
        ):
            assert (answer.status_code, answer.json()["code"]) == (409, "conflict")
            assert name in answer.json()["message"]
    assert await everything(db, workspace.id) == before
    # Its own name in another spelling is no other one's.
    path = f"{FOLDERS}/{made['id']}"
    assert (await client.patch(path, json={"name": SAME[1]})).json()["name"] == SAME[1]
    assert (await client.delete(path)).is_success
    assert (await client.post(FOLDERS, json={"name": SAME[0]})).is_success


async def test_one_of_several_at_once_gets_the_name(
    client: httpx.AsyncClient,
) -> None:
    answers = await asyncio.gather(
        *(client.post(FOLDERS, json={"name": name}) for name in SAME * 3)
    )
    assert sorted(each.status_code for each in answers) == [200] + [409] * 8
    assert len((await client.get(FOLDERS)).json()["data"]) == 1


async def test_what_is_in_a_deleted_folder_stays_in_none(
    client: httpx.AsyncClient, make: Factory, db: Any, clock: SteppedClock
) -> None:
    folder, other = await make.snippet_folder(), await make.snippet_folder()
    inside = [await make.snippet(folder_id=folder["id"]) for _ in range(3)]
    gone = await make.snippet(folder_id=folder["id"])
    await client.delete(f"/snippets/{gone['id']}")
    outside = [await make.snippet(folder_id=other["id"]), await make.snippet(folder_id=None)]
    clock.step(timedelta(minutes=1))
    path = f"{FOLDERS}/{folder['id']}"
    dry = await client.delete(path, params={"dry_run": "true"})
    assert dry.headers["x-looplane-would"] == "snippet.updated, snippet_folder.deleted"
    assert (await client.get(path)).is_success

    answer = await client.delete(path)

    assert answer.json() == {"id": folder["id"], "deleted": True}
    assert (await client.get(path)).status_code == 404
    for each in inside:
        got = await client.get(f"/snippets/{each['id']}")
        assert got.json() == {**each, "folder_id": None, "updated_at": iso(clock())}
        assert version(got) == 2
        told = (await events_of(db, each["id"]))[-1]
        assert (told["type"], told["version"], told["data"]) == ("snippet.updated", 2, got.json())
        assert (told["before"], told["after"]) == ({"folder_id": folder["id"]}, {"folder_id": None})
    for each in outside:
        assert (await client.get(f"/snippets/{each['id']}")).json() == each
    assert await kinds_of(db, gone["id"]) == ["snippet.created", "snippet.deleted"]
    writes = await db.fetch(
        "select distinct write_id from events where subject_id = any ($1)"
        " and type = any ('{snippet_folder.deleted,snippet.updated}')",
        [UUID(each["id"]) for each in (folder, *inside)],
    )
    assert len(writes) == 1
    found = await client.get("/snippets", params={"folder_id": folder["id"]})
    assert found.json()["data"] == []


async def test_a_folder_with_nothing_in_it_is_deleted_too(
    client: httpx.AsyncClient, make: Factory, db: Any
) -> None:
    folder = await make.snippet_folder()
    assert (await client.delete(f"{FOLDERS}/{folder['id']}")).is_success
    kinds = await kinds_of(db, folder["id"])
    assert kinds == ["snippet_folder.created", "snippet_folder.deleted"]
    answer = await client.post(
        "/snippets", json={"title": "x", "html": "x", "folder_id": folder["id"]}
    )
    assert faults(answer) == ["folder_id"]
