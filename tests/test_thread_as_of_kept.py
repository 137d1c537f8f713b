"""GET /threads/{id}?as_of=…: what is kept of the past, and what is said where it is not whole."""

import json
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import httpx
import pytest

from looplane.contacts.sql import CONTACT
from looplane.erasure.commands import erase_contact
from looplane.events import Event, as_write
from looplane.kit.clock import iso
from looplane.kit.context import Context
from looplane.kit.principal import Principal
from looplane.threads.as_of.rules import tab_of
from looplane.threads.sql import THREAD, tab
from tests.conftest import SteppedClock, Workspace
from tests.factory import Factory

EXPANDED = {"expand": "messages,comments"}
SECOND = timedelta(seconds=1)


async def forget(db: Any, *ids: str) -> None:
    """As if these were older than what is kept, or were never told of."""
    await db.execute(
        "delete from events where aggregate_id = any ($1)", [UUID(each) for each in ids]
    )


def unknown_since(answer: httpx.Response) -> str:
    assert answer.status_code == 422, answer.text
    return str(answer.json()["message"]).removesuffix(".").split()[-1]


async def test_a_thread_of_which_nothing_is_kept_is_what_its_row_says(
    client: httpx.AsyncClient, make: Factory, db: Any, clock: SteppedClock
) -> None:
    company, project = await make.company(), await make.project()
    thread = await make.thread(company_id=company["id"], project_id=project["id"])
    path = f"/threads/{thread['id']}"
    await make.comment(thread["id"])
    clock.step(SECOND)
    contact = thread["contact"]["id"]
    await forget(db, thread["id"], contact, company["id"], project["id"])
    then, shown = clock(), (await client.get(path, params=EXPANDED)).json()
    clock.step(SECOND)
    query = {**EXPANDED, "as_of": iso(then)}
    assert (await client.get(path, params=query)).json() == shown
    # What the row refers to is known as long as it does not change either.
    await client.delete(f"/projects/{project['id']}")
    await client.delete(path)
    assert (await client.get(path, params=query)).json() == shown
    await client.patch(f"/contacts/{contact}", json={"name": "Other"})
    assert (await client.get(path, params=query)).status_code == 422


@pytest.mark.parametrize("gone", ["contacts", "companies", "tags", "members"])
async def test_what_a_row_does_not_tell_is_not_guessed(
    client: httpx.AsyncClient, make: Factory, db: Any, clock: SteppedClock, gone: str
) -> None:
    company, tag, member = await make.company(), await make.tag(), await make.joined_member()
    thread = await make.thread(company_id=company["id"], assignee_id=member["id"])
    path = f"/threads/{thread['id']}"
    await client.patch(path, json={"tag_ids": [tag["id"]]})
    clock.step(SECOND)
    ids = {"contacts": thread["contact"]["id"], "companies": company["id"]}
    ids |= {"tags": tag["id"], "members": member["id"]}
    await forget(db, thread["id"], *ids.values())
    query = {"as_of": iso(clock())}
    shown = (await client.get(path)).json()
    clock.step(SECOND)
    assert (await client.get(path, params=query)).json() == shown
    await client.delete(f"/{gone}/{ids[gone]}")
    assert (await client.get(path, params=query)).status_code == 422


async def test_what_changed_before_anything_was_kept_is_not_known(
    client: httpx.AsyncClient, make: Factory, db: Any, clock: SteppedClock
) -> None:
    thread = await make.thread()
    path, early = f"/threads/{thread['id']}", clock()
    clock.step(SECOND)
    await client.patch(path, json={"title": "Second"})
    await forget(db, thread["id"])
    clock.step(SECOND)
    await client.patch(path, json={"title": "Third"})
    since = clock()
    clock.step(SECOND)
    answer = await client.get(path, params={"as_of": iso(early)})
    assert unknown_since(answer) == iso(since)
    answer = await client.get(path, params={"as_of": iso(since)})
    assert answer.json()["title"] == "Third"
    before = {"as_of": iso(early - timedelta(days=1))}
    assert (await client.get(path, params=before)).status_code == 404


async def test_a_comment_of_which_nothing_is_kept(
    client: httpx.AsyncClient, make: Factory, db: Any, clock: SteppedClock
) -> None:
    thread = await make.thread()
    path = f"/threads/{thread['id']}"
    comments = [await make.comment(thread["id"]) for _ in range(2)]
    one, other = (f"{path}/comments/{each['id']}" for each in comments)
    await db.execute("delete from events where type like 'comment.%'")
    clock.step(SECOND)
    query = {"as_of": iso(clock()), **EXPANDED}
    clock.step(SECOND)
    await client.delete(one)
    assert (await client.get(path, params=query)).json()["comments"] == comments
    clock.step(SECOND)
    await client.patch(other, json={"content": "<p>Otherwise</p>"})
    assert unknown_since(await client.get(path, params=query)) == iso(clock())


