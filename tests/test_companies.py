"""Companies: make, find, change, delete, and what they can name."""

from datetime import timedelta
from typing import Any
from uuid import UUID

import httpx
import pytest

from looplane.kit.clock import iso
from looplane.kit.ids import new_id
from tests.company_choices import insert_links
from tests.conftest import SteppedClock, Workspace, connected
from tests.factory import Factory
from tests.witness import events_of, everything, faults, kinds_of, version

NOWHERE = str(new_id())
BIGGEST = 2**53 - 1
PLAIN: dict[str, Any] = {
    "name": "Acme",
    "logo_url": "https://logo.example/a.png",
    "domains": ["acme.example", "acme.co.uk"],
    "size": 12,
    "revenue": BIGGEST,
    "external_ids": ["crm-1", "erp-9"],
}
# Bodies, and the paths that are named as wrong, on POST and on PATCH.
FAULTS: list[tuple[dict[str, Any], list[str]]] = [
    ({"name": ""}, ["name"]),
    ({"name": "x" * 256}, ["name"]),
    ({"name": None}, ["name"]),
    ({"name": "a\0b"}, ["name"]),
    ({"logo_url": "ftp://x.example/a.png"}, ["logo_url"]),
    ({"logo_url": "a.png"}, ["logo_url"]),
    ({"domains": None}, ["domains"]),
    ({"domains": "acme.example"}, ["domains"]),
    (
        {"domains": ["ok.de", "Acme.de", "acme", "", "a.b.de"]},
        [f"domains.{i}" for i in (1, 2, 3, 4)],
    ),
    (
        {"domains": ["https://acme.de", "acme.de/x", "acme.de\n"]},
        [f"domains.{i}" for i in (0, 1, 2)],
    ),
    ({"domains": ["a" * 61 + ".de"]}, ["domains.0"]),
    ({"external_ids": None}, ["external_ids"]),
    ({"external_ids": ["", "x" * 256, 1]}, [f"external_ids.{i}" for i in (0, 1, 2)]),
    ({"size": -1, "revenue": BIGGEST + 1}, ["revenue", "size"]),
    ({"size": 1.5, "revenue": "7"}, ["revenue", "size"]),
    ({"size": True}, ["size"]),
    ({"status_id": 1, "tier_id": [], "owner_id": {}}, ["owner_id", "status_id", "tier_id"]),
    ({"id": NOWHERE, "status_name": "x"}, ["id", "status_name"]),
    ({"status_id": NOWHERE}, ["status_id"]),
    (
        {"status_id": NOWHERE, "tier_id": "", "owner_id": "x", "size": 1},
        ["owner_id", "status_id", "tier_id"],
    ),
]


@pytest.fixture
async def links(make: Factory) -> dict[str, str]:
    return await insert_links(make)


async def test_create_with_everything_and_with_a_name(
    client: httpx.AsyncClient, db: Any, clock: SteppedClock, links: dict[str, str]
) -> None:
    answer = await client.post("/companies", json={**PLAIN, **links})
    made = answer.json()
    now, company_id = iso(clock()), made["id"]
    assert made == {
        **{name: value for name, value in {**PLAIN, **links}.items() if name != "owner_id"},
        "id": company_id,
        "status_name": "Trial",
        "tier_name": "Gold",
        "owner": {"id": links["owner_id"], "name": "Olga", "avatar_url": None},
        "created_at": now,
        "updated_at": now,
    }
    got = await client.get(f"/companies/{company_id}")
    assert (got.json(), got.headers["etag"]) == (made, answer.headers["etag"])
    (event,) = await events_of(db, company_id)
    assert (event["type"], event["data"]) == ("company.created", made)
    bare = (await client.post("/companies", json={"name": "Bare"})).json()
    assert {name for name, value in bare.items() if value in (None, [])} == set(made) - {
        *("id", "name", "created_at", "updated_at"),
    }


@pytest.mark.parametrize(("body", "named"), FAULTS)
async def test_each_fault_is_named_and_nothing_written(
    client: httpx.AsyncClient,
    make: Factory,
    db: Any,
    workspace: Workspace,
    body: dict[str, Any],
    named: list[str],
) -> None:
    company = await make.company()
    rows = await everything(db, workspace.id)
    assert faults(await client.post("/companies", json={"name": "N", **body})) == named
    assert faults(await client.patch(f"/companies/{company['id']}", json=body)) == named
    assert await everything(db, workspace.id) == rows


