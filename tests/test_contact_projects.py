"""The projects that the threads of a contact ask for."""

from typing import Any

import httpx

from looplane.kit.ids import new_id
from tests.factory import Factory


async def listed(client: httpx.AsyncClient, contact: str, **query: str) -> dict[str, Any]:
    answer = await client.get(f"/contacts/{contact}/projects", params=query)
    assert answer.is_success, answer.text
    return dict(answer.json())


async def test_each_is_listed_once_and_as_it_is(client: httpx.AsyncClient, make: Factory) -> None:
    projects = [await make.project() for _ in range(4)]
    email = "asks@mail.example"
    threads = [await make.thread(contact_email=email, project_id=projects[0]["id"])]
    threads += [await make.thread(contact_email=email) for _ in range(2)]
    for thread, asked in zip(threads, ([0, 1], [0, 1], [2]), strict=True):
        await client.post(
            f"/threads/{thread['id']}/customer-needs",
            json={"project_ids": [projects[i]["id"] for i in asked]},
        )
    other = await make.thread(project_id=projects[3]["id"])
    contact = threads[0]["contact"]["id"]
    shown = [(await client.get(f"/projects/{each['id']}")).json() for each in projects[:3]]
    assert (await listed(client, contact))["data"] == shown[::-1]
    first = await listed(client, contact, limit="2")
    rest = await listed(client, contact, cursor=first["page"]["cursor"])
    assert first["data"] + rest["data"] == shown[::-1]
    await client.delete(f"/threads/{threads[2]['id']}")
    await client.delete(f"/projects/{projects[1]['id']}")
    assert [each["id"] for each in (await listed(client, contact))["data"]] == [projects[0]["id"]]
    theirs = await listed(client, other["contact"]["id"])
    assert [each["id"] for each in theirs["data"]] == [projects[3]["id"]]


async def test_a_contact_that_is_not_there(client: httpx.AsyncClient, make: Factory) -> None:
    contact = await make.contact()
    assert (await listed(client, contact["id"]))["data"] == []
    await client.delete(f"/contacts/{contact['id']}")
    for id in (contact["id"], str(new_id())):
        answer = await client.get(f"/contacts/{id}/projects")
        assert answer.status_code == httpx.codes.NOT_FOUND


async def test_a_page_is_two_questions(
    client: httpx.AsyncClient, make: Factory, queries: Any
) -> None:
    contact = (await make.thread(project_id=(await make.project())["id"]))["contact"]["id"]
    await client.get("/me")
    with queries() as seen:
        await listed(client, contact)
    assert len(seen) == 2, seen
