"""The states of a thread: each row of the table, each refusal, and what a change of state stamps."""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import httpx
import pytest

from looplane.kit.clock import iso
from looplane.threads.commands import wake_due_threads
from tests.conftest import SteppedClock, Workspace
from tests.factory import Factory
from tests.witness import events_of, everything, faults

STATES = ("new", "open", "snoozed", "done", "closed")
STATUS = {"new": "open", "open": "open", "snoozed": "snoozed", "done": "done", "closed": "done"}
TABS = {**STATUS, "new": "new"}
# How each state is reached from new. Hours stand for moments counted from the start.
WAY: dict[str, list[dict[str, Any]]] = {
    "new": [],
    "open": [{"status": "done"}, {"status": "open"}],
    "snoozed": [{"status": "snoozed", "snoozed_until": 2}],
    "done": [{"status": "done"}],
    "closed": [{"status": "done", "closed_loop": True}],
}
SNOOZE = {"status": "snoozed", "snoozed_until": 5}
DONE, OPEN, CLOSE = {"status": "done"}, {"status": "open"}, {"closed_loop": True}
REOPEN = {"status": "done", "closed_loop": False}
# Now, what is written, what it becomes.
ROWS: list[tuple[str, dict[str, Any], str]] = [
    ("new", OPEN, "new"),
    *((state, SNOOZE, "snoozed") for state in STATES),
    *((state, DONE, "done") for state in STATES if state != "closed"),
    *((state, {**DONE, **CLOSE}, "closed") for state in STATES),
    ("done", CLOSE, "closed"),
    ("closed", CLOSE, "closed"),
    ("closed", DONE, "closed"),
    ("closed", REOPEN, "done"),
    ("done", REOPEN, "done"),
    *((state, OPEN, "open") for state in STATES if state != "new"),
    ("snoozed", {"snoozed_until": 5}, "snoozed"),
    ("snoozed", {"snoozed_until": 1}, "snoozed"),
    *((state, {"closed_loop": False}, state) for state in STATES if state != "closed"),
    *((state, {"title": "x"}, state) for state in STATES),
]
UNTIL, LOOP = ["snoozed_until"], ["closed_loop"]
# Now, what is written, what is named as wrong.
REFUSED: list[tuple[str, dict[str, Any], list[str]]] = [
    *((state, {"status": "snoozed"}, UNTIL) for state in STATES),
    *((state, {**SNOOZE, "snoozed_until": past}, UNTIL) for state in STATES for past in (-1, 0)),
    ("snoozed", {"snoozed_until": -1}, UNTIL),
    *(
        (state, {**status, "snoozed_until": 5}, UNTIL)
        for state in STATES
        for status in (OPEN, DONE)
    ),
    *((state, {"snoozed_until": 5}, UNTIL) for state in STATES if state != "snoozed"),
    ("new", {"snoozed_until": -1}, UNTIL * 2),
    *((state, CLOSE, LOOP) for state in ("new", "open", "snoozed")),
    *((state, {**OPEN, **CLOSE}, LOOP) for state in STATES),
    *((state, {**SNOOZE, **CLOSE}, LOOP) for state in STATES),
    ("new", {"status": "snoozed", **CLOSE}, LOOP + UNTIL),
]


def timed(body: dict[str, Any], start: datetime) -> dict[str, Any]:
    """`body` with hours as moments."""
    hours = body.get("snoozed_until")
    return body if hours is None else {**body, "snoozed_until": iso(start + timedelta(hours=hours))}


async def reach(client: httpx.AsyncClient, make: Factory, state: str, start: datetime) -> Any:
    thread = await make.thread()
    for body in WAY[state]:
        answer = await client.patch(f"/threads/{thread['id']}", json=timed(body, start))
        thread = answer.json()
    return thread


async def inner(db: Any, thread: dict[str, Any]) -> Any:
    """What the API does not show."""
    return await db.fetchrow(
        "select state, last_snoozed_until from threads where id = $1", UUID(thread["id"])
    )


