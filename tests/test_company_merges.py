"""One company goes into another, with all it has, and comes back."""

from datetime import timedelta
from typing import Any
from uuid import UUID

import httpx
import pytest

from looplane.kit.ids import new_id
from tests.company_choices import insert_links
from tests.company_pairs import Pair, pair_of
from tests.conftest import SteppedClock, Workspace
from tests.contract import check_words
from tests.factory import Factory
from tests.witness import etag, events_of, everything, faults, kinds_of, version

_MOVED = """
select unnest(thread_ids), unnest(versions) from company_merge_threads where workspace_id = $1"""


async def company_of(client: httpx.AsyncClient, path: str) -> Any:
    shown = (await client.get(path)).json()
    return shown["company"]["id"] if path.startswith("/threads") else shown["company_id"]


async def memberships(client: httpx.AsyncClient, contact: str) -> list[str]:
    return [
        row["id"] for row in (await client.get(f"/contacts/{contact}/companies")).json()["data"]
    ]


async def test_all_moves_and_comes_back(
    client: httpx.AsyncClient, make: Factory, db: Any, workspace: Workspace
) -> None:
    pair = await pair_of(make)
    contact = await make.contact(company_id=pair.source)
    threads = [
        await make.thread(contact_email=contact["email"], company_id=pair.source) for _ in range(3)
    ]
    apart = await make.thread(company_id=pair.survivor)
    await client.delete(f"/threads/{threads[2]['id']}")
    paths = [*(f"/threads/{each['id']}" for each in threads[:2]), f"/contacts/{contact['id']}"]
    before = [version(await client.get(path)) for path in paths]

    await pair.merge()
    assert [await company_of(client, path) for path in paths] == [pair.survivor] * 3
    assert [version(await client.get(path)) for path in paths] == [each + 1 for each in before]
    assert await memberships(client, contact["id"]) == [pair.survivor]
    assert (await client.get(f"/companies/{pair.source}")).status_code == 404
    moved = dict(await db.fetch(_MOVED, workspace.id))
    assert moved == {UUID(each["id"]): 2 for each in threads[:2]}
    found = await client.get("/contacts", params={"company_id": pair.survivor})
    assert contact["id"] in [each["id"] for each in found.json()["data"]]

    await pair.unmerge()
    assert [await company_of(client, path) for path in paths] == [pair.source] * 3
    assert await company_of(client, f"/threads/{apart['id']}") == pair.survivor
    assert await memberships(client, contact["id"]) == [pair.source]
    assert await memberships(client, apart["contact"]["id"]) == [pair.survivor]


async def test_what_is_lacking_is_filled(
    client: httpx.AsyncClient, make: Factory, db: Any, workspace: Workspace
) -> None:
    links = await insert_links(make)
    source = await make.company(
        logo_url="https://logo.example/b.png",
        size=7,
        revenue=9,
        domains=["b.com", "both.com"],
        external_ids=["b", "both"],
        **links,
    )
    survivor = await make.company(size=3, domains=["both.com", "a.com"], external_ids=["both"])
    pair = Pair(client, survivor, source)
    merged = await pair.merge()
    wanted = {**source, **{name: survivor[name] for name in ("id", "name", "size", "created_at")}}
    wanted |= {"domains": ["both.com", "a.com", "b.com"], "external_ids": ["both", "b"]}
    assert merged == {**wanted, "updated_at": merged["updated_at"]}
    found = (await client.get("/companies", params={"external_id": "b"})).json()["data"]
    assert [each["id"] for each in found] == [survivor["id"]]

    await client.patch(pair.path, json={"revenue": 10, "domains": ["a.com", "b.com", "c.com"]})
    parted = await pair.unmerge()
    kept = {"revenue": 10, "domains": ["a.com", "c.com"], "updated_at": parted["updated_at"]}
    assert parted == {**survivor, **kept}
    back = await pair.shown(pair.source)
    assert back == {**source, "updated_at": back["updated_at"]}
    assert (await client.get("/companies", params={"external_id": "b"})).json()["data"] == [back]


