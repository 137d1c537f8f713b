"""PATCH /threads/{id}: tags, contact and company, assignee, project."""

from datetime import timedelta
from typing import Any

import httpx
import pytest

from tests.conftest import SteppedClock, Workspace
from tests.factory import Factory
from tests.witness import events_of, faults, kinds_of


async def test_tags_are_the_whole_set_by_name_and_once(
    client: httpx.AsyncClient, make: Factory, db: Any
) -> None:
    group = (await make.tag_group())["id"]
    # As people order them: whatever their capitals and accents.
    names = ("Alpha", "beta", "Delta", "élan", "Ella", "gamma")
    tags = {name: await make.tag(name=name, tag_group_id=group) for name in names}
    thread = await make.thread()
    held: list[str] = []
    for wanted in (
        ["gamma", "Ella", "beta", "Alpha", "élan", "beta"],
        ["Delta", "gamma"],
        ["Delta"],
        ["beta", "Delta"],
        [],
    ):
        ids = [tags[name]["id"] for name in wanted]
        after = (await client.patch(f"/threads/{thread['id']}", json={"tag_ids": ids})).json()
        assert after["tags"] == (await client.get(f"/threads/{thread['id']}")).json()["tags"]
        assert after["tags"] == [tags[name] for name in names if name in wanted]
        told = (await events_of(db, thread["id"]))[-1]
        assert told["type"] == "thread.tagged"
        assert told["before"] == {"tag_ids": held}
        held = sorted(set(ids))
        assert told["after"] == {"tag_ids": held}
    assert await kinds_of(db, thread["id"]) == (
        ["thread.created", *["thread.updated", "thread.tagged"] * 5]
    )


async def test_a_deleted_tag_leaves_the_thread_and_hinders_no_write(
    client: httpx.AsyncClient, make: Factory
) -> None:
    gone, kept = await make.tag(), await make.tag()
    thread = await make.thread()
    path = f"/threads/{thread['id']}"
    await client.patch(path, json={"tag_ids": [gone["id"], kept["id"]]})
    await client.delete(f"/tags/{gone['id']}")
    assert (await client.get(path)).json()["tags"] == [kept]
    assert (await client.patch(path, json={"title": "T"})).json()["tags"] == [kept]


# Whose company each part of the body names, and the companies that result: of the thread, of the
# contact that it had, and of the contact that was named. The thread starts with contact «had» of
# company A, the contact «named» is of company B; C is nobody's.
COMPANIES = [
    ({"contact": "named"}, ("B", "A", "B")),
    ({"contact": "free"}, (None, "A", None)),
    ({"company": "C"}, ("C", "C", "B")),
    ({"company": None}, (None, None, "B")),
    ({"contact": "named", "company": "C"}, ("C", "A", "C")),
    ({"contact": "named", "company": None}, (None, "A", None)),
    ({"contact": "named", "company": "A"}, ("A", "A", "A")),
    ({"contact": "named", "company": "B"}, ("B", "A", "B")),
    ({"contact": "had", "company": "B"}, ("B", "B", "B")),
]


@pytest.mark.parametrize(("sent", "after"), COMPANIES)
async def test_the_company_follows_the_contact_and_the_contact_the_company(
    client: httpx.AsyncClient,
    make: Factory,
    db: Any,
    clock: SteppedClock,
    sent: dict[str, str | None],
    after: tuple[str | None, ...],
) -> None:
    company: dict[str | None, str | None] = {None: None}
    company |= {each: (await make.company())["id"] for each in "ABC"}
    contacts = {
        "had": await make.contact(company_id=company["A"]),
        "named": await make.contact(company_id=company["B"]),
        "free": await make.contact(),
    }
    thread = await make.thread(contact_email=contacts["had"]["email"])
    assert thread["company"]["id"] == company["A"]
    clock.step(timedelta(seconds=1))
    body: dict[str, Any] = {}
    if "contact" in sent:
        body["contact_id"] = contacts[str(sent["contact"])]["id"]
    if "company" in sent:
        body["company_id"] = company[sent["company"]]
    answer = (await client.patch(f"/threads/{thread['id']}", json=body)).json()
    now = contacts[sent.get("contact") or "had"]
    named = contacts["free" if sent.get("contact") == "free" else "named"]
    of_thread, of_had, of_named = (company[each] for each in after)
    assert answer["contact"]["id"] == now["id"]
    assert (answer["company"] or {"id": None})["id"] == of_thread
    for contact, is_of in ((contacts["had"], of_had), (named, of_named)):
        got = (await client.get(f"/contacts/{contact['id']}")).json()
        assert got["company_id"] == is_of
        moved = contact["company_id"] != is_of
        kinds = ["contact.created"] + ["contact.updated"] * moved
        assert await kinds_of(db, contact["id"]) == kinds
        assert (got["updated_at"] != contact["updated_at"]) is moved
        if moved:
            told = (await events_of(db, contact["id"]))[-1]
            assert told["before"] == {"company_id": contact["company_id"]}
            assert (told["after"], told["data"]) == ({"company_id": is_of}, got)


