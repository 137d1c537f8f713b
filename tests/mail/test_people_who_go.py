"""Mail that waits while those go from whom it is or for whom, and an address that works again."""

import asyncio
from collections.abc import AsyncIterator, Mapping, Sequence
from datetime import timedelta
from typing import Any
from uuid import UUID

import httpx
import pytest
from starlette.types import ASGIApp

from looplane.deliveries.commands import plan_untold_delivery
from looplane.deliveries.schemas import NewDelivery
from looplane.delivery.email.commands import EmailChannel
from looplane.delivery.email.schemas import Notice
from looplane.delivery.schemas import DueDelivery
from looplane.kit.database import Connection, Database
from looplane.notices.words.commands import notice_words
from tests.conftest import SteppedClock, Workspace, connected
from tests.dispatch import deliver_due
from tests.factory import Factory
from tests.mail.conftest import SITE, Post, channel_of
from tests.messages.conftest import send

GONE = "What it told of is gone."
DEAD = "select count(*) from events where workspace_id = $1 and type = 'delivery.dead'"


async def _real_notices(
    con: Connection, deliveries: Sequence[DueDelivery]
) -> Mapping[UUID, Notice]:
    ids = [each.subject_id for each in deliveries]
    words = await notice_words(con, deliveries[0].workspace_id, ids, SITE)
    found = {each.id: words[each.subject_id] for each in deliveries if each.subject_id in words}
    return {id: Notice(each.subject, each.sentence) for id, each in found.items()}


@pytest.fixture
async def channel(database: Database, clock: SteppedClock) -> AsyncIterator[EmailChannel]:
    """One that tells of notices as the worker does."""
    made = channel_of(database, clock, find_notices=_real_notices)
    yield made
    await made._setup.connections.aclose()  # noqa: SLF001  # as the worker ends


class Waiting:
    """A worker, and what it made of deliveries."""

    def __init__(
        self, client: httpx.AsyncClient, db: Any, clock: SteppedClock, channel: EmailChannel
    ) -> None:
        self.client, self._db, self._clock, self._channel = client, db, clock, channel

    async def work(self, rounds: int = 3) -> None:
        for _ in range(rounds):
            self._clock.step(timedelta(minutes=2))
            await deliver_due(self._db, self._clock, {"email": self._channel})

    async def ends(self) -> list[tuple[str, str, str | None]]:
        """The kind, the state and the reason of each."""
        found = (await self.client.get("/deliveries", params={"channel": "email"})).json()["data"]
        return [(each["kind"], each["state"], each["reason"]) for each in found]


@pytest.fixture
def waiting(
    client: httpx.AsyncClient, db: Any, clock: SteppedClock, channel: EmailChannel, post: Post
) -> Waiting:
    assert post.mailbox
    return Waiting(client, db, clock, channel)


async def notify(client: httpx.AsyncClient, thread: Any, **changes: Any) -> None:
    """Tells the assignee by mail of a change."""
    body = {**changes, "notify": {"email": True}}
    answer = await client.patch(f"/threads/{thread['id']}", json=body)
    assert answer.headers["x-looplane-notify"].startswith("email=planned")


async def test_a_member_who_is_removed_is_told_nothing_and_what_they_wrote_leaves(
    app: ASGIApp,
    make: Factory,
    post: Post,
    waiting: Waiting,
    db: Any,
    workspace: Workspace,
    clock: SteppedClock,
) -> None:
    client = waiting.client
    member = await make.joined_member("ADMIN")
    thread = await make.thread(assignee_id=member["id"])
    async with connected(app, await make.key(member_id=member["id"])) as theirs:
        assert (await send(theirs, thread)).is_success
        invited = {"email": "new@team.example", "name": "New", "role": "USER"}
        assert (await theirs.post("/members/invites", json=invited)).is_success
    await notify(client, thread, title="Other words")
    link = NewDelivery("sign_in_link", "email", member["email"], UUID(member["id"]))
    await plan_untold_delivery(db, workspace.id, clock(), link)
    assert (await client.delete(f"/members/{member['id']}")).is_success
    await waiting.work()
    assert sorted(await waiting.ends()) == [
        ("invite", "delivered", None),
        ("message", "delivered", None),
        ("notice", "canceled", GONE),
        ("sign_in_link", "canceled", GONE),
    ]
    received = [each.recipients[0] for each in post.server.received]
    assert sorted(received) == sorted([thread["contact"]["email"], "new@team.example"])
    assert await db.fetchval(DEAD, workspace.id) == 0


