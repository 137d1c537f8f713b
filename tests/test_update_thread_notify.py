"""`notify`: who of the team is to be told is planned in the write; the customer never is."""

import asyncio
import re
from datetime import timedelta
from typing import Any
from uuid import UUID

import httpx
import pytest

from looplane.kit.ids import new_id
from looplane.notices.asked import commands as asked_notices
from looplane.notices.words.commands import notice_words
from tests.conftest import SteppedClock, Workspace
from tests.factory import Factory
from tests.sessions import APP, signed_in
from tests.witness import events_of, everything, faults, kinds_of

HEADER = "X-Looplane-Notify"
ASKED = [
    ({"slack": True}, ["slack"]),
    ({"email": True}, ["email"]),
    ({"slack": True, "email": True}, ["slack", "email"]),
    ({"slack": False, "email": True}, ["email"]),
    ({"slack": False, "email": False}, []),
    ({}, []),
]


@pytest.fixture
def with_slack(monkeypatch: pytest.MonkeyPatch) -> None:
    async def set_up(_con: object, _workspace_id: UUID) -> frozenset[str]:
        return frozenset({"email", "slack"})

    monkeypatch.setattr(asked_notices, "set_up_channels", set_up)


async def planned(db: Any, thread_id: str) -> list[dict[str, Any]]:
    """What is to leave of a thread, each with its notice."""
    found = await db.fetch(
        "select d.*, n.member_id, n.reason as why, n.changed, n.is_in_app from deliveries d"
        " join notices n on n.workspace_id = d.workspace_id and n.id = d.subject_id"
        " where d.thread_id = $1 order by d.channel, d.created_at, d.target",
        UUID(thread_id),
    )
    return [dict(row) for row in found]


def told(answer: httpx.Response) -> dict[str, tuple[str, list[str]]]:
    """What the header says, by channel: a word, and ids."""
    parts = [each.partition("=") for each in answer.headers.get(HEADER, "").split(", ") if each]
    split = {channel: said.split(";id=") for channel, _, said in parts}
    return {channel: (word, ids) for channel, (word, *ids) in split.items()}


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
    leaving = {each["channel"]: each for each in await planned(db, thread["id"])}
    words = {"slack": ("not_configured", []), "email": ("planned", [str])}
    assert {channel: word for channel, (word, _) in told(answer).items()} == {
        each: words[each][0] for each in channels
    }
    assert [*leaving] == sorted(channels)
    who = {"slack": {"channel": "slack"}, "email": {"channel": "email", "member_ids": [member]}}
    _, updated, *others = await events_of(db, thread["id"])
    assert updated["notify"] == ([who[each] for each in channels] or None)
    assert [each["notify"] for each in others] == [None, None], "one message for the write"
    assert {each["event_id"] for each in leaving.values()} <= {updated["id"]}
    if "email" in leaving:
        mail = leaving["email"]
        assert told(answer)["email"][1] == [str(mail["id"])]
        address = await db.fetchval("select email from members where id = $1", UUID(member))
        assert (mail["state"], mail["kind"], mail["target"]) == ("queued", "notice", address)
        assert (mail["why"], mail["is_in_app"], mail["is_routed"]) == ("assigned", True, False)
        assert mail["next_attempt_at"] == mail["created_at"]
    if "slack" in leaving:  # what is not set up shows why it did not leave, and can be retried
        post = leaving["slack"]
        assert (post["state"], post["reason"]) == ("dead", "Slack is not set up.")
        assert (post["next_attempt_at"], post["member_id"], post["is_in_app"]) == (
            None,
            None,
            False,
        )


async def test_slack_that_is_set_up_is_told_once_for_all(
    with_slack: None, client: httpx.AsyncClient, make: Factory, db: Any, workspace: Workspace
) -> None:
    thread = await make.thread(title="Broken")
    body = {"notify": {"slack": True}, "title": "Mended", "pain_level": "HIGH"}
    answer = await client.patch(f"/threads/{thread['id']}", json=body)
    (post,) = await planned(db, thread["id"])
    assert told(answer) == {"slack": ("planned", [str(post["id"])])}
    assert (post["state"], post["target"], post["lane"]) == ("queued", "team", None)
    words = (await notice_words(db, workspace.id, [post["subject_id"]], "https://x.example"))[
        post["subject_id"]
    ]
    assert "changed pain and title of “Mended”." in words.sentence
    assert words.link == f"https://x.example/inbox/open/{thread['id']}"


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

    async def mailed(**fields: Any) -> set[str]:
        body = {"notify": {"email": True}, **fields}
        before = {each["id"] for each in await planned(db, thread["id"])}
        answer = await client.patch(f"/threads/{thread['id']}", json=body)
        new = [each for each in await planned(db, thread["id"]) if each["id"] not in before]
        assert {str(each["id"]) for each in new} == {*told(answer)["email"][1]}
        notify = [each["notify"] for each in await events_of(db, thread["id"]) if each["notify"]]
        told_to = {str(each["member_id"]) for each in new}
        assert {*notify[-1][0]["member_ids"]} == told_to
        return told_to

    assert await mailed(title="1") == {watcher}, "and never to the one who writes"
    assert await mailed(assignee_id=idle) == {idle}
    assert await mailed(title="2") == {idle}, "the one it has is told as well"
    assert await mailed(assignee_id=None) == {watcher}
    assert await mailed(assignee_id=str(workspace.member_id)) == set()
    answer = await client.patch(
        f"/threads/{thread['id']}", json={"notify": {"email": True}, "title": "3"}
    )
    assert told(answer) == {"email": ("nobody", [])}


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
    assert await planned(db, thread["id"]) == []


