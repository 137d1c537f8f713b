"""Databases that earlier releases left, brought up to date and used."""

import asyncio
import gzip
import json
import re
import subprocess
from collections import Counter
from collections.abc import AsyncIterator
from typing import Any, NamedTuple
from uuid import UUID

import pytest

from looplane.cli.app import main
from looplane.cli.demo import open_demo
from looplane.demo.seed import read_content
from looplane.kit.clock import system_clock
from looplane.kit.database import connected, open_database
from looplane.kit.embedded_pg.binaries import find_binaries
from looplane.main import create_app
from tests import conftest, contract
from tests.databases import empty_database
from tests.make_release_dump import RELEASES
from tests.unlimited import UNLIMITED

DUMPS = sorted(RELEASES.glob("*.sql.gz"))
NAMES = [each.name.removesuffix(".sql.gz") for each in DUMPS]
# Months of events are as many as the clock has it, so they are no part of the schema.
SCHEMA = {
    "columns": """
        select c.relname, a.attname, format_type(a.atttypid, a.atttypmod), a.attnotnull,
          a.attgenerated, a.attidentity, pg_get_expr(d.adbin, d.adrelid)
        from pg_class c join pg_attribute a on a.attrelid = c.oid and a.attnum > 0
        left join pg_attrdef d on d.adrelid = c.oid and d.adnum = a.attnum
        where c.relnamespace = 'public'::regnamespace and not a.attisdropped
          and c.relkind in ('r', 'p', 'v', 'm') and not c.relispartition""",
    "constraints": """
        select c.relname, k.conname, pg_get_constraintdef(k.oid) from pg_constraint k
        join pg_class c on c.oid = k.conrelid
        where c.relnamespace = 'public'::regnamespace and not c.relispartition""",
    "indexes": """
        select c.relname, pg_get_indexdef(i.indexrelid), i.indisvalid from pg_index i
        join pg_class c on c.oid = i.indrelid
        where c.relnamespace = 'public'::regnamespace and not c.relispartition""",
    "triggers": """
        select c.relname, t.tgname, pg_get_triggerdef(t.oid) from pg_trigger t
        join pg_class c on c.oid = t.tgrelid
        where c.relnamespace = 'public'::regnamespace and not t.tgisinternal
          and not c.relispartition""",
    "functions": """
        select p.proname, pg_get_function_identity_arguments(p.oid), p.prosrc from pg_proc p
        where p.pronamespace = 'public'::regnamespace and not exists (
          select from pg_depend d where d.objid = p.oid and d.deptype = 'e')""",
}
# Another program's function has another name, and stays for it.
STORED_FUNCTION = re.compile(r".+_[0-9a-f]{8}")
TABLES = """
select c.oid::regclass::text as name, array_agg(a.attname::text order by a.attnum) as columns
from pg_class c join pg_attribute a on a.attrelid = c.oid and a.attnum > 0
where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p') and not c.relispartition
  and not a.attisdropped
group by c.oid"""


class Upgraded(NamedTuple):
    url: str
    rows: dict[str, list[dict[str, Any]]]  # before, by table
    applied: list[str]


