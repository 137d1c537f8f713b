"""One attempt at a webhook: what is sent, and what an answer means."""

import asyncio
import hashlib
import hmac
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import Any
from uuid import UUID

import httpx
import pytest
from standardwebhooks import Webhook, WebhookVerificationError

from looplane.delivery.schemas import Attempted
from looplane.delivery.webhook import rules
from looplane.delivery.webhook.commands import WebhookChannel
from looplane.kit.config import Settings
from looplane.kit.database import Database
from looplane.kit.outbound import Outbound
from looplane.kit.secrets import Secrets
from tests.conftest import SteppedClock
from tests.factory import Factory
from tests.web_servers import answer
from tests.webhooks.conftest import Attempt, due_of
from tests.webhooks.targets import Target, hang, hang_up, hang_up_at_once, pour, trickle
from tests.witness import kinds_of


async def pinged(client: httpx.AsyncClient, webhook: dict[str, Any]) -> dict[str, Any]:
    return dict((await client.post(f"/webhooks/{webhook['id']}/ping")).json())


async def test_a_library_verifies_what_is_sent(
    client: httpx.AsyncClient, make: Factory, receiver: Target, attempt: Attempt
) -> None:
    webhook = await make.webhook(url=receiver.url("/hook?a=1"))
    delivery = await pinged(client, webhook)
    done = await attempt(delivery["id"])
    assert (done.outcome, done.reason, done.is_target_down) == ("delivered", None, False)
    assert done.answer == {"status": 200, "headers": {}, "text": "thanks"}
    (request,) = receiver.received
    assert request.path == "/hook?a=1"
    assert request.headers["content-type"] == "application/json"
    event = Webhook(webhook["secret"]).verify(request.body, dict(request.headers))
    assert request.headers["webhook-id"] == event["id"] == delivery["event_id"]
    assert (event["type"], event["data"]["id"]) == ("webhook.pinged", webhook["id"])
    assert list(event) == ["id", "type", "created_at", "data"]
    kept = done.request
    assert kept is not None
    assert (kept["url"], kept["bytes"]) == (webhook["url"], len(request.body))
    assert not any(each in str(kept).lower() for each in ("signature", "v1,"))
    with pytest.raises(WebhookVerificationError):
        Webhook(webhook["secret"]).verify(request.body + b" ", dict(request.headers))


def signatures(text: str) -> tuple[str, list[str]]:
    moment, *found = text.split(",")
    return moment.removeprefix("t="), [each.removeprefix("v1=") for each in found]


async def test_a_receiver_of_the_other_product_goes_on_working(
    client: httpx.AsyncClient, make: Factory, receiver: Target, attempt: Attempt
) -> None:
    webhook = await make.webhook(url=receiver.url(), style="productlane")
    delivery = await pinged(client, webhook)
    await attempt(delivery["id"], 1)
    await attempt(delivery["id"], 2)
    first, second = receiver.received
    moment, found = signatures(first.headers["productlane-signature"])
    signed = f"{moment}.{first.body.decode()}".encode()
    assert found == [hmac.new(webhook["secret"].encode(), signed, hashlib.sha256).hexdigest()]
    assert first.headers["productlane-event"] == "webhook.pinged"
    assert first.headers["productlane-event-id"] == first.event["id"] == delivery["event_id"]
    assert first.headers["productlane-webhook-id"] == webhook["id"]
    ids = [each.headers["productlane-delivery-id"] for each in (first, second)]
    assert ids == [f"{delivery['id']}-{number}" for number in (1, 2)]
    assert first.body == second.body
    assert "webhook-signature" not in first.headers


@pytest.mark.parametrize("style", ["standard", "productlane"])
async def test_both_secrets_sign_while_one_takes_over(
    client: httpx.AsyncClient,
    make: Factory,
    receiver: Target,
    attempt: Attempt,
    clock: SteppedClock,
    style: str,
) -> None:
    webhook = await make.webhook(url=receiver.url(), style=style)
    delivery = await pinged(client, webhook)
    path = f"/webhooks/{webhook['id']}/rotate-secret"
    secrets = [
        webhook["secret"],
        (await client.post(path, json={"former_hours": 1})).json()["secret"],
    ]

    async def good() -> list[bool]:
        await attempt(delivery["id"])
        return [verifies(style, each, receiver) for each in secrets]

    assert await good() == [True, True]
    clock.step(timedelta(hours=1))
    assert await good() == [False, True]
    secrets.append((await client.post(path, json={})).json()["secret"])
    assert await good() == [False, True, True]
    secrets.append((await client.post(path, json={"former_hours": 0})).json()["secret"])
    assert await good() == [False, False, False, True]


