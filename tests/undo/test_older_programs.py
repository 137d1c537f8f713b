"""What an older program wrote beside this one: its events keep nothing that they do not tell."""

from typing import Any
from uuid import UUID

import httpx
import pytest

from tests.conftest import Workspace
from tests.factory import Factory
from tests.undo.steps import issues, token, undo
from tests.witness import everything

FORGET = "update events set internal_before = null where write_id = $1"


async def _thread(client: httpx.AsyncClient, make: Factory, **change: Any) -> httpx.Response:
    return await client.patch(f"/threads/{(await make.thread())['id']}", json=change)


async def _snoozed(client: httpx.AsyncClient, make: Factory) -> httpx.Response:
    until = {"snoozed_until": "2099-01-01T00:00:00Z"}
    return await _thread(client, make, status="snoozed", **until)


async def _done(client: httpx.AsyncClient, make: Factory) -> httpx.Response:
    return await _thread(client, make, status="done", closed_loop=True)


async def _drafted(client: httpx.AsyncClient, make: Factory) -> httpx.Response:
    return await _thread(client, make, ai_draft_html="<p>Draft</p>")


async def _tag(client: httpx.AsyncClient, make: Factory) -> httpx.Response:
    tag, thread = await make.tag(), await make.thread()
    await client.patch(f"/threads/{thread['id']}", json={"tag_ids": [tag["id"]]})
    return await client.delete(f"/tags/{tag['id']}")


async def _changelog_tag(client: httpx.AsyncClient, make: Factory) -> httpx.Response:
    return await client.delete(f"/changelog-tags/{(await make.changelog_tag())['id']}")


async def _comment(client: httpx.AsyncClient, make: Factory) -> httpx.Response:
    path = f"/threads/{(await make.thread())['id']}/comments"
    made = (await client.post(path, json={"content": "One"})).json()
    body = {"content": "Two", "mention_ids": [await make.member()]}
    return await client.patch(f"{path}/{made['id']}", json=body)


async def _snippet(client: httpx.AsyncClient, make: Factory) -> httpx.Response:
    path = f"/snippets/{(await make.snippet())['id']}"
    return await client.patch(path, json={"html": "<p>New</p>"})


@pytest.mark.parametrize(
    "write", [_snoozed, _done, _drafted, _tag, _changelog_tag, _comment, _snippet]
)
async def test_it_is_refused_rather_than_taken_back_in_part(
    client: httpx.AsyncClient, make: Factory, db: Any, workspace: Workspace, write: Any
) -> None:
    answer = await write(client, make)
    await db.execute(FORGET, UUID(token(answer)))
    rows = await everything(db, workspace.id)
    refused = await undo(client, answer)
    assert issues(refused) == []
    assert "older version" in refused.json()["message"]
    assert await everything(db, workspace.id) == rows


async def test_what_needs_nothing_untold_is_taken_back(
    client: httpx.AsyncClient, make: Factory, db: Any
) -> None:
    answer = await _thread(client, make, title="New")
    await db.execute(FORGET, UUID(token(answer)))
    assert (await undo(client, answer)).status_code == httpx.codes.OK
