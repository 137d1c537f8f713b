"""How long the files stay that are to go with a message."""

import asyncio
import os
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import httpx
import pytest

from looplane.erasure.commands import erase_contact
from looplane.held_messages.commands import sweep_held
from looplane.kit.content_parts import PART
from looplane.kit.context import Context
from looplane.kit.principal import Principal
from looplane.outgoing_files import sql as outgoing_sql
from looplane.outgoing_files.commands import sweep_outgoing_files
from tests.conftest import SteppedClock, Workspace
from tests.factory import Factory
from tests.file_contents import form
from tests.held import hold, send_what_is_due, state_of, unsent_in
from tests.outgoing import PATH, count, naming, put, upload
from tests.sessions import APP, signed_in


@pytest.fixture(autouse=True)
async def quiet(db: Any) -> None:
    """Nothing that other tests left is due, or to be swept."""
    await db.execute("delete from held_messages where state = 'held'")
    await db.execute("delete from outgoing_files")


@pytest.fixture
async def member(app: Any, db: Any, workspace: Workspace) -> Any:
    async with signed_in(app, db, workspace.id, workspace.member_id) as client:
        yield client


async def test_what_is_named_is_not_removed(
    member: httpx.AsyncClient, db: Any, make: Factory
) -> None:
    file, id = await upload(member), (await make.thread())["id"]
    await put(member, id, naming(file))
    path = f"{PATH}/{file['id']}"
    assert (await member.delete(path)).status_code == 409
    held = await hold(member, id, attachments=[naming(file)])
    assert (await member.delete(path)).status_code == 409
    await member.delete(f"{APP}/held/{held['id']}")
    assert (await member.delete(path)).status_code == 409
    await put(member, id)
    removed = await member.delete(path)
    assert (removed.status_code, removed.json()) == (200, file)
    assert (await member.delete(path)).status_code == 404
    assert await count(db) == 0


async def test_what_nothing_names_is_swept_after_a_day(
    member: httpx.AsyncClient, db: Any, make: Factory, clock: SteppedClock
) -> None:
    unsent, held, sent, loose = [await upload(member, b"%d" % i) for i in range(4)]
    ids = [(await make.thread())["id"] for _ in range(3)]
    await put(member, ids[0], naming(unsent))
    await hold(member, ids[2], attachments=[naming(sent)])
    await send_what_is_due(db, clock)
    holding = await hold(member, ids[1], attachments=[naming(held)])
    clock.step(timedelta(hours=23))
    young = await upload(member, b"young")
    assert await sweep_outgoing_files(db, clock) == 0
    clock.step(timedelta(hours=1, seconds=1))
    assert await sweep_outgoing_files(db, clock) == 2
    left = {str(row["id"]) for row in await db.fetch("select id from outgoing_files")}
    assert left == {unsent["id"], held["id"], young["id"]}
    assert (await member.get(f"{PATH}/{loose['id']}")).status_code == 404
    assert await state_of(db, holding["id"]) == "held"
    await member.delete(f"{APP}/unsent/{ids[0]}", params={"mode": "reply"})
    await send_what_is_due(db, clock)
    await sweep_held(db, clock)
    assert await sweep_outgoing_files(db, clock) == 2


async def test_a_file_that_is_just_being_named_stays(
    member: httpx.AsyncClient, db: Any, pool: Any, make: Factory, clock: SteppedClock
) -> None:
    file, id = await upload(member), (await make.thread())["id"]
    clock.step(timedelta(days=2))
    async with pool.acquire() as con, con.transaction():
        hold_it = "select from outgoing_files where id = $1 for key share"
        await con.fetch(hold_it, UUID(file["id"]))
        assert await sweep_outgoing_files(db, clock) == 0
        # Whoever removes it waits until it is named, and then sees that.
        removing = asyncio.ensure_future(member.delete(f"{PATH}/{file['id']}"))
        while not await db.fetchval(  # noqa: ASYNC110  # another process says it
            "select count(*) from pg_locks where not granted and pid <> pg_backend_pid()"
        ):
            await asyncio.sleep(0.01)
        await con.execute(
            "insert into unsent_texts (workspace_id, id, member_id, thread_id, mode, html,"
            " html_version, attachments, created_at, updated_at)"
            " select workspace_id, $2, member_id, $3, 'reply', '', 1, $4, now(), now()"
            " from outgoing_files where id = $1",
            UUID(file["id"]),
            uuid4(),
            UUID(id),
            [naming(file)],
        )
    assert (await removing).status_code == 409


async def test_a_file_that_is_gone_goes_back_with_a_reason(
    member: httpx.AsyncClient, db: Any, make: Factory, clock: SteppedClock
) -> None:
    file, id = await upload(member), (await make.thread())["id"]
    await hold(member, id, attachments=[naming(file)])
    await db.execute("delete from outgoing_files")
    done = await send_what_is_due(db, clock)
    assert (done.sent, len(done.returned)) == (0, 1)
    assert "no such outgoing file" in (await unsent_in(member, id))["problem"]


async def test_the_same_upload_twice_is_one(member: httpx.AsyncClient, db: Any) -> None:
    key = {"Idempotency-Key": "once"}
    both = [await member.post(PATH, **form(b"words"), headers=key) for _ in range(2)]
    assert both[0].json() == both[1].json()
    assert await count(db) == 1
    differs = await member.post(PATH, **form(b"other"), headers=key)
    assert differs.status_code == 422


async def test_files_of_who_is_erased_go_at_once(
    member: httpx.AsyncClient,
    db: Any,
    make: Factory,
    clock: SteppedClock,
    workspace: Workspace,
) -> None:
    unsent, held, sent, shared, loose = [await upload(member, b"%d" % i) for i in range(5)]
    other = (await make.thread())["id"]
    theirs = [await make.thread(contact_email="z@mail.example") for _ in range(3)]
    ids = [each["id"] for each in theirs]
    await hold(member, ids[0], attachments=[naming(sent)])
    await send_what_is_due(db, clock)
    await put(member, ids[1], naming(unsent))
    await hold(member, ids[2], attachments=[naming(held), naming(shared)])
    await put(member, other, naming(shared))
    eraser = Context(Principal(workspace.id, "rule", rule="erase"), clock, "erase")
    await erase_contact(db, eraser, "z@mail.example")
    left = {str(row["id"]) for row in await db.fetch("select id from outgoing_files")}
    assert left == {shared["id"], loose["id"]}


async def test_a_file_is_read_in_parts(
    member: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = list[int]()

    async def find_part(*args: Any) -> bytes | None:
        part = await sql_find_part(*args)
        found.append(len(part or b""))
        return part

    sql_find_part = outgoing_sql.find_part
    monkeypatch.setattr(outgoing_sql, "find_part", find_part)
    content = os.urandom(2 * PART + 7)
    file = await upload(member, content)
    answer = await member.get(f"{PATH}/{file['id']}")
    assert (answer.content, answer.headers["content-length"]) == (content, str(len(content)))
    assert found == [PART, PART, 7]