def verifies(style: str, secret: str, receiver: Target) -> bool:
    """Whether the last request is signed with this secret; the clock of the test may be ahead."""
    request = receiver.received[-1]
    if style == "productlane":
        moment, found = signatures(request.headers["productlane-signature"])
        signed = f"{moment}.{request.body.decode()}".encode()
        return hmac.new(secret.encode(), signed, hashlib.sha256).hexdigest() in found
    at = datetime.fromtimestamp(int(request.headers["webhook-timestamp"]), UTC)
    own = Webhook(secret).sign(request.headers["webhook-id"], at, request.body.decode())
    return own in request.headers["webhook-signature"].split(" ")


Case = tuple[Any, str, str, bool]
ANSWERS: list[Case] = [
    (answer(status=204), "delivered", "", False),
    (answer(status=299), "delivered", "", False),
    (answer(b"thanks", Content_Encoding="br"), "delivered", "", False),
    (answer(b"", Content_Encoding="gzip"), "delivered", "", False),
    (answer(b"no", status=400, Content_Encoding="br"), "failed", "It answered 400", False),
    (
        answer(status=301, Location="http://receiver.example/"),
        "failed",
        "redirects are not followed",
        True,
    ),
    (answer(status=307, Location="/elsewhere"), "failed", "redirects are not followed", True),
    (answer(status=304), "failed", "redirects are not followed", True),
    (answer(status=400), "failed", "It answered 400 Bad Request.", False),
    (answer(status=422), "failed", "It answered 422", False),
    (answer(status=401), "failed", "It answered 401", True),
    (answer(status=404), "failed", "It answered 404", True),
    (answer(status=429), "failed", "It answered 429", True),
    (answer(status=500), "failed", "It answered 500", True),
    (answer(status=599), "failed", "It answered 599.", True),
    (hang, "failed", "It did not answer within", True),
    (trickle, "failed", "It did not answer within", True),
    (hang_up, "failed", "ended before the answer was whole", True),
    (hang_up_at_once, "failed", "ended before the answer was whole", True),
    (b"nonsense\r\n\r\n", "failed", "ended before the answer was whole", True),
]


@pytest.mark.parametrize(("reply", "outcome", "reason", "is_down"), ANSWERS)
async def test_what_an_answer_means(
    client: httpx.AsyncClient, make: Factory, receiver: Target, attempt: Attempt, monkeypatch: pytest.MonkeyPatch,
    reply: Any, outcome: str, reason: str, is_down: bool,
) -> None:  # fmt: skip
    if reply in (hang, trickle):
        monkeypatch.setattr(rules, "SECONDS", 0.4)
    webhook = await make.webhook(url=receiver.url())
    delivery = await pinged(client, webhook)
    receiver.answers = [reply]
    done = await attempt(delivery["id"])
    assert (done.outcome, done.is_target_down) == (outcome, is_down)
    assert reason in (done.reason or "")
    assert len(receiver.received) == 1  # nothing was followed
    assert done.request is not None


async def test_ten_seconds_are_all_that_it_gets() -> None:
    assert rules.SECONDS == 10
    assert WebhookChannel.seconds > rules.SECONDS  # who sends says more of it than who waits


async def test_of_a_long_answer_little_is_read_and_less_kept(
    client: httpx.AsyncClient, make: Factory, receiver: Target, attempt: Attempt
) -> None:
    delivery = await pinged(client, await make.webhook(url=receiver.url()))
    receiver.answers = [pour]
    done = await attempt(delivery["id"])
    assert done.outcome == "delivered"
    assert done.answer is not None
    assert len(done.answer["text"]) <= 1000
    assert "\0" not in done.answer["text"]
    receiver.answers = [answer(b"\xff\xfe", status=500, Content_Type="x" * 5000)]
    kept = (await attempt(delivery["id"])).answer
    assert kept is not None
    assert (kept["text"], len(kept["headers"]["content-type"])) == ("\ufffd\ufffd", 200)


NOW = datetime(2026, 11, 28, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("120", 120), ("0", 0), (format_datetime(NOW + timedelta(hours=1), usegmt=True), 3600),
        (format_datetime(NOW - timedelta(hours=1), usegmt=True), 0),
        ("Sat, 28 Nov 2026 12:00:30 -0000", 30), ("", None), ("-5", None), ("soon", None),
        ("1.5", None), ("٣", None), ("Sat, 99 Nov 2026 12:00:30 GMT", None), ("9" * 5000, 10**9),
    ],
)  # fmt: skip
async def test_retry_after(text: str, seconds: int | None) -> None:
    found = rules.retry_after(text, NOW)
    assert (None if found is None else found.total_seconds()) == seconds


