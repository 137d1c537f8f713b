"""A channel that brings messages, and one that takes them."""

from collections.abc import Callable, Coroutine
from itertools import count
from typing import Any
from uuid import UUID

import httpx
import pytest

from looplane.kit.context import Context
from looplane.kit.html_cleaner import HtmlCleaner
from looplane.kit.principal import Principal
from looplane.messages.inbound.commands import (
    InboundMessage,
    Person,
    Receipt,
    clean_message,
    receive_message,
)
from tests.conftest import SteppedClock, Workspace
from tests.dispatch import cancel_all

_number = count(1)
Receive = Callable[..., Coroutine[Any, Any, Receipt]]


def inbound(**fields: Any) -> InboundMessage:
    """A mail from somebody new, but for `fields`."""
    number = next(_number)
    plain: dict[str, Any] = {
        "channel": "email",
        "sender": Person(f"sender{number}@mail.example", "Sender"),
        "external_id": f"<{number}@mail.example>",
        "html": f"<p>Inbound {number}</p>",
        "subject": f"Subject {number}",
    }
    if "thread_id" in fields:
        fields["thread_id"] = UUID(str(fields["thread_id"]))
    return InboundMessage(**{**plain, **fields})


@pytest.fixture
def receive(db: Any, clock: SteppedClock, workspace: Workspace) -> Receive:
    """Takes in a message, on a connection of the test's or another one."""

    async def bring(
        message: InboundMessage | None = None,
        con: Any = db,
        here: UUID = workspace.id,
        **fields: Any,
    ) -> Receipt:
        cleaner = HtmlCleaner()
        try:
            clean = await clean_message(message or inbound(**fields), cleaner)
        finally:
            await cleaner.aclose()
        context = Context(Principal(here, "rule", rule="mail"), clock, "mail")
        return await receive_message(con, context, clean)

    return bring


@pytest.fixture
async def quiet(db: Any) -> None:
    """Nothing that other tests left is due."""
    await cancel_all(db)


async def send(client: httpx.AsyncClient, thread: Any, **body: Any) -> httpx.Response:
    """Answers a thread."""
    path = f"/threads/{thread['id']}/messages"
    return await client.post(path, json={"content": "<p>x</p>", **body})


async def messages_of(client: httpx.AsyncClient, thread_id: object) -> list[dict[str, Any]]:
    """What was said in a thread."""
    return list((await client.get(f"/threads/{thread_id}/messages")).json()["data"])