async def test_what_a_contact_is_answered_leaves_though_they_are_deleted(
    make: Factory, post: Post, waiting: Waiting, db: Any, workspace: Workspace
) -> None:
    client = waiting.client
    thread = await make.thread()
    contact = thread["contact"]
    assert (await send(client, thread)).is_success
    # Another address is of what is written from then on.
    moved = {"email": f"moved-{contact['email']}"}
    assert (await client.patch(f"/contacts/{contact['id']}", json=moved)).is_success
    assert (await send(client, thread)).is_success
    assert (await client.delete(f"/contacts/{contact['id']}")).is_success
    await waiting.work()
    assert await waiting.ends() == [("message", "delivered", None)] * 2
    assert [each.recipients for each in post.server.received] == [
        [contact["email"]],
        [moved["email"]],
    ]


async def test_a_broadcast_goes_to_nobody_who_was_deleted_meanwhile(
    make: Factory, post: Post, waiting: Waiting, db: Any, workspace: Workspace
) -> None:
    client = waiting.client
    contact, other = await make.contact(), await make.contact()
    changelog = await make.changelog(title="Boards", content="Boards.", published=True)
    path = f"/changelogs/{changelog['id']}/broadcast"
    assert (await client.post(path, json={"email": True})).is_success
    post.server.rcpt = lambda _: "451 Not now"
    await waiting.work(1)
    assert post.server.received == []
    assert (await client.delete(f"/contacts/{contact['id']}")).is_success
    post.server.rcpt = None
    await waiting.work()
    assert [each.recipients for each in post.server.received] == [[other["email"]]]
    assert ("broadcast", "canceled", "They have unsubscribed meanwhile.") in await waiting.ends()
    assert await db.fetchval(DEAD, workspace.id) == 0


async def test_all_go_while_it_is_loaded(
    make: Factory, post: Post, waiting: Waiting, db: Any, workspace: Workspace, app: ASGIApp
) -> None:
    client = waiting.client
    member = await make.joined_member()
    threads = [await make.thread(assignee_id=member["id"]) for _ in range(4)]
    for each in threads:
        assert (await send(client, each)).is_success
        await notify(client, each, title="Other words")
    paths = [f"/members/{member['id']}"]
    paths += [f"/contacts/{each['contact']['id']}" for each in threads[:2]]
    paths += [f"/threads/{each['id']}" for each in threads[1:3]]
    answers, _ = await asyncio.gather(asyncio.gather(*map(client.delete, paths)), waiting.work())
    assert {each.status_code for each in answers} == {200}
    await waiting.work()
    ends = await waiting.ends()
    assert {kind for kind, state, _ in ends if state == "dead"} == set()
    assert [state for kind, state, _ in ends if kind == "message"].count("delivered") >= 2
    assert await db.fetchval(DEAD, workspace.id) == 0


async def test_an_address_that_works_again_gets_what_was_dead(
    make: Factory, post: Post, waiting: Waiting
) -> None:
    client = waiting.client
    member = await make.joined_member()
    bounced = await make.bounced_address(address=member["email"], reason="550 No such user")
    thread = await make.thread(assignee_id=member["id"])
    await notify(client, thread, title="First")
    await notify(client, thread, title="Second")
    await waiting.work()
    reason = "Mail to this address came back before: 550 No such user"
    assert await waiting.ends() == [("notice", "dead", reason)] * 2
    again = {"filter": {"target": member["email"], "state": "dead"}}
    assert (await client.post("/deliveries/retry", json=again)).json()["changed"] == 2
    await waiting.work()
    assert await waiting.ends() == [("notice", "dead", reason)] * 2
    assert post.server.received == []
    assert (await client.delete(f"/bounced-addresses/{bounced['id']}")).is_success
    assert (await client.post("/deliveries/retry", json=again)).json()["changed"] == 2
    await waiting.work()
    assert await waiting.ends() == [("notice", "delivered", None)] * 2
    assert [each.recipients for each in post.server.received] == [[member["email"]]] * 2