async def test_both_tell_of_it(client: httpx.AsyncClient, make: Factory, db: Any) -> None:
    pair = await pair_of(make, size=4, domains=["b.com"])
    await make.thread(company_id=pair.source)
    await pair.merge()
    await pair.unmerge()
    counts = {"moved_thread_count": 1, "moved_contact_count": 1}
    told = await events_of(db, pair.survivor)
    assert [(each["type"], each["before"], each["after"]) for each in told[1:]] == [
        (
            "company.updated",
            {"size": None, "domains": []},
            {"size": 4, "domains": ["b.com"], "merged_company_id": pair.source, **counts},
        ),
        (
            "company.updated",
            {"size": 4, "domains": ["b.com"]},
            {"size": None, "domains": [], "unmerged_company_id": pair.source, **counts},
        ),
    ]
    gone = await events_of(db, pair.source)
    assert [each["type"] for each in gone] == [
        "company.created",
        "company.deleted",
        "company.created",
    ]
    assert [each["version"] for each in gone] == [1, 2, 3]
    assert gone[1]["after"] == gone[2]["before"] == {"merged_into_id": pair.survivor}
    for each in (*told, *gone):
        check_words(each["type"], each["before"])
        check_words(each["type"], each["after"])
    for one, other in zip(told[1:], gone[1:], strict=True):
        assert one["write_id"] == other["write_id"]


async def test_what_was_moved_since_stays(client: httpx.AsyncClient, make: Factory) -> None:
    pair, other = await pair_of(make), (await make.company())["id"]
    threads = [await make.thread(company_id=pair.source) for _ in range(3)]
    await pair.merge()
    await client.patch(f"/threads/{threads[0]['id']}", json={"company_id": other})
    await client.patch(f"/contacts/{threads[1]['contact']['id']}", json={"company_id": None})
    await pair.unmerge()
    shown = [await company_of(client, f"/threads/{each['id']}") for each in threads]
    assert shown == [other, pair.source, pair.source]
    contacts = [each["contact"]["id"] for each in threads]
    primary = [await company_of(client, f"/contacts/{each}") for each in contacts]
    assert primary == [other, None, pair.source]
    assert [await memberships(client, each) for each in contacts] == [
        [other, pair.source],
        [],
        [pair.source],
    ]


async def test_who_belongs_to_both(client: httpx.AsyncClient, make: Factory) -> None:
    pair = await pair_of(make)
    contacts = [(await make.contact())["id"] for _ in range(3)]
    for contact, companies in zip(
        contacts,
        ([pair.source, pair.survivor], [pair.survivor, pair.source], [pair.source]),
        strict=True,
    ):
        for id in companies:
            await client.post(f"/contacts/{contact}/companies", json={"company_id": id})
    await pair.merge()
    assert [await memberships(client, each) for each in contacts] == [[pair.survivor]] * 3
    await pair.unmerge()
    primary = [await company_of(client, f"/contacts/{each}") for each in contacts]
    assert primary == [pair.source, pair.survivor, pair.source]
    found = [set(await memberships(client, each)) for each in contacts]
    assert found == [{pair.source, pair.survivor}] * 2 + [{pair.source}]


async def test_what_cannot_be_merged(
    client: httpx.AsyncClient, make: Factory, make_other: Factory, db: Any, workspace: Workspace
) -> None:
    pair = await pair_of(make)
    gone = (await make.company())["id"]
    await client.delete(f"/companies/{gone}")
    theirs = (await make_other.company())["id"]
    before = await everything(db, workspace.id)
    for verb in ("merge", "unmerge"):
        for id in (pair.survivor, theirs, str(new_id()), "no-uuid", (await make.contact())["id"]):
            answer = await client.post(f"{pair.path}/{verb}", json={"source_id": id})
            assert faults(answer) == ["source_id"], id
        for id in (theirs, gone, str(new_id())):
            path = f"/companies/{id}/{verb}"
            answer = await client.post(path, json={"source_id": pair.source})
            assert answer.status_code == httpx.codes.NOT_FOUND
    assert faults(await client.post(f"{pair.path}/merge", json={"source_id": gone})) == [
        "source_id"
    ]
    rows = await everything(db, workspace.id)
    assert [each for each in rows if "compan" in each.split()[0]] == [
        each for each in before if "compan" in each.split()[0]
    ]