async def test_null_and_absent_on_create(client: httpx.AsyncClient) -> None:
    assert faults(await client.post("/companies", json={})) == ["name"]
    unset = dict.fromkeys(("size", "revenue"))
    assert faults(await client.post("/companies", json={"name": "N", **unset})) == sorted(unset)
    nulls = dict.fromkeys(("logo_url", "status_id", "tier_id", "owner_id"))
    assert (await client.post("/companies", json={"name": "N", **nulls})).status_code == 200


async def test_bounds_that_still_hold(client: httpx.AsyncClient) -> None:
    body = {"name": "x" * 255, "domains": ["a" * 60 + ".de"], "size": 0, "revenue": 0}
    made = (await client.post("/companies", json=body)).json()
    assert {name: made[name] for name in body} == body


async def test_each_field_is_set_and_no_other(
    client: httpx.AsyncClient, make: Factory, db: Any, clock: SteppedClock, links: dict[str, str]
) -> None:
    company = await make.company()
    shown_in = {"status_id": {"status_id", "status_name"}, "tier_id": {"tier_id", "tier_name"}}
    for field, value in {**PLAIN, **links}.items():
        clock.step(timedelta(seconds=1))
        after = (await client.patch(f"/companies/{company['id']}", json={field: value})).json()
        moved = {name for name in company if company[name] != after[name]}
        assert moved == {"updated_at"} | shown_in.get(field, {field.replace("owner_id", "owner")})
        assert after["updated_at"] == iso(clock())
        event = (await events_of(db, company["id"]))[-1]
        assert (event["type"], event["data"]) == ("company.updated", after)
        assert (set(event["before"]), event["after"]) == ({field}, {field: value})
        company = after


async def test_null_clears_and_absent_keeps(
    client: httpx.AsyncClient, make: Factory, links: dict[str, str]
) -> None:
    company = await make.company(**PLAIN, **links)
    path = f"/companies/{company['id']}"
    kept = (await client.patch(path, json={"name": "Other"})).json()
    assert kept == {**company, "name": "Other", "updated_at": kept["updated_at"]}
    nulls = dict.fromkeys(("logo_url", "size", "revenue", *links))
    cleared = (await client.patch(path, json={**nulls, "domains": [], "external_ids": []})).json()
    assert {name for name, value in cleared.items() if value in (None, [])} == {
        *("logo_url", "size", "revenue", "domains", "external_ids", "owner"),
        *("status_id", "status_name", "tier_id", "tier_name"),
    }


async def test_what_is_there_already_is_silent(
    client: httpx.AsyncClient,
    make: Factory,
    db: Any,
    workspace: Workspace,
    clock: SteppedClock,
    links: dict[str, str],
) -> None:
    company = await make.company(**PLAIN, **links)
    path = f"/companies/{company['id']}"
    before = await client.get(path)
    clock.step(timedelta(minutes=1))
    rows = await everything(db, workspace.id)
    first, second = PLAIN["domains"]
    for body in ({}, PLAIN, links, {"domains": [second, first, second]}):
        answer = await client.patch(path, json=body)
        assert (answer.status_code, answer.content) == (200, before.content), body
        assert answer.headers["etag"] == before.headers["etag"]
    assert await everything(db, workspace.id) == rows


async def test_domains_and_external_ids_are_sets_in_the_callers_order(
    client: httpx.AsyncClient, make: Factory
) -> None:
    domains, ids = ["z.de", "a.com.au", "z.de"], ["9", "1", "9"]
    company = await make.company(domains=domains, external_ids=ids)
    assert (company["domains"], company["external_ids"]) == (["z.de", "a.com.au"], ["9", "1"])
    body = {"domains": ["b.de", "b.de"], "external_ids": ["2"]}
    after = (await client.patch(f"/companies/{company['id']}", json=body)).json()
    assert (after["domains"], after["external_ids"]) == (["b.de"], ["2"])


async def test_delete_hides_it_from_its_contacts_and_threads(
    client: httpx.AsyncClient, make: Factory, db: Any
) -> None:
    company = await make.company()
    company_id, path = company["id"], f"/companies/{company['id']}"
    contact = await make.contact(company_id=company_id)
    thread = await make.thread(contact_email=contact["email"], company_id=company_id)
    assert thread["company"] == company
    assert (await client.delete(path)).json() == {"id": company_id, "deleted": True}
    for gone in (
        await client.get(path),
        await client.patch(path, json={"size": 1}),
        await client.delete(path),
    ):
        assert gone.status_code == httpx.codes.NOT_FOUND
    assert (await client.get("/companies")).json()["data"] == []
    shown = (await client.get(f"/threads/{thread['id']}")).json()
    assert (shown["company"], shown["contact"]["company_id"]) == (None, None)
    assert (await client.get(f"/contacts/{contact['id']}")).json()["company_id"] is None
    assert await kinds_of(db, company_id) == ["company.created", "company.deleted"]
    assert (await events_of(db, company_id))[-1]["data"] == company


