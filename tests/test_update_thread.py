"""PATCH /threads/{id}: the fields, null and absent, silence, events, and If-Match."""

from datetime import timedelta
from typing import Any

import httpx
import pytest

from looplane.kit.clock import iso
from tests.conftest import SteppedClock, Workspace, connected
from tests.factory import Factory
from tests.witness import etag, events_of, everything, faults, kinds_of

SOURCE = {"type": "doc", "title": "Export", "identifier": "d1", "url": "https://docs.example/1"}
# What each field can be set to on a new thread.
VALUES: dict[str, Any] = {
    "text": "<p>Other <b>words</b></p>",
    "title": "A title",
    "pain_level": "HIGH",
    "status": "done",
    "ai_draft_html": "<p>Hello</p>",
    "ai_draft_sources": [SOURCE],
}
# What moves with a field.
COMPANIONS = {"status": {"tab", "last_state_change_at"}, "ai_draft_html": {"ai_draft_generated_at"}}


@pytest.mark.parametrize("field", VALUES)
async def test_a_field_is_set_and_no_other(
    client: httpx.AsyncClient, make: Factory, db: Any, clock: SteppedClock, field: str
) -> None:
    before = await make.thread()
    if field == "ai_draft_sources":
        draft = {"ai_draft_html": "<p>Hi</p>"}
        before = (await client.patch(f"/threads/{before['id']}", json=draft)).json()
    clock.step(timedelta(seconds=1))
    answer = await client.patch(f"/threads/{before['id']}", json={field: VALUES[field]})
    after = answer.json()
    assert after[field] == VALUES[field]
    assert after["updated_at"] == iso(clock())
    moved = {name for name in before if before[name] != after[name]}
    assert moved == {field, "updated_at"} | COMPANIONS.get(field, set())
    assert len(after) == 26
    got = await client.get(f"/threads/{before['id']}")
    assert (got.content, got.headers["etag"]) == (answer.content, answer.headers["etag"])


async def test_all_fifteen_fields_at_once(
    client: httpx.AsyncClient, make: Factory, clock: SteppedClock
) -> None:
    thread = await make.thread()
    tag, contact, company, project = (
        await make.tag(),
        await make.contact(),
        await make.company(),
        await make.project(),
    )
    member = await make.member()
    body = {
        **VALUES,
        "assignee_id": member,
        "contact_id": contact["id"],
        "company_id": company["id"],
        "tag_ids": [tag["id"]],
        "project_id": project["id"],
        "status": "snoozed",
        "snoozed_until": iso(clock() + timedelta(days=1)),
        "closed_loop": False,
        "clear_ai_draft_error": True,
        "notify": {"slack": True, "email": True},
    }
    assert len(body) == 15
    after = (await client.patch(f"/threads/{thread['id']}", json=body)).json()
    for name in ("text", "title", "pain_level", "ai_draft_html", "ai_draft_sources", "status"):
        assert after[name] == body[name], name
    assert after["snoozed_until"] == body["snoozed_until"]
    assert after["assignee"]["id"] == member
    assert (after["contact"]["id"], after["contact"]["company_id"]) == (
        contact["id"],
        company["id"],
    )
    assert after["company"] == company
    assert after["tags"] == [tag]
    assert [need["project_id"] for need in after["customer_needs"]] == [project["id"]]


async def test_null_clears_where_it_may_and_absent_keeps(
    client: httpx.AsyncClient, make: Factory, workspace: Workspace
) -> None:
    me, company = str(workspace.member_id), await make.company()
    thread = await make.thread(title="T", assignee_id=me, company_id=company["id"])
    path = f"/threads/{thread['id']}"
    kept = (await client.patch(path, json={"pain_level": "MEDIUM"})).json()
    assert (kept["title"], kept["assignee"]["id"], kept["company"]) == ("T", me, company)
    nulls = dict.fromkeys(("title", "assignee_id", "company_id", "project_id"))
    cleared = (await client.patch(path, json=nulls)).json()
    assert [cleared[name] for name in ("title", "assignee", "company")] == [None] * 3


async def test_what_is_there_already_is_silent(
    client: httpx.AsyncClient, make: Factory, db: Any, workspace: Workspace, clock: SteppedClock
) -> None:
    me, tags = str(workspace.member_id), [(await make.tag())["id"] for _ in range(3)]
    company, project = await make.company(), await make.project()
    until = clock() + timedelta(hours=2)
    links = {"assignee_id": me, "company_id": company["id"], "project_id": project["id"]}
    thread = await make.thread(title="T", **links)
    path = f"/threads/{thread['id']}"
    state = {"status": "snoozed", "snoozed_until": iso(until)}
    draft = {"ai_draft_html": "<p>Hi</p>", "ai_draft_sources": [SOURCE]}
    before = await client.patch(path, json={"tag_ids": tags, **state, **draft})
    clock.step(timedelta(minutes=1))
    rows = await everything(db, workspace.id)
    shifted = until.isoformat().replace("+00:00", "Z").replace("Z", "+00:00")
    same = [
        {},
        {"text": thread["text"], "title": "T", "pain_level": "LOW"},
        {"tag_ids": [*reversed(tags), tags[0]]},
        {**links, "contact_id": thread["contact"]["id"]},
        {**state, "snoozed_until": shifted},
        {"snoozed_until": iso(until), "closed_loop": False},
        draft,
        {"ai_draft_sources": [SOURCE]},
        {"clear_ai_draft_error": True},
        {"notify": {"slack": True, "email": True}},
    ]
    for body in same:
        answer = await client.patch(path, json=body)
        assert (answer.status_code, answer.content) == (200, before.content), body
        assert answer.headers["etag"] == before.headers["etag"], body
        assert await everything(db, workspace.id) == rows, body


