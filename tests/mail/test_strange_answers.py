"""What mail servers say may have anything in it."""

from typing import Any

import httpx
import pytest

from looplane.kit.smtp import cut
from tests.conftest import Workspace
from tests.factory import Factory
from tests.mail.conftest import Post
from tests.mail.test_mail_failures import ATTEMPTS, state_of
from tests.messages.conftest import send


@pytest.mark.parametrize("code", [250, 451, 550])
async def test_what_no_table_holds_is_left_out(
    client: httpx.AsyncClient, make: Factory, post: Post, db: Any, workspace: Workspace, code: int
) -> None:
    thread = await make.thread()
    await send(client, thread)
    post.server.data = f"{code} as\0 ever"
    await post.work()
    states = {250: "delivered", 451: "queued", 550: "dead"}
    assert (await state_of(client, thread))["state"] == states[code]
    [attempt] = await db.fetch(ATTEMPTS, workspace.id)
    assert attempt["answer"]["text"] == "as ever"


def test_bytes_that_are_no_text() -> None:
    assert cut(b"Gr\xfc\xdfe  an\0 alle".decode(errors="surrogateescape")) == "Gr??e an alle"