async def test_what_was_erased_is_shown_at_no_moment(
    client: httpx.AsyncClient, make: Factory, db: Any, clock: SteppedClock, workspace: Workspace
) -> None:
    thread = await make.thread(text="<p>Zanzibar</p>", title="Zanzibar", contact_name="Zanzibar")
    path = f"/threads/{thread['id']}"
    await make.comment(thread["id"], content="<p>Zanzibar</p>")
    other = await make.thread()
    other_path = f"/threads/{other['id']}"
    clock.step(SECOND)
    await client.patch(other_path, json={"contact_id": thread["contact"]["id"]})
    then = clock()
    clock.step(SECOND)
    moved = await make.contact()
    await client.patch(other_path, json={"contact_id": moved["id"]})
    clock.step(SECOND)
    principal = Principal(workspace.id, "rule", rule="erase")
    await erase_contact(db, Context(principal, clock, "erase"), thread["contact"]["id"])
    erased_at = clock()
    clock.step(SECOND)
    answer = await client.get(path, params={"as_of": iso(then), **EXPANDED})
    assert unknown_since(answer) == iso(erased_at)
    assert "Zanzibar" not in answer.text
    answer = await client.get(path, params={"as_of": iso(clock()), **EXPANDED})
    assert answer.json() == (await client.get(path, params=EXPANDED)).json()
    assert "Zanzibar" not in answer.text
    answer = await client.get(other_path, params={"as_of": iso(then)})
    assert (answer.status_code, answer.json()["contact"]) == (200, None)


async def test_the_last_event_is_the_one_with_the_highest_version(
    client: httpx.AsyncClient, make: Factory, db: Any, clock: SteppedClock
) -> None:
    path = f"/threads/{(await make.thread())['id']}"
    contact = (await client.get(path)).json()["contact"]["id"]
    for word in ("first", "second"):
        clock.step(SECOND)
        await client.patch(path, json={"title": word})
        await client.patch(f"/contacts/{contact}", json={"name": word})
    # A transaction that began earlier than others may come to write later than they did.
    await db.execute(
        "update events set position = 1 where aggregate_id = any ($1) and after ?| $2"
        " and coalesce(after->>'title', after->>'name') = 'second'",
        [UUID(path.rsplit("/", maxsplit=1)[-1]), UUID(contact)],
        ["title", "name"],
    )
    then = (await client.get(path, params={"as_of": iso(clock())})).json()
    assert (then["title"], then["contact"]["name"]) == ("second", "second")


async def test_it_asks_as_often_whatever_there_is(
    client: httpx.AsyncClient, make: Factory, queries: Any, clock: SteppedClock
) -> None:
    small = f"/threads/{(await make.thread())['id']}"
    company = (await make.company(owner_id=(await make.joined_member())["id"]))["id"]
    large = f"/threads/{(await make.thread(company_id=company))['id']}"
    tags = [(await make.tag())["id"] for _ in range(5)]
    await client.patch(large, json={"tag_ids": tags, "project_id": (await make.project())["id"]})
    for _ in range(3):
        await make.comment(large.rsplit("/", maxsplit=1)[-1])
    clock.step(SECOND)
    counts = []
    for path in (small, large):
        for more in ({}, EXPANDED):
            await client.get("/me")  # the key is known for a second
            with queries() as seen:
                await client.get(path, params={"as_of": iso(clock()), **more})
            counts.append(len(seen))
    assert counts == [5, 6, 5, 6]


@pytest.mark.parametrize("state", ["new", "open", "snoozed", "done", "closed"])
@pytest.mark.parametrize("assignee", ["me", "other", None])
async def test_a_tab_is_as_the_database_says(
    make: Factory, con: Any, db: Any, workspace: Workspace, state: str, assignee: str | None
) -> None:
    thread = UUID((await make.thread())["id"])
    now = datetime(2026, 1, 1, tzinfo=(await db.fetchval("select now()")).tzinfo)
    people = {"me": workspace.member_id, "other": UUID(await make.member()), None: None}
    shown = f"select ({tab('$3::uuid')}) as tab, {THREAD.body}::text as body from threads t"
    for inbound in (None, now, now + SECOND):
        for outbound in (None, now, now + SECOND):
            await con.execute(
                "update threads set state = $2, assignee_id = $3, last_inbound_message_at = $4,"
                " last_outbound_message_at = $5, snoozed_until = case $2 when 'snoozed'"
                " then $6::timestamptz end where id = $1",
                *(thread, state, people[assignee], inbound, outbound, now),
            )
            for member in (workspace.member_id, None):
                statement = f"{shown} {THREAD.joins} where t.workspace_id = $1 and t.id = $2"
                row = await con.fetchrow(statement, workspace.id, thread, member)
                assert tab_of(json.loads(row["body"]), member) == row["tab"]


async def test_what_is_there_again_is_shown_again(
    client: httpx.AsyncClient, make: Factory, db: Any, clock: SteppedClock, workspace: Workspace
) -> None:
    thread = await make.thread()
    path, contact = f"/threads/{thread['id']}", UUID(thread["contact"]["id"])
    clock.step(SECOND)
    await client.delete(f"/contacts/{contact}")
    clock.step(SECOND)
    await client.patch(path, json={"title": "While it was gone"})
    gone = clock()
    clock.step(SECOND)
    await db.execute(
        "update contacts set deleted_at = null, version = version + 1, updated_at = $2"
        " where id = $1",
        contact,
        clock(),
    )
    await record(db, workspace, clock, contact)
    clock.step(SECOND)
    shown = (await client.get(path)).json()
    assert shown["contact"] is not None
    assert (await client.get(path, params={"as_of": iso(clock())})).json() == shown
    assert (await client.get(path, params={"as_of": iso(gone)})).json()["contact"] is None


async def record(db: Any, workspace: Workspace, clock: SteppedClock, contact: UUID) -> None:
    context = Context(Principal(workspace.id, "rule", rule="test"), clock, "test")
    write = as_write(context, clock(), [Event("contact.created", contact)])
    await db.execute(CONTACT.record, workspace.id, contact, write)
