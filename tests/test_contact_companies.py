"""The companies of a contact: the primary one and the others, whoever sets them."""

from datetime import timedelta
from typing import Any
from uuid import UUID

import asyncpg
import httpx
import pytest

from looplane.kit.ids import new_id
from tests.conftest import SteppedClock, Workspace
from tests.contract import check_words
from tests.factory import Factory
from tests.witness import events_of, everything, faults, kinds_of, version

_FILL = """
insert into companies (workspace_id, id, name, created_at, updated_at)
select $1, gen_random_uuid(), 'Of many', now(), now() from generate_series(1, $3);
"""


class Companies:
    """A contact, seen by its companies."""

    def __init__(self, client: httpx.AsyncClient, contact: dict[str, Any]) -> None:
        self.client, self.id = client, str(contact["id"])
        self.contact = f"/contacts/{contact['id']}"
        self.path = f"{self.contact}/companies"

    async def add(self, **named: str) -> httpx.Response:
        answer = await self.client.post(self.path, json=named)
        assert answer.status_code == httpx.codes.OK, answer.text
        return answer

    async def remove(self, id: str) -> httpx.Response:
        return await self.client.delete(f"{self.path}/{id}")

    async def set_primary(self, id: str | None) -> None:
        answer = await self.client.patch(self.contact, json={"company_id": id})
        assert answer.status_code == httpx.codes.OK, answer.text

    async def primary(self) -> str | None:
        shown: str | None = (await self.client.get(self.contact)).json()["company_id"]
        return shown

    async def listed(self) -> list[str]:
        """All ids; fails unless the first one, and only that, is the primary one, if there is."""
        rows = (await self.client.get(self.path)).json()["data"]
        ids = [row["id"] for row in rows]
        primary = await self.primary()
        assert [row["id"] for row in rows if row["is_primary"]] == [primary] * (primary is not None)
        assert primary in {None, *ids[:1]}
        return ids


@pytest.fixture
async def four(make: Factory) -> list[str]:
    return [(await make.company())["id"] for _ in range(4)]


@pytest.fixture
async def companies(client: httpx.AsyncClient, make: Factory) -> Companies:
    return Companies(client, await make.contact())


async def test_the_first_one_is_the_primary_one(
    companies: Companies, four: list[str], clock: SteppedClock
) -> None:
    for id in four[:3]:
        added = (await companies.add(company_id=id)).json()
        assert (added["id"], added["is_primary"]) == (id, id == four[0])
        clock.step(timedelta(seconds=1))
    assert await companies.listed() == four[:3]


async def test_it_is_named_in_one_way(companies: Companies, make: Factory) -> None:
    company = await make.company(name="Whole Name", external_ids=["crm-7"])
    for named in ({"company_name": "Whole Name"}, {"company_external_id": "crm-7"}):
        assert (await companies.add(**named)).json()["id"] == company["id"]
        assert (await companies.remove(company["id"])).json()["id"] == company["id"]
    for body in ({}, {"company_id": company["id"], "company_name": "Whole Name"}):
        answer = await companies.client.post(companies.path, json=body)
        assert faults(answer) == ["company_id, company_name, company_external_id"]
    answer = await companies.client.post(companies.path, json={"company_name": "Whole"})
    assert faults(answer) == ["company_name"]
    await make.company(name="Whole Name")
    answer = await companies.client.post(companies.path, json={"company_name": "Whole Name"})
    assert faults(answer) == ["company_name"]


async def test_twice_is_once(
    companies: Companies, four: list[str], db: Any, workspace: Workspace
) -> None:
    await companies.add(company_id=four[0])
    first = await companies.add(company_id=four[1])
    before = await everything(db, workspace.id)
    again = await companies.add(company_id=four[1])
    assert (again.json(), version(again)) == (first.json(), version(first))
    assert await everything(db, workspace.id) == before


