"""What a message says is stored clean, whatever comes."""

from typing import Any

import httpx
import pytest

from looplane.kit.errors import ValidationFailed
from looplane.messages.inbound.commands import InboundMessage, Person, ReceivedFile
from tests.conftest import Workspace
from tests.messages.conftest import Receive, messages_of
from tests.witness import everything

TANGLED = f"{'<dd><li>' * 100_000}words"
WORDS: list[tuple[dict[str, str], str, str]] = [
    ({"html": "", "text": "a < b &\r\nsecond\n\n\nthird"}, "<p>a &lt; b &amp;<br>second</p><p>third</p>", "a < b &\nsecond\nthird"),
    ({"html": "<style>p{}</style>", "text": "plain"}, "<p>plain</p>", "plain"),
    ({"html": "<p>rich</p>", "text": "plain"}, "<p>rich</p>", "rich"),
    ({"html": "<script>x()</script><p>rich</p>", "text": ""}, "<p>rich</p>", "rich"),
    ({"html": "", "text": ""}, "<p></p>", ""),
    ({"html": "a\0b\ud800", "text": ""}, "ab?", "ab?"),
    ({"html": TANGLED, "text": ""}, "<pre>words</pre>", "words"),
    ({"html": "", "text": "<script>x</script>"}, "<p>&lt;script&gt;x&lt;/script&gt;</p>", "<script>x</script>"),
]  # fmt: skip


@pytest.mark.parametrize(("said", "html", "text"), WORDS)
async def test_what_is_said_is_stored_clean(
    client: httpx.AsyncClient, receive: Receive, said: dict[str, str], html: str, text: str
) -> None:
    receipt = await receive(**said)
    [message] = await messages_of(client, receipt.thread_id)
    assert (message["html"], message["text"]) == (html, text)


async def test_what_no_table_holds_is_left_out(client: httpx.AsyncClient, receive: Receive) -> None:
    bad = "x\0\ud800"
    message = InboundMessage(
        channel="email",
        sender=Person("ok@mail.example", bad * 200),
        external_id=bad,
        html="<p>x</p>",
        subject=bad * 500,
        to=[Person(bad, bad)],
        files=[ReceivedFile(bad, bad, b"\0", bad)],
    )
    receipt = await receive(message)
    assert (await receive(message)).outcome == "duplicate"
    [stored] = await messages_of(client, receipt.thread_id)
    assert stored["to"][0]["name"] == "x?"
    assert len(stored["subject"]) == 512


@pytest.mark.parametrize(
    "address", ["", "nobody", "a@", "@b", "a b@c.example", "a\0@c.example\r\n"]
)
async def test_an_address_that_is_none(
    receive: Receive, db: Any, workspace: Workspace, address: str
) -> None:
    before = await everything(db, workspace.id)
    with pytest.raises(ValidationFailed):
        await receive(sender=Person(address))
    assert await everything(db, workspace.id) == before


@pytest.mark.parametrize(
    ("channel", "origin", "kind"),
    [
        ("slack", "slack", "slack"),
        ("teams", "teams", "chat"),
        ("live_chat", "live_chat", "live_chat"),
    ],
)
async def test_other_channels(
    client: httpx.AsyncClient, receive: Receive, channel: str, origin: str, kind: str
) -> None:
    receipt = await receive(channel=channel, subject="")
    thread = (await client.get(f"/threads/{receipt.thread_id}")).json()
    [message] = await messages_of(client, receipt.thread_id)
    assert (thread["origin"], thread["title"], message["type"]) == (origin, None, kind)