async def test_who_asks_for_time_gets_it(
    client: httpx.AsyncClient, make: Factory, receiver: Target, attempt: Attempt
) -> None:
    delivery = await pinged(client, await make.webhook(url=receiver.url()))
    after = {}
    for status in (429, 503, 500, 200):
        receiver.answers = [answer(status=status, Retry_After="77")]
        after[status] = (await attempt(delivery["id"])).retry_after
    assert after == {429: timedelta(seconds=77), 503: timedelta(seconds=77), 500: None, 200: None}


async def test_who_wants_no_more_is_disabled_once(
    client: httpx.AsyncClient, make: Factory, receiver: Target, attempt: Attempt, db: Any
) -> None:
    webhook = await make.webhook(url=receiver.url())
    first, second = [await pinged(client, webhook) for _ in range(2)]
    receiver.always = lambda _: answer(status=410)
    done = await asyncio.gather(attempt(first["id"]), _again(attempt, second["id"]))
    assert [each.outcome for each in done] == ["refused", "refused"]
    shown = (await client.get(f"/webhooks/{webhook['id']}")).json()
    assert (shown["status"], "410" in shown["status_reason"]) == ("disabled", True)
    kinds = await kinds_of(db, webhook["id"])
    assert kinds.count("webhook.disabled") == 1
    paused = "select paused_reason from delivery_queues where queue = $1"
    assert "410" in await db.fetchval(paused, webhook["id"])
    on = (await client.patch(f"/webhooks/{webhook['id']}", json={"status": "active"})).json()
    assert (on["status"], on["status_reason"]) == ("active", None)


async def _again(attempt: Attempt, id: str) -> Attempted:
    await asyncio.sleep(0.05)
    return await attempt(id)


async def test_what_is_inside_is_not_reached(
    client: httpx.AsyncClient, make: Factory, receiver: Target, attempt: Attempt
) -> None:
    for url in (f"http://127.0.0.1:{receiver.port}/", "http://no-such.example:1/"):
        delivery = await pinged(client, await make.webhook(url=url))
        done = await attempt(delivery["id"])
        assert (done.outcome, done.reason) == ("failed", "The address cannot be reached.")
    assert receiver.received == []


async def test_a_batch_costs_one_statement(
    client: httpx.AsyncClient,
    make: Factory,
    channel: WebhookChannel,
    database: Database,
    db: Any,
    queries: Any,
) -> None:
    webhooks = [await make.webhook() for _ in range(3)]
    ids = [(await pinged(client, each))["id"] for each in webhooks for _ in range(2)]
    due = await due_of(db, *ids)
    with queries() as seen:
        async with database.reading() as con:
            loaded = await channel.load(con, due)
    # The others are of the driver, which asks for each type once.
    assert (len(loaded), len([each for each in seen if "$5" in each])) == (6, 1)


async def test_what_is_gone_is_not_loaded(
    client: httpx.AsyncClient, make: Factory, channel: WebhookChannel, db: Any
) -> None:
    webhook, deleted = await make.webhook(), await make.webhook()
    ids = [(await pinged(client, each))["id"] for each in (webhook, deleted, webhook)]
    due = await due_of(db, *ids)
    await client.delete(f"/webhooks/{deleted['id']}")
    # Bytes that are kept no longer are made of the event once more, while there is one.
    await db.execute(
        "delete from event_bodies where event_id = any ($1)", [due[0].event_id, due[2].event_id]
    )
    await db.execute("delete from events where id = $1", due[2].event_id)
    assert set(await channel.load(db, due)) == {due[0].id}


async def test_a_secret_of_another_server_is_said_to_be_one(
    client: httpx.AsyncClient,
    make: Factory,
    database: Database,
    outbound: Outbound,
    clock: SteppedClock,
    db: Any,
) -> None:
    elsewhere = Secrets(Settings(secret_key="x" * 32))
    channel = WebhookChannel(database, outbound, elsewhere, clock)
    delivery = await pinged(client, await make.webhook())
    loaded = (await channel.load(db, await due_of(db, delivery["id"])))[UUID(delivery["id"])]
    assert isinstance(loaded, Attempted)
    assert (loaded.outcome, loaded.is_target_down) == ("failed", True)
    assert "another key" in str(loaded.reason)