@pytest.mark.parametrize(("now", "sent", "becomes"), ROWS)
async def test_each_row_of_the_table(
    client: httpx.AsyncClient,
    make: Factory,
    db: Any,
    clock: SteppedClock,
    now: str,
    sent: dict[str, Any],
    becomes: str,
) -> None:
    start = clock()
    before = await reach(client, make, now, start)
    assert (await inner(db, before))["state"] == now
    told = len(await events_of(db, before["id"]))
    clock.step(timedelta(minutes=1))
    answer = await client.patch(f"/threads/{before['id']}", json=timed(sent, start))
    assert answer.status_code == 200, answer.text
    after, row = answer.json(), await inner(db, before)
    assert row["state"] == becomes
    assert (after["status"], after["tab"]) == (STATUS[becomes], TABS[becomes])
    until = timed(sent, start).get("snoozed_until") or before["snoozed_until"]
    assert after["snoozed_until"] == (until if becomes == "snoozed" else None)
    stamp = iso(clock()) if becomes != now else before["last_state_change_at"]
    assert after["last_state_change_at"] == stamp
    if until is not None:
        assert iso(row["last_snoozed_until"]) == until, "remembered, to be offered again"
    events = (await events_of(db, before["id"]))[told:]
    changed = [each for each in events if each["type"] == "thread.status_changed"]
    # Done and closed are one status to the outside; which of them it is, `closed_loop` says.
    assert len(changed) == (STATUS[becomes] != STATUS[now])
    if becomes == now:
        assert not any("status" in each["after"] for each in events)
        return
    for each in events:
        for said, state in ((each["before"], now), (each["after"], becomes)):
            assert said.get("status", STATUS[state]) == STATUS[state]
            assert said.get("closed_loop", state == "closed") == (state == "closed")
            assert not said.keys() & {"state", "last_snoozed_until"}
        assert ("status" in each["after"]) == (STATUS[becomes] != STATUS[now])
        assert ("closed_loop" in each["after"]) == ("closed" in {now, becomes})


@pytest.mark.parametrize(("now", "sent", "paths"), REFUSED)
async def test_what_the_state_refuses_writes_nothing(
    client: httpx.AsyncClient,
    make: Factory,
    db: Any,
    workspace: Workspace,
    clock: SteppedClock,
    now: str,
    sent: dict[str, Any],
    paths: list[str],
) -> None:
    start = clock()
    thread = await reach(client, make, now, start)
    rows = await everything(db, workspace.id)
    body = {**timed(sent, start), "title": "not to be written"}
    answer = await client.patch(f"/threads/{thread['id']}", json=body)
    assert faults(answer) == paths
    assert await everything(db, workspace.id) == rows


async def test_a_snooze_that_ends_opens_the_thread_unread_once(
    client: httpx.AsyncClient, make: Factory, db: Any, clock: SteppedClock
) -> None:
    thread = await reach(client, make, "snoozed", clock())
    later = await reach(client, make, "snoozed", clock() + timedelta(hours=1))
    gone = await reach(client, make, "snoozed", clock())
    await client.delete(f"/threads/{gone['id']}")
    await db.execute("update threads set is_read = true where id = $1", UUID(thread["id"]))
    path = f"/threads/{thread['id']}"
    old = (await client.get(path)).headers["etag"]
    clock.step(timedelta(hours=2) - timedelta(milliseconds=1))
    while (await wake_due_threads(db, clock, ())).woken:
        pass  # what other tests left
    assert (await client.get(path)).headers["etag"] == old, "not a moment too early"
    clock.step(timedelta(milliseconds=1))
    assert (await wake_due_threads(db, clock, ())).woken == 1
    got = await client.get(path)
    woken = got.json()
    assert got.headers["etag"] != old
    assert (woken["status"], woken["tab"], woken["snoozed_until"]) == ("open", "open", None)
    assert (woken["is_read"], woken["last_state_change_at"]) == (False, iso(clock()))
    assert woken["updated_at"] == iso(clock())
    assert iso((await inner(db, thread))["last_snoozed_until"]) == thread["snoozed_until"]
    assert (await client.get(f"/threads/{later['id']}")).json() == later
    told = (await events_of(db, thread["id"]))[-2:]
    assert [each["type"] for each in told] == ["thread.updated", "thread.status_changed"]
    assert [each["actor"]["type"] for each in told] == ["rule", "rule"]
    assert told[0]["data"] == woken
    assert told[0]["after"]["status"] == "open"
    assert (await events_of(db, gone["id"]))[-1]["type"] == "thread.deleted"


async def test_moments_come_in_any_offset_and_leave_in_utc(
    client: httpx.AsyncClient, make: Factory
) -> None:
    thread = await make.thread()
    body = {"status": "snoozed", "snoozed_until": "2999-06-01T12:00:00.123987+05:30"}
    after = (await client.patch(f"/threads/{thread['id']}", json=body)).json()
    assert after["snoozed_until"] == "2999-06-01T06:30:00.123Z"