async def test_a_new_thread_tells_too(client: httpx.AsyncClient, make: Factory, db: Any) -> None:
    member = await make.member()
    body: dict[str, Any] = {"text": "x", "pain_level": "LOW"}
    body |= {"contact_email": "notified@mail.example"}
    body |= {"assignee_id": member, "notify": {"slack": True, "email": True}}
    answer = await client.post("/threads", json=body)
    mail, post = await planned(db, answer.json()["id"])
    assert told(answer) == {
        "slack": ("not_configured", []),
        "email": ("planned", [str(mail["id"])]),
    }
    assert (mail["state"], post["state"]) == ("queued", "dead")
    (created,) = await events_of(db, answer.json()["id"])
    assert created["notify"] == [
        {"channel": "slack"},
        {"channel": "email", "member_ids": [member]},
    ]


async def test_a_dry_run_says_who_would_be_told_and_names_nothing(
    with_slack: None, client: httpx.AsyncClient, make: Factory, db: Any, workspace: Workspace
) -> None:
    member = await make.member()
    thread = await make.thread(assignee_id=member)
    body = {"notify": {"slack": True, "email": True}, "title": "Would"}
    before = await everything(db, workspace.id)
    for path, sent in (
        (f"/threads/{thread['id']}", body),
        ("/threads/bulk", {"ids": [thread["id"]], "update": body}),
    ):
        method = "POST" if path.endswith("bulk") else "PATCH"
        answer = await client.request(method, path, json=sent, params={"dry_run": True})
        assert answer.headers[HEADER] == "slack=planned, email=planned"
    assert await everything(db, workspace.id) == before


async def test_the_same_key_again_tells_nobody_again(
    client: httpx.AsyncClient, make: Factory, db: Any
) -> None:
    member = await make.member()
    thread = await make.thread(assignee_id=member)
    path, body = f"/threads/{thread['id']}", {"notify": {"email": True}, "title": "Once"}
    headers = {"Idempotency-Key": "notify-once"}
    first = await client.patch(path, json=body, headers=headers)
    again = await client.patch(path, json=body, headers=headers)
    assert first.headers[HEADER] == again.headers[HEADER]
    assert len(await planned(db, thread["id"])) == 1


async def test_a_bulk_write_tells_each_member_once(
    with_slack: None, client: httpx.AsyncClient, make: Factory, db: Any, workspace: Workspace
) -> None:
    first, second = await make.member(), await make.member()
    threads = [(await make.thread(assignee_id=first))["id"] for _ in range(6)]
    threads += [(await make.thread(assignee_id=second))["id"] for _ in range(6)]
    update = {"notify": {"slack": True, "email": True}, "title": "Many"}
    answer = await client.post("/threads/bulk", json={"ids": threads, "update": update})
    assert answer.json()["summary"]["updated"] == 12
    leaving = [each for id in threads for each in await planned(db, id)]
    assert sorted(str(each["member_id"]) for each in leaving) == sorted(["None", first, second])
    by_channel = {
        channel: {str(each["id"]) for each in leaving if each["channel"] == channel}
        for channel in ("slack", "email")
    }
    assert {channel: {*ids} for channel, (_, ids) in told(answer).items()} == by_channel
    waits = {each["next_attempt_at"] - each["created_at"] for each in leaving}
    assert waits == {timedelta(minutes=1)}, "until it is known how many they are"
    words = await notice_words(db, workspace.id, [each["subject_id"] for each in leaving])
    assert {re.sub(r"^\S.* changed ", "", each.sentence) for each in words.values()} == {
        "title of 12 threads."
    }


async def test_two_writes_at_once_tell_of_the_one_that_is_written(
    client: httpx.AsyncClient, make: Factory, db: Any
) -> None:
    member = await make.member()
    thread = await make.thread(assignee_id=member)
    path = f"/threads/{thread['id']}"
    etag = (await client.get(path)).headers["etag"]
    answers = await asyncio.gather(
        *(
            client.patch(
                path,
                json={"title": f"Title {n}", "notify": {"email": True}},
                headers={"If-Match": etag},
            )
            for n in range(4)
        )
    )
    won = [each for each in answers if each.status_code == 200]
    assert len(won) == 1
    assert [str(each["id"]) for each in await planned(db, thread["id"])] == told(won[0])["email"][1]


async def test_mail_that_was_asked_for_waits_for_the_end_of_quiet_hours(
    app: Any,
    client: httpx.AsyncClient,
    make: Factory,
    db: Any,
    workspace: Workspace,
    clock: SteppedClock,
) -> None:
    member = await make.member()
    thread = await make.thread(assignee_id=member)
    noon = clock.now.replace(hour=12, minute=0, second=0, microsecond=0) + timedelta(days=1)
    quiet: dict[str, Any] = {"from": "11:00", "to": "13:30", "time_zone": "UTC"}
    quiet |= {"days": [noon.strftime("%A").lower()]}
    async with signed_in(app, db, workspace.id, member) as session:
        clock.now = noon
        sent = await session.patch(f"{APP}/notice-settings", json={"quiet_hours": quiet})
        assert sent.status_code == 200, sent.text
        body = {"notify": {"email": True}, "title": "Quiet"}
        await client.patch(f"/threads/{thread['id']}", json=body)
        (mail,) = await planned(db, thread["id"])
        assert mail["next_attempt_at"] == clock.now.replace(hour=13, minute=30)
        listed = (await session.get(f"{APP}/notices")).json()
        assert [each["thread_id"] for each in listed["data"]] == [thread["id"]], "at once"
        await session.patch(
            f"{APP}/notice-settings", json={"channels": {"asked": {"email": False}}}
        )
        answer = await client.patch(
            f"/threads/{thread['id']}", json={"notify": {"email": True}, "title": "Off"}
        )
        assert told(answer) == {"email": ("nobody", [])}
