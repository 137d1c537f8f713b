"""Two who merge, link and delete at the same moment: nothing is left with a company that went."""

from collections.abc import AsyncIterator
from itertools import count
from typing import Any

import pytest

from tests.conftest import SteppedClock, Workspace
from tests.factory import Factory
from tests.interleaving import Send, Stage, SteppedDatabase, set_stage, stepped_database

Call = tuple[str, str, dict[str, Any] | None]


@pytest.fixture(scope="module")
async def stepped(dsn: str, database: object) -> AsyncIterator[SteppedDatabase]:
    async with stepped_database(dsn) as opened:
        yield opened


@pytest.fixture
async def stage(
    stepped: SteppedDatabase, clock: SteppedClock, make: Factory, workspace: Workspace
) -> AsyncIterator[Stage]:
    async with set_stage(stepped, clock, make, workspace) as stage:
        yield stage


def merge(survivor: str, source: str) -> Call:
    return "POST", f"/companies/{survivor}/merge", {"source_id": source}


def sent(client: Any, call: Call) -> Send:
    method, path, body = call
    return lambda: client.request(method, path, json=body)


async def companies(stage: Stage, number: int) -> list[str]:
    return [(await stage.world.make.company())["id"] for _ in range(number)]


def rivals(a: str, b: str, c: str) -> dict[str, Call]:
    """Whoever comes in between while b goes into a."""
    return {
        "same": merge(a, b),
        "opposite": merge(b, a),
        "survivor goes on": merge(c, a),
        "source grows": merge(b, c),
        "source deleted": ("DELETE", f"/companies/{b}", None),
        "survivor deleted": ("DELETE", f"/companies/{a}", None),
        "source changed": ("PATCH", f"/companies/{b}", {"size": 3}),
        "survivor changed": ("PATCH", f"/companies/{a}", {"size": 3}),
    }


# What both may be answered, the merge first.
OUTCOMES: dict[str, set[tuple[int, int]]] = {
    "same": {(200, 400), (400, 200)},
    "opposite": {(200, 404), (404, 200)},
    "survivor goes on": {(200, 200), (404, 200)},
    "source grows": {(200, 404), (200, 200)},
    "source deleted": {(200, 404), (400, 200)},
    "survivor deleted": {(200, 200), (404, 200)},
    "source changed": {(200, 404), (200, 200)},
    "survivor changed": {(200, 200)},
}


@pytest.mark.parametrize("is_first", [True, False], ids=["merge stands", "rival stands"])
@pytest.mark.parametrize("rival", OUTCOMES)
async def test_a_merge_and_whoever_comes_in_between(
    stage: Stage, rival: str, *, is_first: bool
) -> None:
    for step in count():
        a, b, c = await companies(stage, 3)
        threads = [(await stage.world.make.thread(company_id=each))["id"] for each in (a, b, c)]
        pair = [merge(a, b), rivals(a, b, c)[rival]]
        order = pair if is_first else pair[::-1]
        met = await stage.meet(sent(stage.first, order[0]), sent(stage.second, order[1]), step=step)
        if not met.rivals:
            assert step > 1
            break
        statuses = met.statuses if is_first else met.statuses[::-1]
        assert statuses in OUTCOMES[rival], step
        for id in (a, b, c):
            await stage.chain(id)
        await assert_nothing_is_lost(stage, threads, rival)


async def assert_nothing_is_lost(stage: Stage, threads: list[str], rival: str) -> None:
    """Each thread has a company that is there, unless that was deleted."""
    for id in threads:
        company = (await stage.second.get(f"/threads/{id}")).json()["company"]
        if company is None:
            assert "deleted" in rival
        else:
            assert (await stage.second.get(f"/companies/{company['id']}")).is_success


def links(w: dict[str, str], b: str) -> dict[str, Call]:
    """Whoever links to the company b, among the things of `w`."""
    mail = {"text": "x", "pain_level": "LOW", "contact_email": w["address"]}
    to_contact = {"contact_id": w["contact of source"]}
    leaving = f"/contacts/{w['contact of source']}/companies/{b}"
    return {
        "thread": ("PATCH", f"/threads/{w['thread']}", {"company_id": b}),
        "thread to a contact": ("PATCH", f"/threads/{w['other thread']}", to_contact),
        "new thread": ("POST", "/threads", {**mail, "company_id": b}),
        "new thread of the domain": ("POST", "/threads", mail),
        "contact": ("PATCH", f"/contacts/{w['contact']}", {"company_id": b}),
        "membership": ("POST", f"/contacts/{w['contact']}/companies", {"company_id": b}),
        "leaving": ("DELETE", leaving, None),
        "new contact": ("POST", "/contacts", {"email": w["address"]}),
        "title": ("PATCH", f"/threads/{w['thread of source']}", {"title": "T"}),
    }


