"""What stands in the way of taking a write back, beside what is newer."""

import asyncio
from typing import Any
from uuid import UUID

import httpx

from looplane.erasure.commands import erase_contact
from looplane.kit.clock import system_clock
from looplane.kit.context import Context
from looplane.kit.principal import Principal
from tests.conftest import Workspace, connected
from tests.factory import Factory
from tests.undo.steps import UNDO, issues, shown, token, undo, undone
from tests.witness import everything


async def test_a_name_that_was_taken_meanwhile(
    client: httpx.AsyncClient, make: Factory, db: Any, workspace: Workspace
) -> None:
    folder = await make.snippet_folder(name="Mine")
    tag = await make.changelog_tag(name="Mine")
    changed = await client.patch(f"/snippets/folders/{folder['id']}", json={"name": "Other"})
    await make.snippet_folder(name="mine")
    gone = await client.delete(f"/changelog-tags/{tag['id']}")
    await make.changelog_tag(name="mine")
    contact = await make.contact()
    lost = await client.delete(f"/contacts/{contact['id']}")
    await make.contact(email=contact["email"])
    rows = await everything(db, workspace.id)
    for each in (changed, gone, lost):
        refused = await undo(client, each)
        assert refused.status_code == httpx.codes.CONFLICT
        assert "lready" in refused.json()["message"]
    assert await everything(db, workspace.id) == rows


async def test_what_it_was_in_is_gone(client: httpx.AsyncClient, make: Factory) -> None:
    group, home = await make.tag_group(), await make.tag_group()
    tag, moved = [await make.tag(tag_group_id=group["id"]) for _ in range(2)]
    deleted = await client.delete(f"/tags/{tag['id']}")
    changed = await client.patch(f"/tags/{moved['id']}", json={"tag_group_id": home["id"]})
    assert (await client.delete(f"/tags/groups/{group['id']}")).is_success
    for each in (deleted, changed):
        assert issues(await undo(client, each)) == [
            "tag_group_id: there is no such tag group in this workspace"
        ]


async def test_the_last_admin_stays_one(
    client: httpx.AsyncClient, make: Factory, workspace: Workspace
) -> None:
    member = await make.joined_member()
    other = f"/members/{member['id']}"
    raised = await client.patch(other, json={"role": "ADMIN"})
    await client.patch(f"/members/{workspace.member_id}", json={"role": "USER"})
    refused = await undo(client, raised)
    assert (refused.status_code, "last ADMIN" in refused.json()["message"]) == (409, True)


async def test_a_key_gets_back_no_more_than_its_caller_has(
    app: Any, client: httpx.AsyncClient, make: Factory, workspace: Workspace
) -> None:
    key = (await client.post("/keys", json={"scopes": ["tags:read", "admin"]})).json()
    path = f"/keys/{key['id']}"
    narrowed = await client.patch(path, json={"scopes": ["tags:read"], "expires_at": None})
    lacking = await make.key({"tags:read"}, str(workspace.member_id))
    assert narrowed.headers[UNDO]
    async with connected(app, await make.key({"admin"}, str(workspace.member_id))) as poorer:
        widened = await client.patch(path, json={"scopes": ["threads:read"]})
        refused = await undo(poorer, widened)
        assert (refused.status_code, refused.json()["code"]) == (403, "forbidden")
    async with connected(app, lacking) as without:
        assert (await undo(without, widened)).json()["code"] == "scope_required"
    await undone(client, widened)
    await undone(client, narrowed)
    assert (await shown(client, path))["scopes"] == ["tags:read", "admin"]


async def test_words_that_were_erased_never_come_back(
    client: httpx.AsyncClient, make: Factory, db: Any, workspace: Workspace
) -> None:
    named, deleted = await make.contact(name="Erika"), await make.contact(name="Erika")
    path = f"/contacts/{named['id']}"
    body = {"name": "Else", "is_subscribed": False}
    writes = [await client.patch(path, json=body)]
    writes += [await client.delete(f"/contacts/{deleted['id']}")]
    eraser = Context(Principal(workspace.id, "rule", rule="erase"), system_clock, "erase")
    for each in (named, deleted):
        await erase_contact(db, eraser, each["id"])
    # Even where somebody showed the row again.
    await db.execute("update contacts set deleted_at = null where id = $1", UUID(named["id"]))
    assert (await undo(client, writes[1])).status_code == httpx.codes.CONFLICT
    await undone(client, writes[0])
    assert (await shown(client, path))["name"] is None
    assert not [row for row in await everything(db, workspace.id) if "Erika" in row]


async def test_html_keeps_the_version_of_the_cleaner_that_cleaned_it(
    client: httpx.AsyncClient, make: Factory, db: Any
) -> None:
    snippet = await make.snippet()
    id = UUID(snippet["id"])
    await db.execute("update snippets set html_version = 0 where id = $1", id)
    path = f"/snippets/{snippet['id']}"
    changed = await client.patch(path, json={"html": "<p>New</p>"})
    find = "select html_version from snippets where id = $1"
    now = await db.fetchval(find, id)
    back = await undone(client, changed)
    assert await db.fetchval(find, id) == 0
    await undone(client, back)
    assert await db.fetchval(find, id) == now


async def test_a_restored_thing_and_its_deletion_at_once(
    client: httpx.AsyncClient, make: Factory
) -> None:
    group = await make.tag_group()
    tag = await make.tag(tag_group_id=group["id"])
    deleted = await client.delete(f"/tags/{tag['id']}")
    answers = await asyncio.gather(
        undo(client, token(deleted)), client.delete(f"/tags/groups/{group['id']}")
    )
    assert sorted(each.status_code for each in answers) == [200, 409]
