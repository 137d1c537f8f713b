"""`notify`: who of the team is to be told is planned in the write; the customer never is."""

from typing import Any
from uuid import UUID

import httpx
import pytest

from looplane.kit.ids import new_id
from tests.conftest import Workspace
from tests.factory import Factory
from tests.witness import events_of, faults, kinds_of

HEADER = "X-Looplane-Notify"
NOT_SET_UP = {"slack": "slack=not_configured", "email": "email=not_configured"}
ASKED = [
    ({"slack": True}, ["slack"]),
    ({"email": True}, ["email"]),
    ({"slack": True, "email": True}, ["slack", "email"]),
    ({"slack": False, "email": True}, ["email"]),
    ({"slack": False, "email": False}, []),
    ({}, []),
]


@pytest.mark.parametrize(("asked", "channels"), ASKED)
async def test_the_first_event_of_the_write_says_who_is_told(
    client: httpx.AsyncClient,
    make: Factory,
    db: Any,
    asked: dict[str, bool],
    channels: list[str],
) -> None:
    thread, member = await make.thread(), await make.member()
    body = {"notify": asked, "assignee_id": member, "status": "done"}
    answer = await client.patch(f"/threads/{thread['id']}", json=body)
    assert answer.headers.get(HEADER, "") == ", ".join(NOT_SET_UP[each] for each in channels)
    told = {"slack": {"channel": "slack"}, "email": {"channel": "email", "member_ids": [member]}}
    _, updated, *others = await events_of(db, thread["id"])
    assert updated["notify"] == ([told[each] for each in channels] or None)
    assert [each["notify"] for each in others] == [None, None], "one message for the write"


async def test_mail_goes_to_the_assignee_or_else_to_those_who_watch(
    client: httpx.AsyncClient, make: Factory, db: Any, workspace: Workspace
) -> None:
    watcher, idle, viewer, gone = [await make.member() for _ in range(4)]
    for change, id in (
        ("watches_new_threads = false", idle),
        ("role = 'VIEWER'", viewer),
        ("deleted_at = joined_at", gone),
    ):
        await db.execute(f"update members set {change} where id = $1", UUID(id))
    thread = await make.thread()

    async def told(**fields: Any) -> set[str]:
        body = {"notify": {"email": True}, **fields}
        assert (await client.patch(f"/threads/{thread['id']}", json=body)).status_code == 200
        notify = [each["notify"] for each in await events_of(db, thread["id"]) if each["notify"]]
        return set(notify[-1][0]["member_ids"])

    everybody = {watcher, str(workspace.member_id)}
    assert await told(title="1") == everybody
    assert await told(assignee_id=idle) == {idle}
    assert await told(title="2") == {idle}, "the one it has is told as well"
    assert await told(assignee_id=None) == everybody


async def test_where_nothing_changes_nobody_is_told(
    client: httpx.AsyncClient, make: Factory, db: Any
) -> None:
    thread = await make.thread()
    for sent in ({}, {"title": None}, {"pain_level": thread["pain_level"]}):
        body = {**sent, "notify": {"slack": True, "email": True}}
        answer = await client.patch(f"/threads/{thread['id']}", json=body)
        assert (answer.status_code, HEADER in answer.headers) == (200, False)
    body = {"notify": {"slack": True}, "tag_ids": [str(new_id())]}
    assert faults(await client.patch(f"/threads/{thread['id']}", json=body)) == ["tag_ids.0"]
    assert await kinds_of(db, thread["id"]) == ["thread.created"]


async def test_a_new_thread_tells_too(client: httpx.AsyncClient, make: Factory, db: Any) -> None:
    member = await make.member()
    body: dict[str, Any] = {"text": "x", "pain_level": "LOW"}
    body |= {"contact_email": "notified@mail.example"}
    body |= {"assignee_id": member, "notify": {"slack": True, "email": True}}
    answer = await client.post("/threads", json=body)
    assert answer.headers[HEADER] == "slack=not_configured, email=not_configured"
    (created,) = await events_of(db, answer.json()["id"])
    assert created["notify"] == [
        {"channel": "slack"},
        {"channel": "email", "member_ids": [member]},
    ]
