"""What a notice says: in one line, of what is still there, and to nobody who may not know."""

from typing import Any
from uuid import UUID, uuid4

import httpx
import pytest
from hypothesis import given, strategies as st

from looplane.notices.words.commands import notice_words
from looplane.notices.words.rules import Facts, one_line, words_of
from tests.conftest import SteppedClock, Workspace
from tests.factory import Factory
from tests.notices.telling import notices_of, tell

THREAD = str(uuid4())
SAID: list[tuple[dict[str, Any], str, str]] = [
    (
        {"reason": "assigned"},
        "Assigned to you: It burns",
        "Ada assigned “It burns” to you.",
    ),
    (
        {"reason": "assigned", "count": 1200},
        "1,200 threads are yours",
        "Ada assigned 1,200 threads to you.",
    ),
    (
        {"reason": "mentioned"},
        "Ada mentioned you: It burns",
        "Ada mentioned you in a comment on “It burns”.",
    ),
    (
        {"reason": "reply"},
        "Cyd replied: It burns",
        "Cyd wrote in “It burns”, which is assigned to you.",
    ),
    (
        {"reason": "comment"},
        "Ada commented: It burns",
        "Ada commented on “It burns”, which is assigned to you.",
    ),
    (
        {"reason": "snooze_ended"},
        "Open again: It burns",
        "The snooze of “It burns” has ended, and it is open again.",
    ),
    ({"reason": "new_thread"}, "New: It burns", "Cyd began “It burns”."),
    (
        {"reason": "asked", "changed": ("assignee_id", "last_state_change_at", "status", "title")},
        "Changed: It burns",
        "Ada changed assignee, status and title of “It burns”.",
    ),
    (
        {"reason": "asked", "changed": ("is_read",)},
        "Changed: It burns",
        "Ada changed something of “It burns”.",
    ),
    (
        {"reason": "asked", "event_type": "thread.created"},
        "New: It burns",
        "Ada began “It burns”.",
    ),
    (
        {"reason": "delivery_dead", "delivery_kind": "message", "target": "c@mail.example"}
        | {"fault": "No such mailbox."},
        "Not delivered to c@mail.example",
        (
            "An answer to c@mail.example could not be delivered, and is not tried again: "
            "No such mailbox."
        ),
    ),
    (
        {"reason": "delivery_dead"},
        "Not delivered",
        "Something could not be delivered, and is not tried again.",
    ),
    (
        {"reason": "mailbox_down", "detail": "Support", "event_type": "mailbox.down"},
        "Mail is down: Support",
        "Support sends no mail at present. What is to leave waits.",
    ),
    (
        {"reason": "mailbox_down", "detail": "Support", "event_type": "mailbox.paused"},
        "Mail is paused: Support",
        "Support sends no mail for now, and what is to leave waits.",
    ),
    (
        {"reason": "mailbox_down", "detail": "Support", "event_type": "mailbox.thread_paused"},
        "Mail of a thread waits: Support",
        "Support holds back the mail of a thread that has had too much within an hour.",
    ),
    (
        {"reason": "delivery_dead", "delivery_kind": "event", "target": str(uuid4())},
        "Not delivered to a webhook",
        "An event to a webhook could not be delivered, and is not tried again.",
    ),
    (
        {"reason": "webhook_disabled", "detail": "https://hook.example"},
        "Webhook disabled: https://hook.example",
        "https://hook.example said that it is gone, and gets no events any more.",
    ),
    (
        {"reason": "webhook_paused", "detail": "https://hook.example"},
        "Webhook paused: https://hook.example",
        "https://hook.example has not answered for days and is paused; what is to reach it waits.",
    ),
]


@pytest.mark.parametrize(("facts", "subject", "sentence"), SAID)
def test_what_it_says(facts: dict[str, Any], subject: str, sentence: str) -> None:
    whole = {"actor_name": "Ada", "title": "It burns", "contact_name": "Cyd", "thread_id": THREAD}
    words = words_of(Facts(**{**whole, **facts}), "https://desk.example")
    assert (words.subject, words.sentence) == (subject, sentence)
    one = f"https://desk.example/inbox/open/{THREAD}"
    assert words.link == ("https://desk.example/inbox/my" if "count" in facts else one)


