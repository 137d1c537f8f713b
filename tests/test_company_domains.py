"""Whose company a new contact joins: the one that owns the domain of its address, if it is one."""

from typing import Any

import httpx
import pytest

from looplane.kit.domains import ascii_domain, own_domains
from tests.conftest import Workspace
from tests.factory import Factory

THREAD = {"text": "<p>Hello</p>", "pain_level": "LOW"}
# Addresses, and the domains by which they can belong to a firm.
DOMAINS = [
    ("a@firm.example", ["firm.example"]),
    ("a@Mail.FIRM.example", ["mail.firm.example", "firm.example"]),
    ("a@b.firm.co.uk", ["b.firm.co.uk", "firm.co.uk"]),
    ("a@firm.co.uk", ["firm.co.uk"]),
    ("a@bücher.example", ["xn--bcher-kva.example"]),
    ("a@gmail.com", []),
    ("a@GMAIL.com", []),
    ("a@sub.gmail.com", []),
    ("a@web.de", []),
    ("a@localhost", []),
    ("a@127.0.0.1", []),
    ("a@-.example", []),
    ("nobody", []),
    ("", []),
]


@pytest.mark.parametrize(("email", "domains"), DOMAINS)
def test_the_domains_of_an_address(email: str, domains: list[str]) -> None:
    assert own_domains(email) == domains


@pytest.mark.parametrize("text", ["", ".", "a", "a.", ".a", "a..b", "x" * 300, "a.1", "\ud800.a"])
def test_what_is_no_domain(text: str) -> None:
    assert ascii_domain(text) is None


async def joined(client: httpx.AsyncClient, email: str, **fields: Any) -> str | None:
    answer = await client.post("/contacts", json={"email": email, **fields})
    assert answer.is_success, answer.text
    company: str | None = answer.json()["company_id"]
    return company


async def test_the_closest_domain_wins(client: httpx.AsyncClient, make: Factory) -> None:
    firm = (await make.company(domains=["firm.com", "firm.co.uk"]))["id"]
    assert await joined(client, "a@firm.com") == firm
    assert await joined(client, "b@FIRM.com") == firm
    assert await joined(client, "a@deep.mail.firm.com") == firm
    assert await joined(client, "a@mail.firm.co.uk") == firm
    assert await joined(client, "a@otherfirm.com") is None
    assert await joined(client, "a@com") is None


async def test_what_several_claim_is_nobodys(client: httpx.AsyncClient, make: Factory) -> None:
    first = (await make.company(domains=["firm.com"]))["id"]
    second = (await make.company(domains=["firm.com", "firm.de"]))["id"]
    assert await joined(client, "a@firm.com") is None
    assert await joined(client, "a@firm.de") == second
    await client.delete(f"/companies/{second}")
    assert await joined(client, "b@firm.com") == first


async def test_free_mail_is_nobodys(client: httpx.AsyncClient, make: Factory) -> None:
    await make.company(domains=["gmail.com", "co.uk", "outlook.com"])
    for address in ("a@gmail.com", "a@mail.outlook.com", "a@firm.co.uk"):
        assert await joined(client, address) is None


async def test_who_chooses_is_asked_nothing(client: httpx.AsyncClient, make: Factory) -> None:
    await make.company(domains=["firm.com"])
    other = await make.company(name="Other firm")
    assert await joined(client, "a@firm.com", company_id=None) is None
    assert await joined(client, "b@firm.com", company_id=other["id"]) == other["id"]
    assert await joined(client, "c@firm.com", company_name="Other firm") == other["id"]


async def test_another_workspace_owns_nothing_here(
    client: httpx.AsyncClient, make_other: Factory
) -> None:
    await make_other.company(domains=["firm.com"])
    assert await joined(client, "a@firm.com") is None


async def test_who_is_there_is_not_moved(client: httpx.AsyncClient, make: Factory) -> None:
    there = await make.contact(email="a@firm.com")
    firm = await make.company(domains=["firm.com"])
    assert (await client.get(f"/contacts/{there['id']}")).json()["company_id"] is None
    thread = await make.thread(contact_email="a@firm.com")
    assert thread["company"] is None
    await client.patch(f"/companies/{firm['id']}", json={"domains": ["firm.com", "firm.de"]})
    assert (await client.get(f"/contacts/{there['id']}")).json()["company_id"] is None


async def test_a_thread_and_its_new_contact_join(
    client: httpx.AsyncClient, make: Factory, db: Any, workspace: Workspace
) -> None:
    firm = (await make.company(domains=["firm.com"]))["id"]
    thread = await make.thread(contact_email="a@mail.firm.com")
    assert (thread["company"]["id"], thread["contact"]["company_id"]) == (firm, firm)
    members = await client.get(f"/contacts/{thread['contact']['id']}/companies")
    assert [row["id"] for row in members.json()["data"]] == [firm]
    data = await db.fetchval(
        "select data from events where workspace_id = $1 and type = 'contact.created'", workspace.id
    )
    assert firm in data


async def test_it_costs_no_more_round_trips(
    client: httpx.AsyncClient, make: Factory, queries: Any
) -> None:
    await make.company(domains=["firm.com"])
    costs = []
    for address in ("a@firm.com", "a@nowhere.com", "a@gmail.com"):
        await client.get("/me")
        with queries() as seen:
            answer = await client.post("/threads", json={**THREAD, "contact_email": address})
        assert answer.is_success
        costs.append(len(seen))
    assert costs == [11, 11, 11], costs