async def test_the_contact_that_it_has_already_moves_nothing(
    client: httpx.AsyncClient, make: Factory, db: Any
) -> None:
    theirs, other = (await make.company())["id"], (await make.company())["id"]
    contact = await make.contact(company_id=theirs)
    thread = await make.thread(contact_email=contact["email"], company_id=other)
    path = f"/threads/{thread['id']}"
    after = (await client.patch(path, json={"contact_id": contact["id"]})).json()
    assert after == thread
    assert (after["company"]["id"], after["contact"]["company_id"]) == (other, theirs)
    after = (await client.patch(path, json={"company_id": other})).json()
    assert after["contact"]["company_id"] == other, "the same company, and new to the contact"
    assert await kinds_of(db, contact["id"]) == ["contact.created", "contact.updated"]


async def test_a_contact_that_moves_has_a_new_etag(
    client: httpx.AsyncClient, make: Factory
) -> None:
    thread, company = await make.thread(), await make.company()
    path = f"/contacts/{thread['contact']['id']}"
    old = {"If-Match": (await client.get(path)).headers["etag"]}
    await client.patch(f"/threads/{thread['id']}", json={"company_id": company["id"]})
    assert (await client.patch(path, json={"name": "N"}, headers=old)).status_code == 412


@pytest.mark.parametrize(("role", "status"), [("ADMIN", 200), ("USER", 200), ("VIEWER", 400)])
async def test_a_viewer_cannot_be_assigned(
    client: httpx.AsyncClient, make: Factory, db: Any, role: str, status: int
) -> None:
    thread, member = await make.thread(), await make.member(role=role)
    answer = await client.patch(f"/threads/{thread['id']}", json={"assignee_id": member})
    assert answer.status_code == status
    if status == 400:
        assert faults(answer) == ["assignee_id"]
        return
    assert answer.json()["assignee"]["id"] == member
    assert (await events_of(db, thread["id"]))[-1]["after"] == {"assignee_id": member}
    freed = await client.patch(f"/threads/{thread['id']}", json={"assignee_id": None})
    assert freed.json()["assignee"] is None
    told = ["thread.updated", "thread.assigned"]
    assert await kinds_of(db, thread["id"]) == ["thread.created", *told, *told]


async def test_the_project_field_replaces_its_own_need_only(
    client: httpx.AsyncClient, make: Factory, db: Any
) -> None:
    thread = await make.thread()
    a, b, by_hand = [(await make.project())["id"] for _ in range(3)]
    path = f"/threads/{thread['id']}"
    await client.post(f"{path}/customer-needs", json={"project_ids": [by_hand]})

    async def put(project: str | None) -> dict[str, str]:
        answer = await client.patch(path, json={"project_id": project})
        assert answer.status_code == 200, answer.text
        return {each["project_id"]: each["id"] for each in answer.json()["customer_needs"]}

    first = await put(a)
    assert set(first) == {by_hand, a}
    second = await put(b)
    assert set(second) == {by_hand, b}
    assert set(await put(by_hand)) == {by_hand}, "it is linked already"
    assert set(await put(None)) == {by_hand}
    assert set(await put(b)) == {by_hand, b}
    assert await kinds_of(db, first[a]) == ["customer_need.created", "customer_need.deleted"]
    assert await kinds_of(db, second[b]) == ["customer_need.created", "customer_need.deleted"]
    made, removed = await events_of(db, first[a])
    assert made["data"] == removed["data"]
    assert made["data"]["project_id"] == a


async def test_a_deleted_project_gives_way(
    client: httpx.AsyncClient, make: Factory, workspace: Workspace, db: Any
) -> None:
    old, new = (await make.project())["id"], (await make.project())["id"]
    thread = await make.thread(project_id=old)
    path = f"/threads/{thread['id']}"
    await client.delete(f"/projects/{old}")
    assert (await client.get(path)).json()["customer_needs"] == []
    after = (await client.patch(path, json={"project_id": new})).json()
    assert [each["project_id"] for each in after["customer_needs"]] == [new]


async def test_what_was_deleted_is_no_longer_shown_and_hinders_no_write(
    client: httpx.AsyncClient, make: Factory, db: Any
) -> None:
    company, member = await make.company(), await make.member()
    thread = await make.thread(company_id=company["id"], assignee_id=member)
    path = f"/threads/{thread['id']}"
    await client.delete(f"/companies/{company['id']}")
    await client.delete(f"/contacts/{thread['contact']['id']}")
    await db.execute("update members set deleted_at = joined_at where id = $1::text::uuid", member)
    columns = "select contact_id, company_id, assignee_id from threads where id = $1::text::uuid"
    stored = await db.fetchrow(columns, thread["id"])
    assert all(stored)
    tag = await make.tag()
    bodies: list[dict[str, Any]] = [
        {"title": "T"},
        {"title": "U", "tag_ids": [tag["id"]], "project_id": (await make.project())["id"]},
        {"title": "V", "assignee_id": None, "company_id": None, "notify": {"email": True}},
    ]
    for body in bodies:
        after = await client.patch(path, json=body)
        for shown in (after.json(), (await client.get(path)).json()):
            assert [shown[name] for name in ("contact", "company", "assignee")] == [None] * 3
        # What was not sent is not written, and no event speaks of it.
        assert await db.fetchrow(columns, thread["id"]) == stored
        for told in await events_of(db, thread["id"]):
            assert not (told["after"] or {}).keys() & stored.keys()
    assert "thread.assigned" not in await kinds_of(db, thread["id"])
    contact, other = await make.contact(), await make.company()
    body = {"contact_id": contact["id"], "company_id": other["id"]}
    after = (await client.patch(path, json=body)).json()
    assert (after["contact"]["company_id"], after["company"]) == (other["id"], other)