async def restore(url: str, dump: bytes) -> None:
    psql = [str(find_binaries(None) / "psql"), "-X", "-q", "-v", "ON_ERROR_STOP=1", url]
    done = await asyncio.to_thread(
        subprocess.run,
        psql,
        input=gzip.decompress(dump),
        capture_output=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr.decode()


async def rows_of(con: Any) -> dict[str, list[dict[str, Any]]]:
    tables = await con.fetch(TABLES)
    found = {}
    for table in tables:
        rows = await con.fetch(f"select to_jsonb(t) as row from {table['name']} t")
        found[table["name"]] = [row["row"] for row in rows]
    return found


async def schema_of(con: Any) -> dict[str, set[tuple[Any, ...]]]:
    found = {}
    for name, query in SCHEMA.items():
        found[name] = {tuple(row.values()) for row in await con.fetch(query)}
    return found


@pytest.fixture(scope="module")
async def fresh(dsn: str) -> dict[str, set[tuple[Any, ...]]]:
    async with empty_database(dsn) as url:
        with pytest.MonkeyPatch.context() as patch:
            patch.setenv("LOOPLANE_DATABASE_URL", url)
            assert await asyncio.to_thread(main, ["migrate", "--json"]) == 0
        async with connected(url) as con:
            found = await schema_of(con)
    return found


@pytest.fixture(scope="module", params=[each.read_bytes() for each in DUMPS], ids=NAMES)
async def upgraded(
    dsn: str, fresh: object, request: pytest.FixtureRequest
) -> AsyncIterator[Upgraded]:
    async with empty_database(dsn) as url:
        await restore(url, request.param)
        async with connected(url) as con:
            before = await rows_of(con)
        with pytest.MonkeyPatch.context() as patch:
            patch.setenv("LOOPLANE_DATABASE_URL", url)
            assert await asyncio.to_thread(main, ["migrate", "--json"]) == 0
        async with connected(url) as con:
            names = {row["name"] for row in await con.fetch("select name from migrations")}
        former = {row["name"] for row in before["migrations"]}
        yield Upgraded(url, before, sorted(names - former))


# What a migration says otherwise: columns that went, and values that are written in other words.
GONE = {"events": {"at"}, "threads": {"waits"}, "customer_needs": {"by_field"}}
REWRITTEN = {"events": {"data", "actor"}}  # as test_event_upgrade.py has it
RENAMED = {"deliveries": {'"state": "failed"': '"state": "dead"'}}


def whole(table: str, rows: list[dict[str, Any]], columns: set[str]) -> Counter[str]:
    kept = sorted(columns - REWRITTEN.get(table, set()))
    texts = [json.dumps({name: row[name] for name in kept}) for row in rows]
    for before, now in RENAMED.get(table, {}).items():
        texts = [text.replace(before, now) for text in texts]
    return Counter(texts)


async def test_every_row_is_what_it_was(upgraded: Upgraded) -> None:
    async with connected(upgraded.url) as con:
        after = await rows_of(con)
    assert len(upgraded.rows["threads"]) > 10
    for table, before in upgraded.rows.items():
        if before:
            columns = before[0].keys() & after[table][0].keys()
            assert before[0].keys() - columns <= GONE.get(table, set()), table
            assert whole(table, before, columns) <= whole(table, after[table], columns), table
            # Only the ledger and months of events grow by an upgrade.
            assert table == "migrations" or len(before) == len(after[table]), table


async def test_the_schema_is_that_of_a_fresh_database(
    upgraded: Upgraded, fresh: dict[str, set[tuple[Any, ...]]]
) -> None:
    async with connected(upgraded.url) as con:
        found = await schema_of(con)
    left = {
        each
        for each in found["functions"] - fresh["functions"]
        if STORED_FUNCTION.fullmatch(each[0])
    }
    found["functions"] -= left
    for name, parts in fresh.items():
        assert parts, name
        assert found[name] == parts, name


async def test_it_is_used_as_any_other(upgraded: Upgraded) -> None:
    database = await open_database(upgraded.url, 4)
    async with database.writing() as con:
        made = await open_demo(con, system_clock())
    assert made["name"] == read_content().workspace.name
    assert not made["created"]
    app = create_app(database, UNLIMITED)
    async with conftest.connected(app, made["key"]) as client:
        await use(client, made["workspace_id"], database)
    await app.aclose()
    await database.pool.close()


async def use(client: Any, workspace_id: str, database: Any) -> None:
    threads = (await client.get("/threads", params={"limit": 200})).json()["data"]
    for path in ("/contacts", "/companies", "/tags", "/projects"):
        assert (await client.get(path)).json()["data"], path
    changed = next(each for each in threads if each["title"] == "Größe „XL“ … 漢字")
    before = await events(client)
    answer = await client.patch(f"/threads/{changed['id']}", json={"title": "After the upgrade"})
    assert answer.status_code == 200, answer.text
    after = await events(client)
    assert after[: len(before)] == before, "what was told stays, in its order"
    [*_, last] = after
    assert len(after) > len(before)
    assert last["data"]["title"] == "After the upgrade"
    async with database.reading() as con:
        await contract.check_events(con, UUID(workspace_id))


async def events(client: Any) -> list[Any]:
    found: list[Any] = []
    params: dict[str, Any] = {"limit": 200}
    while True:
        page = (await client.get("/events", params=params)).json()
        found += page["data"]
        if not page["page"]["has_more"]:
            return found
        params["after"] = page["page"]["cursor"]