async def test_the_oldest_left_takes_the_place(
    companies: Companies, four: list[str], clock: SteppedClock
) -> None:
    for id in (four[2], four[0], four[1]):
        await companies.add(company_id=id)
        clock.step(timedelta(seconds=1))
    assert (await companies.remove(four[2])).json() == {"id": four[2], "deleted": True}
    assert await companies.listed() == four[:2]
    await companies.add(company_id=four[2])
    await companies.remove(four[1])
    assert await companies.listed() == [four[0], four[2]]
    await companies.remove(four[0])
    assert await companies.listed() == [four[2]]
    await companies.remove(four[2])
    assert (await companies.listed(), await companies.primary()) == ([], None)
    for id in (four[1], four[3], str(new_id())):
        assert (await companies.remove(id)).status_code == httpx.codes.NOT_FOUND


async def test_whoever_sets_the_primary_one_keeps_the_membership(
    client: httpx.AsyncClient, make: Factory, four: list[str]
) -> None:
    contact = await make.contact(company_id=four[0])
    companies = Companies(client, contact)
    assert await companies.listed() == four[:1]
    await companies.set_primary(four[1])
    assert await companies.listed() == [four[1], four[0]]
    await companies.set_primary(four[0])
    assert await companies.listed() == four[:2]
    thread = await make.thread(contact_email=contact["email"])
    await client.patch(f"/threads/{thread['id']}", json={"company_id": four[2]})
    assert await companies.listed() == [four[2], *four[:2]]
    await client.patch(f"/threads/{thread['id']}", json={"company_id": None})
    assert (await companies.listed(), await companies.primary()) == (four[:2], None)
    made = await make.thread(company_id=four[3])
    assert await Companies(client, made["contact"]).listed() == [four[3]]


async def test_none_leaves_the_primary_one_and_promotes_no_other(
    companies: Companies, four: list[str]
) -> None:
    await companies.add(company_id=four[0])
    await companies.add(company_id=four[1])
    await companies.set_primary(None)
    assert (await companies.listed(), await companies.primary()) == ([four[1]], None)
    added = await companies.add(company_id=four[1])
    assert added.json()["is_primary"], "there was no primary one"


async def test_a_company_that_is_deleted_is_nobodys(
    client: httpx.AsyncClient, companies: Companies, four: list[str]
) -> None:
    for id in four[:3]:
        await companies.add(company_id=id)
    await client.delete(f"/companies/{four[0]}")
    await client.delete(f"/companies/{four[2]}")
    assert (await companies.listed(), await companies.primary()) == ([four[1]], None)
    assert (await companies.remove(four[2])).status_code == httpx.codes.NOT_FOUND
    assert (await companies.add(company_id=four[1])).json()["is_primary"]


async def test_a_list_by_company_finds_all_members(
    client: httpx.AsyncClient, make: Factory, four: list[str]
) -> None:
    people = [await make.contact(company_id=four[i % 2]) for i in range(5)]
    for each in people[:3]:
        await Companies(client, each).add(company_id=four[2])
    found, cursor = [], None
    while True:
        query = {"cursor": cursor} if cursor else {"company_id": four[2], "limit": "2"}
        page = (await client.get("/contacts", params=query)).json()
        found += [each["id"] for each in page["data"]]
        cursor = page["page"]["cursor"]
        if cursor is None:
            break
    assert found == [each["id"] for each in reversed(people[:3])]
    await client.delete(f"/contacts/{people[0]['id']}")
    await client.delete(f"/companies/{four[1]}")
    members = (await client.get("/contacts", params={"company_id": four[2]})).json()["data"]
    assert [each["id"] for each in members] == [people[2]["id"], people[1]["id"]]
    assert (await client.get("/contacts", params={"company_id": four[1]})).json()["data"] == []