LINKS = links(
    dict.fromkeys(
        ("contact of source", "thread", "other thread", "address", "contact", "thread of source"),
        "",
    ),
    "",
)


@pytest.mark.parametrize("is_first", [True, False], ids=["link stands", "merge stands"])
@pytest.mark.parametrize("link", LINKS)
async def test_a_link_to_a_company_that_goes(stage: Stage, link: str, *, is_first: bool) -> None:
    """It moves with the company, or is told that the company is not there."""
    make = stage.world.make
    for step in count():
        domain = f"firm-{step}-{int(is_first)}.com"
        a = (await make.company())["id"]
        b = (await make.company(domains=[domain]))["id"]
        thread, other, of_source = [
            await make.thread(**fields) for fields in ({}, {}, {"company_id": b})
        ]
        things = {
            "thread": thread["id"],
            "contact": thread["contact"]["id"],
            "other thread": other["id"],
            "thread of source": of_source["id"],
            "contact of source": of_source["contact"]["id"],
            "address": f"new@{domain}",
        }
        pair = [links(things, b)[link], merge(a, b)]
        order = pair if is_first else pair[::-1]
        met = await stage.meet(sent(stage.first, order[0]), sent(stage.second, order[1]), step=step)
        if not met.rivals:
            assert step > 1
            break
        linked, merged = met.statuses if is_first else met.statuses[::-1]
        assert (merged, linked in {200, 400, 404}) == (200, True), (step, met.statuses)
        await assert_none_is_with(stage, b)
        if link in {"new contact", "new thread of the domain"}:
            query = {"email": things["address"]}
            new = (await stage.second.get("/contacts/by-email", params=query)).json()
            assert new["company_id"] == a, step
        if link in {"thread", "contact"}:
            await stage.chain(things["contact"])


async def assert_none_is_with(stage: Stage, company: str) -> None:
    """No thread, contact or membership that is there names a company that went."""
    for table in ("threads", "contacts"):
        left = await stage.watch.fetchval(
            f"select count(*) from {table} where company_id = $1 and deleted_at is null", company
        )
        assert left == 0, table
    left = await stage.watch.fetchval(
        "select count(*) from contact_companies where company_id = $1", company
    )
    assert left == 0


@pytest.mark.parametrize("is_first", [True, False], ids=["unmerge stands", "rival stands"])
@pytest.mark.parametrize("rival", ["unmerge", "move", "merge on"])
async def test_an_unmerge_and_whoever_comes_in_between(
    stage: Stage, rival: str, *, is_first: bool
) -> None:
    for step in count():
        a, b, c = await companies(stage, 3)
        thread = (await stage.world.make.thread(company_id=b))["id"]
        assert (await sent(stage.second, merge(a, b))()).is_success
        unmerge: Call = ("POST", f"/companies/{a}/unmerge", {"source_id": b})
        calls: dict[str, Call] = {
            "unmerge": unmerge,
            "move": ("PATCH", f"/threads/{thread}", {"company_id": c}),
            "merge on": merge(c, a),
        }
        order = [unmerge, calls[rival]] if is_first else [calls[rival], unmerge]
        met = await stage.meet(sent(stage.first, order[0]), sent(stage.second, order[1]), step=step)
        if not met.rivals:
            assert step > 1
            break
        allowed = {
            "unmerge": {(200, 409), (409, 200)},
            "move": {(200, 200)},
            "merge on": {(200, 200), (404, 200)},
        }[rival]
        statuses = met.statuses if is_first else met.statuses[::-1]
        assert statuses in allowed, step
        shown = (await stage.second.get(f"/threads/{thread}")).json()["company"]["id"]
        wanted = {"unmerge": {b}, "move": {c}, "merge on": {b, c}}[rival]
        assert shown in wanted, (step, statuses)
        for id in (a, b, c):
            await stage.chain(id)