def test_what_is_of_no_thread_leads_to_the_settings() -> None:
    assert words_of(Facts("mailbox_down")).link == "/settings"


@given(st.text(), st.integers(1, 40))
def test_a_line_is_one_line(text: str, length: int) -> None:
    line = one_line(text, length)
    assert len(line) <= length
    assert line == " ".join(line.split())
    assert not {*line} & {*"\0\r\n\t\x85\u2028\u202e\u200f"}


STORED: dict[str, Any] = {
    "reason": "asked",
    "event_type": "thread.updated",
    "is_by_key": True,
    "key_label": None,
    "actor_name": None,
    "title": "",
    "contact_name": None,
    "excerpt": "",
    "thread_id": THREAD,
    "count": 0,
    "changed": [],
    "detail": None,
    "target": None,
    "fault": None,
    "delivery_kind": None,
}


def test_what_is_not_known_has_words_too() -> None:
    words = words_of(Facts.of(STORED))
    assert words.sentence == "A key changed something of “a thread without words”."
    assert words.excerpt is None
    assert words_of(Facts.of({**STORED, "key_label": "Zap\r\nBcc: x"})).actor_name == "Zap Bcc: x"
    assert words_of(Facts.of({**STORED, "is_by_key": False})).actor_name == "Looplane"


async def test_the_excerpt_is_what_was_written_as_text(
    make: Factory, db: Any, workspace: Workspace, clock: SteppedClock
) -> None:
    member = await make.member(name="Ada Lovelace")
    thread = await make.thread(title="T\u202eitle", text="<p>" + "<b>x</b>" * 3000 + "</p>")
    long = "<p>@Ada Lovelace &lt;b&gt; " + "word " * 2000 + "</p>"
    path = f"/threads/{thread['id']}/comments"
    comment = (await make.client.post(path, json={"content": long})).json()
    await make.client.patch(f"/threads/{thread['id']}", json={"assignee_id": member})
    await tell(db, workspace.id, clock)
    _, mentioned, assigned = await notices_of(db, member)

    async def said() -> list[Any]:
        found = await notice_words(db, workspace.id, [mentioned["id"], assigned["id"]])
        return [found.get(each["id"]) for each in (mentioned, assigned)]

    of_comment, of_thread = await said()
    assert of_comment.excerpt.startswith("@Ada Lovelace <b> word word")
    assert (len(of_comment.excerpt), of_comment.excerpt[-1]) == (300, "…")
    assert of_thread.excerpt.strip("x…") == ""
    assert of_thread.subject == "Assigned to you: T itle"
    # What is deleted is said no more, and what is told of a thread that is gone neither.
    await make.client.delete(f"{path}/{comment['id']}")
    of_comment, _ = await said()
    assert of_comment.excerpt is None
    await make.client.delete(f"/threads/{thread['id']}")
    assert await said() == [None, None]


async def test_who_left_the_team_is_told_nothing_that_was_planned_before(
    client: httpx.AsyncClient, make: Factory, db: Any, workspace: Workspace, clock: SteppedClock
) -> None:
    member = await make.joined_member()
    await make.thread(assignee_id=member["id"])
    await tell(db, workspace.id, clock)
    (notice,) = await notices_of(db, member["id"])
    assert [*await notice_words(db, workspace.id, [notice["id"]])] == [notice["id"]]
    assert (await client.delete(f"/members/{member['id']}")).status_code == 200
    assert await notice_words(db, workspace.id, [notice["id"]]) == {}


async def test_another_workspace_has_no_words_for_it(
    make: Factory, db: Any, workspace: Workspace, other: Workspace, clock: SteppedClock
) -> None:
    member = await make.member()
    await make.thread(assignee_id=member)
    await tell(db, workspace.id, clock)
    (notice,) = await notices_of(db, member)
    assert await notice_words(db, other.id, [notice["id"], UUID(int=0)]) == {}
