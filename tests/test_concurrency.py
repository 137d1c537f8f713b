"""Writes at the same instant: none is lost, none is made twice, none by halves."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Awaitable
from typing import Any

import httpx
import pytest
from starlette.types import ASGIApp

from looplane.kit.database import Database
from looplane.threads.commands import wake_due_threads
from tests.conftest import SteppedClock, Workspace
from tests.factory import Factory
from tests.instances import instances
from tests.witness import events_of, kinds_of


@pytest.fixture(scope="session")
async def app(dsn: str, database: Database, session_clock: SteppedClock) -> AsyncIterator[ASGIApp]:
    """Three instances: within one, writes to one thing wait for each other."""
    async with instances(dsn, session_clock) as app:
        yield app


async def together(*requests: Awaitable[httpx.Response]) -> list[httpx.Response]:
    return await asyncio.gather(*requests)


def statuses(answers: list[httpx.Response]) -> Counter[int]:
    return Counter(each.status_code for each in answers)


async def test_forty_patches_of_different_fields_lose_nothing(
    client: httpx.AsyncClient, make: Factory, db: Any
) -> None:
    thread, member = await make.thread(), await make.member()
    contact, company = await make.contact(), await make.company()
    tag, project = await make.tag(), await make.project()
    bodies: list[dict[str, Any]] = [
        {"text": "<p>together</p>"},
        {"title": "together"},
        {"pain_level": "HIGH"},
        {"assignee_id": member},
        {"contact_id": contact["id"], "company_id": company["id"]},
        {"tag_ids": [tag["id"]]},
        {"project_id": project["id"]},
        {"status": "done", "closed_loop": True},
        {"ai_draft_html": "<p>draft</p>", "ai_draft_sources": [{"type": "t", "title": "x"}]},
        {"notify": {"slack": True}, "title": "together"},
    ] * 4
    path = f"/threads/{thread['id']}"
    answers = await together(*(client.patch(path, json=body) for body in bodies))
    assert statuses(answers) == {200: 40}
    after = (await client.get(path)).json()
    for field in ("text", "title", "pain_level", "ai_draft_html", "ai_draft_sources"):
        assert after[field] == next(body[field] for body in bodies if field in body), field
    assert (after["assignee"]["id"], after["contact"]["id"]) == (member, contact["id"])
    assert (after["company"], after["contact"]["company_id"]) == (company, company["id"])
    assert (after["tags"], after["status"]) == ([tag], "done")
    assert [need["project_id"] for need in after["customer_needs"]] == [project["id"]]
    told = await kinds_of(db, thread["id"])
    assert told.count("thread.updated") == 9, "the others found it done already"
    assert told.count("thread.tagged") == 1


async def test_each_of_forty_different_values_was_there_once(
    client: httpx.AsyncClient, make: Factory, db: Any
) -> None:
    thread = await make.thread()
    path = f"/threads/{thread['id']}"
    answers = await together(*(client.patch(path, json={"title": f"{n}"}) for n in range(40)))
    assert statuses(answers) == {200: 40}
    assert len({each.headers["etag"] for each in answers}) == 40
    _, *told = await events_of(db, thread["id"])
    last = (await client.get(path)).json()["title"]
    before, after = ([each[side]["title"] for each in told] for side in ("before", "after"))
    assert Counter([*before, last]) == Counter([*after, None]), "a chain without a gap"
    for answer in answers:
        shown = answer.json()
        assert shown in [each["data"] for each in told], "each saw what it wrote itself"


async def test_who_finds_it_done_is_shown_what_was_found(
    client: httpx.AsyncClient, make: Factory
) -> None:
    path = f"/threads/{(await make.thread())['id']}"
    titles = ["this", "this", "that", "that"] * 10
    for _ in range(10):
        answers = await together(*(client.patch(path, json={"title": title}) for title in titles))
        assert [answer.json()["title"] for answer in answers] == titles
        shown = {answer.headers["etag"]: answer.content for answer in answers}
        assert all(answer.content == shown[answer.headers["etag"]] for answer in answers)


async def test_tag_sets_end_as_one_of_the_sets_whole(
    client: httpx.AsyncClient, make: Factory
) -> None:
    group = (await make.tag_group())["id"]
    tags = [(await make.tag(tag_group_id=group))["id"] for _ in range(12)]
    sets = [tags[n : n + 4] for n in range(9)] + [[], tags]
    path = f"/threads/{(await make.thread())['id']}"
    answers = await together(*(client.patch(path, json={"tag_ids": each}) for each in sets * 3))
    assert statuses(answers) == {200: 33}
    for answer, wanted in zip(answers, sets * 3, strict=True):
        assert {tag["id"] for tag in answer.json()["tags"]} == set(wanted)
    held = {tag["id"] for tag in (await client.get(path)).json()["tags"]}
    assert held in [set(each) for each in sets]


async def test_the_project_field_makes_one_need_however_many_write(
    client: httpx.AsyncClient, make: Factory
) -> None:
    projects = [(await make.project())["id"] for _ in range(4)]
    path = f"/threads/{(await make.thread())['id']}"
    by_field = [client.patch(path, json={"project_id": each}) for each in projects * 3]
    by_hand = [
        client.post(f"{path}/customer-needs", json={"project_ids": projects[:1]}) for _ in range(3)
    ]
    assert statuses(await together(*by_field, *by_hand)) == {200: 15}
    needs = (await client.get(path)).json()["customer_needs"]
    linked = [need["project_id"] for need in needs]
    assert projects[0] in linked
    assert len(linked) == len(set(linked)) <= 2


async def test_one_of_those_with_the_same_if_match_wins(
    client: httpx.AsyncClient, make: Factory, db: Any
) -> None:
    for _ in range(5):
        path = f"/threads/{(await make.thread())['id']}"
        condition = {"If-Match": (await client.get(path)).headers["etag"]}
        answers = await together(
            *(client.patch(path, json={"title": f"{n}"}, headers=condition) for n in range(6)),
            client.delete(path, headers=condition),
        )
        assert statuses(answers) in ({200: 1, 412: 6}, {200: 1, 404: 6})
        winner = next(each for each in answers if each.status_code == 200)
        if winner.request.method == "PATCH":
            assert (await client.get(path)).json() == winner.json()


async def test_a_thread_is_deleted_once(client: httpx.AsyncClient, make: Factory, db: Any) -> None:
    thread = await make.thread()
    path = f"/threads/{thread['id']}"
    answers = await together(*(client.delete(path) for _ in range(10)))
    assert statuses(answers) == {200: 1, 404: 9}
    assert (await kinds_of(db, thread["id"])).count("thread.deleted") == 1


async def test_parallel_threads_of_a_new_address_share_one_contact(
    client: httpx.AsyncClient, make: Factory, db: Any
) -> None:
    spelled = ("new@mail.example", "New@mail.example", "NEW@MAIL.example")
    threads = await asyncio.gather(*(make.thread(contact_email=each) for each in spelled * 6))
    contacts = {thread["contact"]["id"] for thread in threads}
    assert len(contacts) == 1
    assert await kinds_of(db, *contacts) == ["contact.created"]
    listed = (await client.get("/contacts", params={"email": spelled[0]})).json()["data"]
    assert [each["id"] for each in listed] == list(contacts)


async def test_a_company_set_on_threads_of_one_contact_ends_the_same_on_it(
    client: httpx.AsyncClient, make: Factory
) -> None:
    companies = [(await make.company())["id"] for _ in range(6)]
    threads = [await make.thread(contact_email="shared@mail.example") for _ in companies]
    contact = f"/contacts/{threads[0]['contact']['id']}"
    moves = [
        client.patch(f"/threads/{thread['id']}", json={"company_id": company})
        for thread, company in zip(threads, companies, strict=True)
    ]
    named = [client.patch(contact, json={"name": f"N{n}"}) for n in range(6)]
    assert statuses(await together(*moves, *named)) == {200: 12}
    after = (await client.get(contact)).json()
    assert after["company_id"] in companies
    assert after["name"].startswith("N")


@pytest.mark.parametrize("wakers", [1, 5])
async def test_a_snooze_ends_once_however_many_wake(
    client: httpx.AsyncClient,
    make: Factory,
    pool: Any,
    db: Any,
    workspace: Workspace,
    clock: SteppedClock,
    wakers: int,
) -> None:
    until = {"status": "snoozed", "snoozed_until": "2990-01-01T00:00:00Z"}
    threads = [(await make.thread(**until))["id"] for _ in range(12)]

    async def wake() -> None:
        async with pool.acquire() as con:
            while (await wake_due_threads(con, clock, ())).woken:
                pass

    clock.now = clock.now.replace(year=2991)
    paths = [f"/threads/{id}" for id in threads[:6]]
    patches = [client.patch(path, json={"title": "meanwhile"}) for path in paths]
    answers = await asyncio.gather(*(wake() for _ in range(wakers)), *patches)
    assert statuses([each for each in answers if each]) == {200: 6}
    await wake()
    for id in threads:
        assert (await kinds_of(db, id)).count("thread.status_changed") == 1
        assert (await client.get(f"/threads/{id}")).json()["status"] == "open"
    titles = [(await client.get(path)).json()["title"] for path in paths]
    assert titles == ["meanwhile"] * 6