async def test_every_change_is_told(companies: Companies, four: list[str], db: Any) -> None:
    await companies.add(company_id=four[0])
    await companies.add(company_id=four[1])
    await companies.remove(four[0])
    told = await events_of(db, companies.id)
    for each in told:
        check_words(each["type"], each["before"])
        check_words(each["type"], each["after"])
    assert [(each["before"], each["after"]) for each in told[1:]] == [
        (
            {"company_id": None, "company_ids": []},
            {"company_id": four[0], "company_ids": [four[0]]},
        ),
        ({"company_ids": [four[0]]}, {"company_ids": four[:2]}),
        (
            {"company_id": four[0], "company_ids": four[:2]},
            {"company_id": four[1], "company_ids": [four[1]]},
        ),
    ]
    assert [each["version"] for each in told] == [1, 2, 3, 4]
    assert told[-1]["data"]["company_id"] == four[1]


async def test_if_match_is_about_the_contact(companies: Companies, four: list[str]) -> None:
    await companies.add(company_id=four[0])
    old = {"If-Match": '"1"'}
    answer = await companies.client.post(companies.path, json={"company_id": four[1]}, headers=old)
    assert answer.status_code == httpx.codes.PRECONDITION_FAILED
    answer = await companies.client.delete(f"{companies.path}/{four[0]}", headers=old)
    assert answer.status_code == httpx.codes.PRECONDITION_FAILED
    assert await companies.listed() == four[:1]


async def test_a_contact_has_its_limit(
    companies: Companies, four: list[str], db: Any, workspace: Workspace
) -> None:
    await db.execute(_FILL.replace("$1", f"'{workspace.id}'").replace("$3", "200"))
    await db.execute(
        "insert into contact_companies (workspace_id, contact_id, company_id, contact_created_at,"
        " created_at) select $1, $2, id, now(), now() from companies"
        " where workspace_id = $1 and name = 'Of many'",
        workspace.id,
        UUID(companies.id),
    )
    many = await companies.client.post(companies.path, json={"company_id": four[0]})
    assert (many.status_code, many.json()["code"]) == (409, "conflict")
    rows = (await companies.client.get(companies.path)).json()
    assert (len(rows["data"]), rows["page"]["has_more"]) == (200, False)
    await companies.add(company_id=rows["data"][7]["id"])
    assert await companies.primary() == rows["data"][7]["id"], "who belongs to it already may"


async def test_the_database_keeps_the_two_in_step(
    companies: Companies, four: list[str], db: Any, workspace: Workspace
) -> None:
    await companies.add(company_id=four[0])
    with pytest.raises(asyncpg.ForeignKeyViolationError):
        await db.execute("delete from contact_companies where workspace_id = $1", workspace.id)
    await db.execute(
        "update contacts set company_id = $1 where id = $2", UUID(four[1]), UUID(companies.id)
    )
    assert await companies.listed() == [four[1], four[0]]


async def test_what_it_costs(companies: Companies, four: list[str], queries: Any) -> None:
    await companies.add(company_id=four[0])
    calls: list[tuple[str, str, dict[str, Any] | None, int]] = [
        ("GET", companies.path, None, 1),
        ("POST", companies.path, {"company_id": four[1]}, 8),
        ("DELETE", f"{companies.path}/{four[1]}", None, 6),
        ("GET", f"/contacts?company_id={four[0]}", None, 1),
    ]
    for method, path, body, most in calls:
        await companies.client.get("/me")
        with queries() as seen:
            answer = await companies.client.request(method, path, json=body)
        assert answer.is_success, answer.text
        assert len(seen) == most, seen


async def test_nothing_is_told_of_what_did_not_happen(
    companies: Companies, four: list[str], db: Any
) -> None:
    answer = await companies.client.post(companies.path, json={"company_id": str(new_id())})
    assert faults(answer) == ["company_id"]
    await companies.client.post(
        companies.path, json={"company_id": four[0]}, params={"dry_run": "true"}
    )
    assert await kinds_of(db, companies.id) == ["contact.created"]
