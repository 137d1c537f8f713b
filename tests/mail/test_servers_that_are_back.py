"""Mail servers that were away: what is told of that, and what has left stays so."""

from typing import Any

import httpx
import pytest

from looplane.delivery.email import commands as email
from tests.conftest import Workspace
from tests.factory import Factory
from tests.mail.conftest import Post
from tests.mail.test_mail_failures import events
from tests.messages.conftest import send


async def test_a_server_that_is_back_is_told_of(
    client: httpx.AsyncClient, make: Factory, post: Post, db: Any, workspace: Workspace
) -> None:
    await send(client, await make.thread())
    post.server.closes_at = "connect"
    await post.work()
    await post.work(70)
    post.server.closes_at = ""
    await post.work(301)
    assert len(post.server.received) == 1
    assert await events(db, workspace) == ["mailbox.down", "mailbox.up"]
    assert (await client.get(f"/mailboxes/{post.mailbox['id']}")).json()["down_since"] is None


async def test_what_has_left_is_delivered_though_nobody_can_note_that_its_server_is_back(
    client: httpx.AsyncClient,
    make: Factory,
    post: Post,
    db: Any,
    workspace: Workspace,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    first, second = await make.thread(), await make.thread()
    await send(client, first)
    post.server.closes_at = "connect"

    async def fails(*_: object) -> bool:
        msg = "the database is away"
        raise ConnectionError(msg)

    with monkeypatch.context() as broken:
        broken.setattr(email, "record_change", fails)
        await post.work()
        # The queue waits all the same.
        failing = "select failures from delivery_queues where workspace_id = $1"
        assert await db.fetchval(failing, workspace.id) == 1
    await post.work(70)
    assert await events(db, workspace) == ["mailbox.down"]
    post.server.closes_at = ""
    with monkeypatch.context() as broken:
        broken.setattr(email, "record_change", fails)
        assert (await post.work(301)).delivered == 1
    await send(client, second)
    assert (await post.work(301)).delivered == 1
    assert len(post.server.received) == 2
    assert await events(db, workspace) == ["mailbox.down", "mailbox.up"]
