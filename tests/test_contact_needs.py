"""The projects and the issues that the threads of a contact ask for."""

from typing import Any

import httpx
import pytest

from looplane.kit.ids import new_id
from tests.factory import Factory

both = pytest.mark.parametrize("noun", ["project", "issue"])


async def listed(
    client: httpx.AsyncClient, contact: str, noun: str, **query: str
) -> dict[str, Any]:
    answer = await client.get(f"/contacts/{contact}/{noun}s", params=query)
    assert answer.is_success, answer.text
    return dict(answer.json())


async def made(make: Factory, noun: str) -> dict[str, Any]:
    return await {"project": make.project, "issue": make.issue}[noun]()


@both
async def test_each_is_listed_once_and_as_it_is(
    client: httpx.AsyncClient, make: Factory, noun: str
) -> None:
    things = [await made(make, noun) for _ in range(4)]
    email = "asks@mail.example"
    threads = [
        await make.thread(contact_email=email, **{f"{noun}_id": things[0]["id"]}),
        *[await make.thread(contact_email=email) for _ in range(2)],
    ]
    for thread, asked in zip(threads, ([0, 1], [0, 1], [2]), strict=True):
        body = {f"{noun}_ids": [things[i]["id"] for i in asked]}
        await client.post(f"/threads/{thread['id']}/customer-needs", json=body)
    other = await make.thread(**{f"{noun}_id": things[3]["id"]})
    contact = threads[0]["contact"]["id"]
    shown = [(await client.get(f"/{noun}s/{each['id']}")).json() for each in things[:3]]
    assert (await listed(client, contact, noun))["data"] == shown[::-1]
    first = await listed(client, contact, noun, limit="2")
    rest = await listed(client, contact, noun, cursor=first["page"]["cursor"])
    assert first["data"] + rest["data"] == shown[::-1]
    await client.delete(f"/threads/{threads[2]['id']}")
    await client.delete(f"/{noun}s/{things[1]['id']}")
    left = (await listed(client, contact, noun))["data"]
    assert [each["id"] for each in left] == [things[0]["id"]]
    theirs = await listed(client, other["contact"]["id"], noun)
    assert [each["id"] for each in theirs["data"]] == [things[3]["id"]]


@both
async def test_a_contact_that_is_not_there(
    client: httpx.AsyncClient, make: Factory, noun: str
) -> None:
    contact = await make.contact()
    assert (await listed(client, contact["id"], noun))["data"] == []
    await client.delete(f"/contacts/{contact['id']}")
    for id in (contact["id"], str(new_id())):
        answer = await client.get(f"/contacts/{id}/{noun}s")
        assert answer.status_code == httpx.codes.NOT_FOUND


@both
async def test_a_page_is_two_questions(
    client: httpx.AsyncClient, make: Factory, queries: Any, noun: str
) -> None:
    thread = await make.thread(**{f"{noun}_id": (await made(make, noun))["id"]})
    await client.get("/me")
    with queries() as seen:
        await listed(client, thread["contact"]["id"], noun)
    assert len(seen) == 2, seen
