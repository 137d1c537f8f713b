"""Names are found by a part of them, whatever its accents and capitals, and however rare it is."""

import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import httpx
import pytest

from looplane.kit import paging
from looplane.kit.sqltext import has_trigrams
from tests.conftest import SteppedClock
from tests.factory import Factory


async def _all(client: httpx.AsyncClient, path: str, **query: Any) -> list[str]:
    """The ids of all pages."""
    found: list[str] = []
    cursor: str | None = ""
    while cursor is not None:
        params = {**query, "cursor": cursor} if cursor else query
        answer = await client.get(path, params=params)
        assert answer.status_code == httpx.codes.OK, answer.text
        found += [row["id"] for row in answer.json()["data"]]
        cursor = answer.json()["page"]["cursor"]
    return found


@pytest.mark.parametrize("part", ["zoë müll", "ZOE MULL", "e M", "ë", "ller", "Zoé Müller-Straße"])
async def test_accents_and_capitals_do_not_matter(
    client: httpx.AsyncClient, make: Factory, part: str
) -> None:
    wanted = [
        (await make.contact(name=name))["id"]
        for name in ("Zoë Müller-Strasse", "ZOE MULLER-STRASSE")
    ]
    await make.contact(name="Zo Mull")
    await make.contact()
    assert await _all(client, "/contacts", name_contains=part) == wanted[::-1]


@pytest.mark.parametrize("sign", ["\N{FULLWIDTH PERCENT SIGN}", "100%", "a_b", "\\", "--"])
async def test_signs_are_signs(client: httpx.AsyncClient, make: Factory, sign: str) -> None:
    wanted = await make.company(name=f"The {sign} company")
    await make.company(name="The 1000 a.b company")
    assert await _all(client, "/companies", name_contains=sign) == [wanted["id"]]


@pytest.mark.parametrize("path", ["/contacts", "/companies", "/projects", "/tags"])
async def test_pages_are_whole_where_the_newest_are_not_enough(
    client: httpx.AsyncClient,
    make: Factory,
    clock: SteppedClock,
    monkeypatch: pytest.MonkeyPatch,
    path: str,
) -> None:
    monkeypatch.setattr(paging, "_NEWEST", 3)
    nouns = {"/contacts": make.contact, "/companies": make.company, "/projects": make.project}
    new = nouns.get(path, make.tag)
    made = []
    for n in range(20):
        clock.step(timedelta(seconds=1))
        made.append(await new(name=f"Needle {n}" if n % 4 == 0 or n > 16 else f"Hay {n}"))
    wanted = [each["id"] for each in made if "Needle" in each["name"]][::-1]
    for limit in (1, 2, 50):
        assert await _all(client, path, name_contains="NEEDLE", limit=limit) == wanted
    everything = await _all(
        client, path, name_contains="NEEDLE", created_after=made[7]["created_at"]
    )
    assert everything == wanted[:6]


async def test_a_search_asks_once_or_twice(
    client: httpx.AsyncClient, make: Factory, queries: Callable[[], Any]
) -> None:
    for n in range(2):
        await make.contact(name=f"Common {n}")
    costs: list[tuple[dict[str, Any], int]] = [
        ({"name_contains": "common", "limit": 1}, 1),
        ({"name_contains": "common"}, 2),
        ({"name_contains": "co"}, 1),
        ({}, 1),
    ]
    for params, most in costs:
        await client.get("/me")
        with queries() as seen:
            answer = await client.get("/contacts", params=params)
        assert answer.status_code == httpx.codes.OK
        assert len(seen) == most, params


NAMED = ["/contacts", "/companies", "/projects", "/tags", "/issues"]
TITLED = ["/changelogs", "/docs/articles", "/snippets"]


@pytest.mark.parametrize("path", [*NAMED, *TITLED])
async def test_each_search_has_its_index(
    client: httpx.AsyncClient, queries: Callable[[], Any], path: str
) -> None:
    part = {"title_contains" if path in TITLED else "name_contains": "common"}
    await client.get("/me")
    with queries() as seen:
        assert (await client.get(path, params=part)).status_code == httpx.codes.OK
    assert len(seen) == 2


TABLE = """
create temp table parts as
  select 'name ' || n as name_key from generate_series(1, 500) n;
create index parts_part on parts using gin (name_key gin_trgm_ops);
analyze parts;
set local enable_seqscan = off;
"""
FOUND = """
explain (analyze, format json)
select from parts where name_key like (select contains_pattern($1))"""
PARTS = [
    "a",
    "xy",
    "xyz",
    "x y",
    "--",
    "-x",
    "xy-zw",
    "é",
    "%",
    "xy ",
    "x ",
    " x",
    "1",
    "77",
    "777",
]
PARTS += [
    "___",
    "x__",
    "xy_",
    "_x",
    "xe\N{COMBINING ACUTE ACCENT}",
    "жж",
    "жжж",
    "ж ж",
    "漢字",
    "漢字漢",
]


def _rows_of_index(plan: dict[str, Any]) -> list[float]:
    own = [plan["Actual Rows"]] if plan["Node Type"] == "Bitmap Index Scan" else []
    return own + [rows for each in plan.get("Plans", []) for rows in _rows_of_index(each)]


async def test_what_no_index_finds_is_known(db: Any) -> None:
    found = []
    async with db.transaction():
        await db.execute(TABLE)
        for part in PARTS:
            (explained,) = json.loads(await db.fetchval(FOUND, part))
            # A pattern without trigrams reads the whole index, and all rows that are in it.
            found += [part] if _rows_of_index(explained["Plan"]) == [0] else []
        await db.execute("drop table parts")
    assert [part for part in PARTS if has_trigrams(part)] == found
    assert {"xyz", "x y", "-x", "xy ", "xy_", "777", "жжж", "漢字漢"} <= {*found}
    assert found.count("x ") == found.count("___") == 0