async def test_the_events_say_what_changed_and_who_did_it(
    client: httpx.AsyncClient,
    make: Factory,
    db: Any,
    workspace: Workspace,
    clock: SteppedClock,
) -> None:
    me, tag = str(workspace.member_id), await make.tag()
    thread = await make.thread(title="Old")
    clock.step(timedelta(seconds=5))
    body = {"title": "New", "status": "done", "assignee_id": me, "tag_ids": [tag["id"]]}
    answer = await client.patch(f"/threads/{thread['id']}", json=body)
    created, *events = await events_of(db, thread["id"])
    assert (created["version"], created["write_id"] != events[0]["write_id"]) == (1, True)
    assert created["type"] == "thread.created"
    assert [each["type"] for each in events] == [
        "thread.updated",
        "thread.status_changed",
        "thread.assigned",
        "thread.tagged",
    ]
    key_id = str(await db.fetchval("select id from api_keys where workspace_id = $1", workspace.id))
    for each in events:
        assert each["actor"] == {
            "type": "program",
            "key_id": key_id,
            "member_id": me,
            "rule": None,
        }
        assert each["created_at"] == clock()
        assert each["cause"] == answer.headers["x-request-id"]
        assert each["aggregate_id"] == each["subject_id"]
        assert (each["version"], each["write_id"]) == (2, events[0]["write_id"])
        assert each["data"] == answer.json()
        assert each["before"]["title"] == "Old"
        assert each["before"]["last_state_change_at"] is None
        assert each["after"] == {
            **body,
            "last_state_change_at": answer.json()["last_state_change_at"],
        }
        assert set(each["before"]) == set(each["after"])


async def test_an_event_shows_the_thread_as_nobody_in_particular_sees_it(
    client: httpx.AsyncClient, make: Factory, db: Any, workspace: Workspace
) -> None:
    thread = await make.thread()
    path = f"/threads/{thread['id']}"
    await client.patch(path, json={"status": "done"})
    body = {"status": "open", "assignee_id": str(workspace.member_id)}
    answer = (await client.patch(path, json=body)).json()
    assert answer["tab"] == "needs-response"
    assert (await events_of(db, thread["id"]))[-1]["data"] == {**answer, "tab": "open"}


async def test_the_text_is_cleaned_on_the_way_in(client: httpx.AsyncClient, make: Factory) -> None:
    html = (
        '<p onclick="x()">a<script>x()</script><a href="https://x.example">b</a></p><form></form>'
    )
    thread = await make.thread()
    text = (await client.patch(f"/threads/{thread['id']}", json={"text": html})).json()["text"]
    assert 'href="https://x.example"' in text
    assert "noopener" in text
    assert not any(each in text for each in ("onclick", "script", "form", "x()"))
    link = '<p>a<a href="javascript:x()">b</a></p>'
    text = (await client.patch(f"/threads/{thread['id']}", json={"text": link})).json()["text"]
    assert "javascript" not in text


async def test_if_match(
    client: httpx.AsyncClient, make: Factory, db: Any, workspace: Workspace
) -> None:
    thread = await make.thread()
    path = f"/threads/{thread['id']}"
    old = etag(await client.get(path))
    new = etag(await client.patch(path, json={"title": "1"}, headers={"If-Match": old}))
    assert new != old
    rows = await everything(db, workspace.id)
    for unquoted in (new.strip('"'), "2", "x", ""):
        wrong = await client.patch(path, json={"title": "2"}, headers={"If-Match": unquoted})
        assert faults(wrong) == ["If-Match"], unquoted
    assert etag(await client.get(path)) == new
    for condition in (old, f"W/{old}", '"x"', '"1", "3"'):
        for body in ({"title": "2"}, {}):
            refused = await client.patch(path, json=body, headers={"If-Match": condition})
            assert (refused.status_code, refused.headers["etag"]) == (412, '"2"'), condition
    assert await everything(db, workspace.id) == rows
    # A proxy may have made it weak, and what the answer shows may have changed since: the version
    # is what counts.
    for condition in (new, f"W/{new}", "*", f'{old}, "99" , {new}', '"2"', '"2-00"'):
        answer = await client.patch(path, json={}, headers={"If-Match": condition})
        assert (answer.status_code, etag(answer)) == (200, new), condition


async def test_a_key_without_a_member_acts_in_its_own_name(
    app: Any, make: Factory, db: Any
) -> None:
    thread = await make.thread()
    async with connected(app, await make.key()) as robot:
        await robot.patch(f"/threads/{thread['id']}", json={"title": "T"})
    last = (await events_of(db, thread["id"]))[-1]
    assert (last["actor"]["type"], last["actor"]["member_id"]) == ("program", None)
    assert await kinds_of(db, thread["id"]) == ["thread.created", "thread.updated"]