async def test_an_owner_who_left_is_no_owner(
    client: httpx.AsyncClient, make: Factory, db: Any, links: dict[str, str]
) -> None:
    company = await make.company(**links)
    path, owner = f"/companies/{company['id']}", links["owner_id"]
    await db.execute("update members set deleted_at = now() where id = $1", UUID(owner))
    assert (await client.get(path)).json()["owner"] is None
    assert faults(await client.patch(path, json={"owner_id": owner})) == ["owner_id"]
    silent = await client.patch(path, json={"owner_id": None})
    assert version(silent) == 1
    assert (await client.patch(path, json={"size": 1})).status_code == httpx.codes.OK


async def test_if_match_and_dry_run(
    client: httpx.AsyncClient, make: Factory, db: Any, workspace: Workspace
) -> None:
    path = f"/companies/{(await make.company(name='One'))['id']}"
    old = {"If-Match": (await client.get(path)).headers["etag"]}
    new = {
        "If-Match": (await client.patch(path, json={"name": "Two"}, headers=old)).headers["etag"]
    }
    rows = await everything(db, workspace.id)
    for refused in (
        await client.patch(path, json={"name": "Three"}, headers=old),
        await client.delete(path, headers=old),
    ):
        assert refused.status_code == httpx.codes.PRECONDITION_FAILED
    dry = {"dry_run": "true"}
    created = await client.post("/companies", json=PLAIN, params=dry)
    changed = await client.patch(path, json={"name": "Three"}, params=dry)
    deleted = await client.delete(path, params=dry)
    assert (created.json()["name"], changed.json()["name"]) == ("Acme", "Three")
    would = [each.headers["x-looplane-would"] for each in (created, changed, deleted)]
    assert would == ["company.created", "company.updated", "company.deleted"]
    assert await everything(db, workspace.id) == rows
    assert (await client.delete(path, headers=new)).status_code == httpx.codes.OK


async def test_nothing_is_seen_or_named_across_workspaces(
    client: httpx.AsyncClient,
    stranger: httpx.AsyncClient,
    make: Factory,
    db: Any,
    other: Workspace,
    links: dict[str, str],
) -> None:
    company = await make.company(name="Ours", **links)
    path = f"/companies/{company['id']}"
    rows = await everything(db, other.id)
    for answer in (
        await stranger.get(path),
        await stranger.patch(path, json={"name": "Theirs"}),
        await stranger.delete(path),
    ):
        assert answer.status_code == httpx.codes.NOT_FOUND
    assert (await stranger.get("/companies")).json()["data"] == []
    refused = await stranger.post("/companies", json={"name": "Theirs", **links})
    assert faults(refused) == sorted(links)
    options = (await stranger.get("/companies/linear-options")).json()
    seen = {each["id"] for kind in options.values() for each in kind}
    assert not seen & set(links.values())
    assert await everything(db, other.id) == rows
    assert (await client.get(path)).json() == company


async def test_the_scopes(app: Any, make: Factory) -> None:
    path = f"/companies/{(await make.company())['id']}"
    requests: list[tuple[str, str, Any]] = [
        ("GET", "/companies", None),
        ("GET", "/companies/linear-options", None),
        ("GET", path, None),
        ("POST", "/companies", {"name": "N"}),
        ("PATCH", path, {}),
        ("DELETE", path, None),
    ]
    for method, target, body in requests:
        needed = "companies:read" if method == "GET" else "companies:write"
        other = {"companies:read", "companies:write"} - {needed}
        async with connected(app, await make.key(other)) as lacking:
            refused = await lacking.request(method, target, json=body)
        assert (refused.status_code, needed in refused.json()["message"]) == (403, True), target
        async with connected(app, await make.key({needed})) as allowed:
            assert (await allowed.request(method, target, json=body)).status_code == 200, target


async def test_a_change_is_two_statements_and_its_references_are_held_by_one(
    client: httpx.AsyncClient, make: Factory, queries: Any, links: dict[str, str]
) -> None:
    path = f"/companies/{(await make.company())['id']}"
    for body, most in (({"size": 5}, 2), (links, 5)):  # with BEGIN and COMMIT
        with queries() as seen:
            assert (await client.patch(path, json=body)).status_code == httpx.codes.OK
        assert len(seen) == most, seen
