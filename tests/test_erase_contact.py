"""A person is forgotten: no word and no name of theirs is left in any row, events included."""

import io
from typing import Any
from uuid import UUID

import httpx
import pytest

from looplane.cli import contact as contact_command
from looplane.cli.app import main
from looplane.erasure.commands import erase_contact
from looplane.kit.clock import system_clock
from looplane.kit.context import Context
from looplane.kit.errors import NotFound
from looplane.kit.ids import new_id
from looplane.kit.principal import Principal
from tests.conftest import Workspace
from tests.factory import Factory
from tests.witness import everything

WORD = "Zanzibar"
_MESSAGE = """
insert into messages (workspace_id, id, thread_id, type, direction, subject, "from", text, html,
  created_at) values ($1, $2, $3, 'email', 'inbound', $4, to_jsonb($4::text), $4, $4, now())"""
_COMMENT = """
insert into comments (workspace_id, id, thread_id, content, created_at, updated_at)
values ($1, $2, $3, $4, now(), now())"""


def eraser(workspace: Workspace) -> Context:
    return Context(Principal(workspace.id, "rule", rule="erase"), system_clock, "erase")


async def test_no_word_is_left_anywhere(
    client: httpx.AsyncClient, make: Factory, db: Any, workspace: Workspace
) -> None:
    address = f"{WORD}@mail.example"
    thread = await make.thread(
        text=f"<p>{WORD}</p>",
        title=WORD,
        contact_email=address,
        contact_name=WORD,
        external_ids={"plain": WORD},
    )
    path, key = f"/threads/{thread['id']}", {"Idempotency-Key": "k"}
    source = {"type": "article", "title": WORD}
    draft = {"ai_draft_html": f"<p>{WORD}</p>", "ai_draft_sources": [source]}
    assert (await client.patch(path, json=draft, headers=key)).is_success
    project = await make.project()
    await client.patch(path, json={"title": f"{WORD} again", "project_id": project["id"]})
    row = (workspace.id, new_id(), thread["id"], WORD)
    await db.execute(_MESSAGE, *row)
    await db.execute(_COMMENT, *row)
    await _discuss(make, thread["id"])
    moved = await make.thread(contact_email=address)
    other = await make.contact(name="Somebody else")
    await client.patch(f"/threads/{moved['id']}", json={"contact_id": other["id"]})
    stays = await make.thread(text="<p>Other words</p>")
    assert any(WORD in each for each in await everything(db, workspace.id))

    erasure = await erase_contact(db, eraser(workspace), address.upper())

    assert [each for each in await everything(db, workspace.id) if WORD in each] == []
    assert (erasure.threads, erasure.messages, erasure.comments) == (1, 1, 3)
    after = (await client.get(path)).json()
    assert (after["contact"], after["title"], after["text"]) == (None, None, "<p>Erased.</p>")
    assert [need["project_id"] for need in after["customer_needs"]] == [project["id"]]
    kept = (await client.get(f"/threads/{moved['id']}")).json()
    assert (kept["text"], kept["contact"]["name"]) == (moved["text"], "Somebody else")
    assert (await client.get(f"/threads/{stays['id']}")).json() == stays


async def _discuss(make: Factory, thread_id: str) -> None:
    """Comments that say it, one of them edited and one deleted; what they mention is left."""
    file = {"name": WORD, "url": f"https://files.example/{WORD}"}
    member = await make.member(name="Ada Lovelace")
    said: dict[str, Any] = {"content": f"<p>{WORD}, @Ada Lovelace</p>", "attachments": [file]}
    edited = await make.comment(thread_id, **said)
    gone = await make.comment(thread_id, **said, mention_ids=[member])
    path = f"/threads/{thread_id}/comments"
    body = {"content": f"<p>{WORD} twice, @Ada Lovelace</p>", "attachments": []}
    assert (await make.client.patch(f"{path}/{edited['id']}", json=body)).is_success
    assert (await make.client.delete(f"{path}/{gone['id']}")).is_success


async def test_whom_a_comment_listed_stays_mentioned(
    client: httpx.AsyncClient, make: Factory, db: Any, workspace: Workspace
) -> None:
    thread = await make.thread()
    listed, both, named = [await make.member(name=each) for each in ("A Ba", "C Da", "E Fa")]
    asked = {"content": "<p>@C Da and @E Fa</p>", "mention_ids": [listed, both]}
    comment = await make.comment(thread["id"], **asked)
    assert {each["id"] for each in comment["mentions"]} == {listed, both, named}
    await erase_contact(db, eraser(workspace), thread["contact"]["id"])
    after = await client.get(f"/threads/{thread['id']}/comments/{comment['id']}")
    assert after.json()["content"] == "<p>Erased.</p>"
    assert [each["id"] for each in after.json()["mentions"]] == [listed, both]
    kept = await db.fetch(
        "select written_as from comment_mentions where comment_id = $1", UUID(comment["id"])
    )
    assert [each["written_as"] for each in kept] == [[], []]


@pytest.mark.parametrize("by", ["email", "id"])
async def test_somebody_who_was_deleted_and_wrote_again_is_forgotten_whole(
    client: httpx.AsyncClient, make: Factory, db: Any, workspace: Workspace, by: str
) -> None:
    address = f"{WORD}@mail.example"
    before = await make.thread(text=f"<p>{WORD}</p>", contact_email=address, contact_name=WORD)
    assert (await client.delete(f"/contacts/{before['contact']['id']}")).is_success
    again = await make.thread(text=f"<p>{WORD}</p>", contact_email=address.upper())

    erasure = await erase_contact(db, eraser(workspace), again["contact"][by])

    assert [each for each in await everything(db, workspace.id) if WORD in each] == []
    assert [each for each in await everything(db, workspace.id) if WORD.upper() in each] == []
    assert (str(erasure.contact_id), erasure.threads) == (again["contact"]["id"], 2)


async def test_what_comes_after_an_erasure_can_be_erased_too(
    make: Factory, db: Any, workspace: Workspace
) -> None:
    contact = await make.contact(email="gone@mail.example")
    first = await erase_contact(db, eraser(workspace), contact["id"])
    assert await erase_contact(db, eraser(workspace), contact["id"]) == first


async def test_the_command_asks_before(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO("n\n"))
    monkeypatch.setattr(contact_command, "on_tables", lambda _: pytest.fail("not asked"))
    assert main(["contact", "erase", "a@b.example", "--workspace", "W"]) == 1
    assert "for good?" in capsys.readouterr().err


async def test_a_contact_of_another_workspace_is_not_there(
    make_other: Factory, db: Any, workspace: Workspace
) -> None:
    theirs = await make_other.contact(email="theirs@mail.example")
    for text in (theirs["id"], theirs["email"], "nobody@mail.example", "nope"):
        with pytest.raises(NotFound):
            await erase_contact(db, eraser(workspace), text)
