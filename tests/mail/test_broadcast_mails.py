"""A changelog goes to each who has subscribed, once, and each can end that by a link."""

import re
from itertools import pairwise
from typing import Any

import httpx
import pytest

from looplane.delivery.email.drafts.broadcasts import commands as broadcasts
from tests.conftest import SteppedClock, Workspace, connected
from tests.factory import Factory
from tests.mail.conftest import SITE, Post

DELIVERIES = """
select target, state, reason from deliveries
where workspace_id = $1 and kind = 'broadcast' order by seq"""


async def broadcast(client: httpx.AsyncClient, make: Factory, **body: Any) -> None:
    changelog = await make.changelog(
        title="Shared boards", content="Boards *can* be shared.", published=True
    )
    path = f"/changelogs/{changelog['id']}/broadcast"
    answer = await client.post(path, json={"email": True, **body})
    assert answer.status_code == 200, answer.text


async def work(post: Post, rounds: int = 8) -> None:
    for _ in range(rounds):
        await post.work()


async def test_each_who_has_subscribed_gets_a_mail_of_their_own(
    client: httpx.AsyncClient, make: Factory, post: Post, db: Any, workspace: Workspace
) -> None:
    people = [await make.contact() for _ in range(9)]
    await make.contact(is_subscribed=False)
    await broadcast(client, make, message="Hello <all>,\n\nlook.", sender_name="News & Co")
    await work(post)
    received = post.server.received
    assert sorted(each.recipients for each in received) == sorted(
        [each["email"]] for each in people
    )
    links = set()
    for each in received:
        mail = each.mail
        assert mail["Subject"] == "Shared boards"
        assert mail["From"].addresses[0].display_name == "News & Co"
        assert mail["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
        found = re.fullmatch(rf"<({SITE}/unsubscribe/[a-z2-7]+)>", mail["List-Unsubscribe"])
        assert found is not None
        links.add(found[1])
        html, text = mail.get_body(("html",)), mail.get_body(("plain",))
        assert html is not None
        assert text is not None
        assert "Hello &lt;all&gt;," in html.get_content()
        assert "<em>can</em>" in html.get_content()
        assert found[1] in html.get_content()
        assert "Boards can be shared." in text.get_content()
        assert found[1] in text.get_content()
    assert len(links) == len(people)
    await work(post)
    assert len(received) == len(people)
    rows = await db.fetch(DELIVERIES, workspace.id)
    assert [row["state"] for row in rows] == ["delivered"] * 10


async def test_it_is_planned_as_it_leaves(
    client: httpx.AsyncClient,
    make: Factory,
    post: Post,
    db: Any,
    workspace: Workspace,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(broadcasts, "_AHEAD", 2)
    people = [await make.contact() for _ in range(9)]
    await broadcast(client, make)
    sent = [0]
    for _ in range(8):
        await post.work()
        sent.append(len(post.server.received))
    assert max(now - before for before, now in pairwise(sent)) == 2
    assert sorted(each.recipients[0] for each in post.server.received) == sorted(
        each["email"] for each in people
    )
    row = await db.fetchrow(
        "select attempts, tries, state from deliveries"
        " where workspace_id = $1 and target = 'subscribers'",
        workspace.id,
    )
    assert tuple(row) == (1, 0, "delivered")


async def test_an_answer_waits_behind_few_of_them(
    client: httpx.AsyncClient, make: Factory, post: Post, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(broadcasts, "_AHEAD", 3)
    for _ in range(20):
        await make.contact()
    await broadcast(client, make)
    for _ in range(2):
        await post.work()
    before = len(post.server.received)
    await post.notify("answered@firm.example")
    await work(post, 20)
    order = [each.recipients for each in post.server.received]
    assert len(order) == 21
    assert order.index(["answered@firm.example"]) - before <= 2 * 3


async def test_answers_that_wait_leave_before_any_is_planned(
    client: httpx.AsyncClient, make: Factory, post: Post, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(broadcasts, "_AHEAD", 2)
    await make.contact()
    answered = ["one@firm.example", "two@firm.example"]
    for each in answered:
        await post.notify(each)
    await broadcast(client, make)
    await post.work()
    assert sorted(each.recipients[0] for each in post.server.received) == answered
    await work(post)
    assert len(post.server.received) == 3


async def unsubscribe(app: Any, link: str, method: str = "POST") -> httpx.Response:
    async with connected(app, None) as nobody:
        return await nobody.request(method, f"http://looplane.test{link.removeprefix(SITE)}")


async def test_a_link_ends_a_subscription_once_it_is_confirmed(
    app: Any,
    client: httpx.AsyncClient,
    make: Factory,
    post: Post,
    db: Any,
    workspace: Workspace,
) -> None:
    contact = await make.contact()
    await broadcast(client, make)
    await work(post)
    link = post.server.received[0].mail["List-Unsubscribe"].strip("<>")
    path = f"/contacts/{contact['id']}"
    page = await unsubscribe(app, link, "GET")
    assert (page.status_code, '<form method="post">' in page.text) == (200, True)
    assert "default-src 'none'" in page.headers["content-security-policy"]
    # Who only looks at links, as programs do, ends nothing.
    assert (await client.get(path)).json()["is_subscribed"] is True
    for _ in range(2):
        done = await unsubscribe(app, link)
        assert (done.status_code, "You are unsubscribed" in done.text) == (200, True)
    assert (await client.get(path)).json()["is_subscribed"] is False
    told = await db.fetch(
        "select actor from events where workspace_id = $1 and type = 'contact.updated'",
        workspace.id,
    )
    assert [each["actor"]["rule"] for each in told] == ["unsubscribe"]
    await client.delete(path)
    assert (await unsubscribe(app, link)).status_code == 200


async def test_a_link_of_somebody_else_ends_nothing(
    app: Any, client: httpx.AsyncClient, make: Factory, post: Post
) -> None:
    contact = await make.contact()
    await broadcast(client, make)
    await work(post)
    link = post.server.received[0].mail["List-Unsubscribe"].strip("<>")
    last = "b" if link[-5] == "a" else "a"
    for wrong in (f"{link[:-5]}{last}{link[-4:]}", link[:-8], f"{SITE}/unsubscribe/x", f"{link}a"):
        refused = await unsubscribe(app, wrong)
        assert (refused.status_code, refused.json()["code"]) == (404, "not_found")
    assert (await client.get(f"/contacts/{contact['id']}")).json()["is_subscribed"] is True


async def test_who_unsubscribes_before_it_leaves_gets_nothing(
    client: httpx.AsyncClient,
    make: Factory,
    post: Post,
    db: Any,
    workspace: Workspace,
    clock: SteppedClock,
) -> None:
    contact = await make.contact()
    await client.patch(f"/mailboxes/{post.mailbox['id']}", json={"smtp_port": 1024})
    await broadcast(client, make)
    await work(post)
    await client.patch(f"/contacts/{contact['id']}", json={"is_subscribed": False})
    await client.patch(f"/mailboxes/{post.mailbox['id']}", json={"smtp_port": post.server.port})
    for _ in range(3):
        await post.work(301)
    assert post.server.received == []
    assert [row["reason"] for row in await db.fetch(DELIVERIES, workspace.id)] == [
        None,
        "They have unsubscribed meanwhile.",
    ]


async def test_it_leaves_by_the_mailbox_that_it_names(
    client: httpx.AsyncClient, make: Factory, post: Post
) -> None:
    await make.mailbox(address="news@firm.example", **post.server.settings)
    await make.contact()
    await broadcast(client, make, from_email="News@firm.example", subject="Better\u2028boards")
    await work(post)
    mail = post.server.received[0].mail
    assert mail["From"].addresses[0].addr_spec == "news@firm.example"
    assert mail["Subject"] == "Better boards"


async def test_what_is_unpublished_meanwhile_is_not_sent(
    client: httpx.AsyncClient, make: Factory, post: Post, db: Any, workspace: Workspace
) -> None:
    await make.contact()
    await broadcast(client, make)
    await db.execute(
        "update changelogs set published = false where workspace_id = $1", workspace.id
    )
    await work(post)
    assert post.server.received == []
