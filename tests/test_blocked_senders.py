"""Blocked senders: one spelling of each, found by their address, their domain and those above."""

from typing import Any

import httpx
import pytest

from looplane.contacts.blocked_senders.rules import spellings
from looplane.contacts.blocked_senders.sql import IS_BLOCKED
from tests.conftest import Workspace
from tests.factory import Factory
from tests.witness import faults, kinds_of

PATH = "/contacts/blocked-senders"
# Type, what was sent, what is kept.
SPELLINGS = [
    ("EMAIL", "Sender@Firm.Example", "sender@firm.example"),
    ("EMAIL", "ÄRGER@Bücher.Example", "ärger@xn--bcher-kva.example"),
    ("EMAIL", "a@host_name.example", "a@host_name.example"),
    ("EMAIL", "İ@firm.example", "i̇@firm.example"),
    ("EMAIL", "\U00010d50@firm.example", None),
    ("DOMAIN", "Firm.Example", "firm.example"),
    ("DOMAIN", "BÜCHER.example", "xn--bcher-kva.example"),
    ("DOMAIN", "xn--bcher-kva.example", "xn--bcher-kva.example"),
    ("DOMAIN", "Mail\u3002Firm\uff0eExample", "mail.firm.example"),
    ("DOMAIN", "co.uk", "co.uk"),
]
WRONG = [
    ("EMAIL", "firm.example"),
    ("EMAIL", "a@b@c.example"),
    ("EMAIL", "a b@firm.example"),
    ("DOMAIN", "sender@firm.example"),
    ("DOMAIN", "@firm.example"),
    ("DOMAIN", "localhost"),
    ("DOMAIN", "firm.example."),
    ("DOMAIN", "firm..example"),
    ("DOMAIN", "-firm.example"),
    ("DOMAIN", "127.0.0.1"),
    ("DOMAIN", "https://firm.example"),
    ("DOMAIN", "*.firm.example"),
    ("DOMAIN", "a_b.example"),
    ("DOMAIN", f"{'x' * 64}.example"),
    ("DOMAIN", "xn--a.example"),
]


async def block(client: httpx.AsyncClient, type: str, value: str) -> httpx.Response:
    return await client.post(PATH, json={"type": type, "value": value})


async def check(db: Any, workspace: Workspace, email: str) -> bool:
    return bool(await db.fetchval(f"select {IS_BLOCKED}", workspace.id, *spellings(email)))


@pytest.mark.parametrize(("type", "value", "kept"), SPELLINGS)
async def test_there_is_one_spelling(
    client: httpx.AsyncClient, type: str, value: str, kept: str | None
) -> None:
    answer = await block(client, type, value)
    assert answer.is_success, answer.text
    stored = answer.json()["value"]
    assert kept in {None, stored}
    again = await block(client, type, stored)
    assert (again.status_code, again.json()["code"]) == (409, "conflict")
    assert (await block(client, type, value)).status_code == httpx.codes.CONFLICT


@pytest.mark.parametrize(("type", "value"), WRONG)
async def test_what_is_no_sender(client: httpx.AsyncClient, type: str, value: str) -> None:
    assert faults(await block(client, type, value)) == ["value"]


async def test_all_faults_at_once(client: httpx.AsyncClient) -> None:
    answer = await client.post(PATH, json={"type": "DOMAIN", "value": "x y", "more": 1})
    assert faults(answer) == ["more", "value"]


async def test_a_list_by_type(client: httpx.AsyncClient) -> None:
    made = [(await block(client, "EMAIL", f"{i}@spam.example")).json() for i in range(3)]
    domain = (await block(client, "DOMAIN", "spam.example")).json()
    assert set(domain) == {"id", "value", "type", "created_at"}
    page = (await client.get(PATH)).json()["data"]
    assert page == [domain, *reversed(made)]
    first = (await client.get(PATH, params={"type": "EMAIL", "limit": "2"})).json()
    rest = (await client.get(PATH, params={"cursor": first["page"]["cursor"]})).json()
    assert first["data"] + rest["data"] == [*reversed(made)]


async def test_a_block_is_lifted(client: httpx.AsyncClient, make: Factory, db: Any) -> None:
    made = await make.blocked_sender(value="one@spam.example")
    path = f"{PATH}/{made['id']}"
    assert (await client.delete(path)).json() == {"id": made["id"], "deleted": True}
    assert (await client.delete(path)).status_code == httpx.codes.NOT_FOUND
    assert (await client.get(PATH)).json()["data"] == []
    assert await kinds_of(db, made["id"]) == ["blocked_sender.created", "blocked_sender.deleted"]
    again = await block(client, "EMAIL", "ONE@spam.example")
    assert again.is_success


async def test_who_is_blocked(
    client: httpx.AsyncClient, stranger: httpx.AsyncClient, db: Any, workspace: Workspace
) -> None:
    await block(client, "EMAIL", "One@firm.example")
    await block(client, "DOMAIN", "bücher.example")
    await block(stranger, "DOMAIN", "firm.example")
    blocked = ["ONE@FIRM.example", "a@BÜCHER.example", "a@xn--bcher-kva.example"]
    blocked += ["a@deep.mail.bücher.example", "a@bücher.example.", "a@no_name.bücher.example"]
    allowed = ["two@firm.example", "one@mail.firm.example", "a@otherbücher.example", "nobody", ""]
    for email in blocked:
        assert await check(db, workspace, email), email
    for email in allowed:
        assert not await check(db, workspace, email), email


async def test_an_id_is_no_contact(client: httpx.AsyncClient, make: Factory) -> None:
    made, contact = await make.blocked_sender(), await make.contact()
    assert (await client.get(f"/contacts/{made['id']}")).status_code == httpx.codes.NOT_FOUND
    answer = await client.delete(f"{PATH}/{contact['id']}")
    assert answer.status_code == httpx.codes.NOT_FOUND
