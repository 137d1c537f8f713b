"""Mail of a workspace without a mailbox: all kinds of it are caught, with what they say."""

import re
from datetime import timedelta
from typing import Any

import httpx
import pytest
import structlog

from looplane.kit.database import Database
from tests.conftest import SteppedClock, Workspace, connected
from tests.dispatch import deliver_due
from tests.factory import Factory
from tests.mail.conftest import SITE, channel_of
from tests.messages.conftest import messages_of, send
from tests.sessions import APP

pytestmark = pytest.mark.usefixtures("quiet")


async def caught(
    client: httpx.AsyncClient, database: Database, db: Any, clock: SteppedClock, **setup: Any
) -> tuple[list[dict[str, Any]], list[Any]]:
    """What is caught once the worker was there, and what it put into the log."""
    clock.step(timedelta(seconds=1))
    with structlog.testing.capture_logs() as lines:
        channel = channel_of(database, clock, **setup)
        await deliver_due(db, clock, {"email": channel})
    listed = (await client.get("/caught-mail")).json()["data"]
    whole = [(await client.get(f"/caught-mail/{each['id']}")).json() for each in listed]
    return whole, [each for each in lines if each["event"] == "mail caught"]


async def test_an_answer_is_caught_with_all_who_would_get_it(
    client: httpx.AsyncClient, make: Factory, database: Database, db: Any, clock: SteppedClock
) -> None:
    thread = await make.thread(title="Export")
    await send(client, thread, content="<p>It is done</p>", bcc=[{"email": "b@mail.example"}])
    [mail], [line] = await caught(client, database, db, clock)
    assert (mail["kind"], mail["subject"]) == ("message", "Re: Export")
    assert mail["to"] == [thread["contact"]["email"], "b@mail.example"]
    assert mail["parts"][0]["text"].strip() == "It is done"
    assert "b@mail.example" not in mail["source"]
    assert (await messages_of(client, thread["id"]))[-1]["delivery"]["state"] == "delivered"
    assert (line["recipient"], line["subject"]) == (thread["contact"]["email"], "Re: Export")


async def test_a_link_that_signs_in_is_in_the_log(
    app: Any,
    client: httpx.AsyncClient,
    make: Factory,
    database: Database,
    db: Any,
    clock: SteppedClock,
) -> None:
    member = await make.joined_member()
    async with connected(app, None) as nobody:
        await nobody.post(f"{APP}/sign-in-links", json={"email": member["email"]})
        [mail], [line] = await caught(client, database, db, clock)
        assert line["link"].startswith(f"{SITE}/sign-in-link#lll_")
        for part in mail["parts"]:
            assert line["link"] in part["text"]
        token = line["link"].partition("#")[2]
        opened = await nobody.post(f"{APP}/session/by-link", json={"token": token})
        assert opened.json()["member"]["id"] == member["id"]


async def test_the_log_is_silent_where_it_is_to_be(
    client: httpx.AsyncClient, make: Factory, database: Database, db: Any, clock: SteppedClock
) -> None:
    await send(client, await make.thread())
    mails, lines = await caught(client, database, db, clock, is_told=False)
    assert (len(mails), lines) == (1, [])


async def test_an_invite_opens_by_the_link_in_its_mail(
    app: Any,
    client: httpx.AsyncClient,
    make: Factory,
    database: Database,
    db: Any,
    clock: SteppedClock,
) -> None:
    invite = await make.invite(name="Jo <b>& Co")
    [mail], [line] = await caught(client, database, db, clock)
    assert (mail["kind"], mail["to"]) == ("invite", [invite["email"]])
    html = next(each["text"] for each in mail["parts"] if each["content_type"] == "text/html")
    assert "Hello Jo &lt;b&gt;&amp; Co" in html
    [link] = set(re.findall(rf"{SITE}/invite#lli_\w+", html))
    assert line["link"] == link
    async with connected(app, None) as nobody:
        found = await nobody.post(f"{APP}/links", json={"token": link.partition("#")[2]})
        assert found.status_code == 200, found.text


async def test_an_invite_that_was_taken_back_is_not_mailed(
    client: httpx.AsyncClient, make: Factory, database: Database, db: Any, clock: SteppedClock
) -> None:
    invite = await make.invite()
    await client.delete(f"/members/invites/{invite['id']}")
    other = await make.invite()
    await db.execute("update invites set state = 'ACCEPTED' where id::text = $1", other["id"])
    mails, _ = await caught(client, database, db, clock)
    assert mails == []
    found = await db.fetch(
        "select state, reason from deliveries where subject_id::text = any ($1) order by seq",
        [invite["id"], other["id"]],
    )
    assert [tuple(each) for each in found] == [
        ("canceled", "What it told of is gone."),
        ("canceled", "This invite was accepted already."),
    ]


async def test_what_is_tried_again_is_caught_once(
    client: httpx.AsyncClient,
    make: Factory,
    database: Database,
    db: Any,
    clock: SteppedClock,
    workspace: Workspace,
) -> None:
    await send(client, await make.thread())
    await caught(client, database, db, clock)
    await db.execute(
        "update deliveries set state = 'queued', next_attempt_at = $2, is_routed = false"
        " where workspace_id = $1",
        workspace.id,
        clock(),
    )
    mails, _ = await caught(client, database, db, clock)
    assert len(mails) == 1