async def test_what_cannot_be_taken_back(
    client: httpx.AsyncClient, make: Factory, clock: SteppedClock
) -> None:
    pair, other = await pair_of(make), await make.company()
    assert (await pair.send("unmerge")).status_code == httpx.codes.CONFLICT
    await pair.merge()
    elsewhere = f"/companies/{other['id']}/unmerge"
    answer = await client.post(elsewhere, json={"source_id": pair.source})
    assert answer.status_code == httpx.codes.CONFLICT
    clock.step(timedelta(days=30))
    await pair.unmerge()
    assert (await pair.send("unmerge")).status_code == httpx.codes.CONFLICT
    await pair.merge()
    clock.step(timedelta(days=30, seconds=1))
    late = await pair.send("unmerge")
    assert (late.status_code, late.json()["code"]) == (409, "conflict")
    assert (await client.get(f"/companies/{pair.source}")).status_code == 404


async def test_one_into_another_into_a_third(client: httpx.AsyncClient, make: Factory) -> None:
    first = await pair_of(make)
    second = Pair(client, await make.company(), {"id": first.survivor})
    path = f"/threads/{(await make.thread(company_id=first.source))['id']}"
    await first.merge()
    await second.merge()
    assert await company_of(client, path) == second.survivor
    assert (await first.send("unmerge")).status_code == httpx.codes.NOT_FOUND
    await second.unmerge()
    assert await company_of(client, path) == first.survivor
    await first.unmerge()
    assert await company_of(client, path) == first.source


async def test_there_is_room_for_so_many(client: httpx.AsyncClient, make: Factory) -> None:
    ids = [f"x{i}" for i in range(201)]
    survivor = await make.company(external_ids=ids[:101])
    source = await make.company(external_ids=ids[100:])
    pair = Pair(client, survivor, source)
    answer = await pair.send("merge")
    assert (answer.status_code, answer.json()["code"]) == (409, "conflict")
    assert (await pair.shown(pair.source)) == source
    await client.patch(f"/companies/{pair.source}", json={"external_ids": ids[101:]})
    await client.patch(pair.path, json={"external_ids": ids[:101]})
    assert (await pair.send("merge")).status_code == httpx.codes.CONFLICT
    await client.patch(f"/companies/{pair.source}", json={"external_ids": ids[100:200]})
    assert (await pair.merge())["external_ids"] == ids[:200]


async def test_only_in_thought(
    client: httpx.AsyncClient, make: Factory, db: Any, workspace: Workspace
) -> None:
    pair = await pair_of(make, size=1)
    await make.thread(company_id=pair.source)
    before = await everything(db, workspace.id)
    would = await pair.send("merge", params={"dry_run": "true"})
    assert would.headers["x-looplane-would"] == "company.updated, company.deleted"
    assert await everything(db, workspace.id) == before
    old = await pair.send("merge", headers={"If-Match": '"7"'})
    assert old.status_code == httpx.codes.PRECONDITION_FAILED
    present = etag(await client.get(pair.path))
    assert (await pair.send("merge", headers={"If-Match": present})).is_success


async def test_an_owner_who_left_is_nobody(
    client: httpx.AsyncClient, make: Factory, db: Any, workspace: Workspace
) -> None:
    pair = await pair_of(make)
    member = await make.member()
    await client.patch(f"/companies/{pair.source}", json={"owner_id": member})
    await db.execute("update members set deleted_at = now() where id = $1", UUID(member))
    assert (await pair.merge())["owner"] is None


@pytest.mark.parametrize("count", [1, 40])
async def test_a_merge_of_many_asks_as_often(
    client: httpx.AsyncClient, make: Factory, queries: Any, count: int
) -> None:
    pair = await pair_of(make, size=1)
    for _ in range(count):
        await make.thread(company_id=pair.source)
    costs = []
    for verb in ("merge", "unmerge"):
        await client.get("/me")
        with queries() as seen:
            assert (await pair.send(verb)).is_success
        costs.append(len(seen))
    assert costs == [16, 15], costs


async def test_threads_leave_no_event_of_their_own(
    client: httpx.AsyncClient, make: Factory, db: Any
) -> None:
    pair = await pair_of(make)
    thread = await make.thread(company_id=pair.source)
    await pair.merge()
    assert await kinds_of(db, thread["id"], thread["contact"]["id"]) == [
        "contact.created",
        "thread.created",
    ]
