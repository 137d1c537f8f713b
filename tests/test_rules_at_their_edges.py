"""Where a rule just holds or just does not, and what is kept without being shown."""

from datetime import timedelta
from typing import Any
from uuid import UUID

import httpx

from looplane.kit.clock import iso
from looplane.kit.html import CLEANER_VERSION
from tests.conftest import SteppedClock
from tests.factory import Factory
from tests.witness import events_of, faults


async def test_a_snooze_ends_after_now(
    client: httpx.AsyncClient, make: Factory, clock: SteppedClock
) -> None:
    path = f"/threads/{(await make.thread())['id']}"
    clock.step(timedelta(seconds=1))  # what is written is later than what was there
    snoozed = {"status": "snoozed", "snoozed_until": iso(clock())}
    assert faults(await client.patch(path, json=snoozed)) == ["snoozed_until"]
    snoozed["snoozed_until"] = iso(clock() + timedelta(milliseconds=1))
    assert (await client.patch(path, json=snoozed)).json()["status"] == "snoozed"


async def test_html_is_as_well_cleaned_as_its_oldest_part(
    client: httpx.AsyncClient, make: Factory, db: Any
) -> None:
    """A draft of today does not make the text of yesterday any cleaner."""
    thread = await make.thread()
    stored = "select html_version from threads where id = $1"
    assert await db.fetchval(stored, UUID(thread["id"])) == CLEANER_VERSION
    older = CLEANER_VERSION - 1
    await db.execute(
        "update threads set html_version = $1 where id = $2", older, UUID(thread["id"])
    )
    for body in ({"ai_draft_html": "<p>draft</p>"}, {"text": "<p>text</p>"}, {"title": "t"}):
        answer = await client.patch(f"/threads/{thread['id']}", json=body)
        assert answer.is_success, answer.text
        assert await db.fetchval(stored, UUID(thread["id"])) == older


async def test_of_the_events_of_a_write_one_carries_the_resource(
    client: httpx.AsyncClient, make: Factory, db: Any
) -> None:
    thread, member, tag = await make.thread(), await make.member(), await make.tag()
    body = {"status": "done", "assignee_id": member, "tag_ids": [tag["id"]]}
    await client.patch(f"/threads/{thread['id']}", json=body)
    _, first, *others = await events_of(db, thread["id"])
    assert len(others) == 3
    carriers = await db.fetch(
        "select data_event_id from events where write_id = $1 and data is null", first["write_id"]
    )
    assert [row["data_event_id"] for row in carriers] == [first["id"]] * 3
