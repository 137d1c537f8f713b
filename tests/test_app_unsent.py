"""What a member wrote and did not send: kept for them alone, and never lost to another tab."""

import asyncio
from datetime import timedelta
from typing import Any

import httpx

from looplane.erasure.commands import erase_contact
from tests.conftest import SteppedClock, Workspace
from tests.factory import Factory
from tests.sessions import APP, signed_in
from tests.test_erase_contact import eraser
from tests.witness import everything

REPLY = {
    "mode": "reply",
    "html": "<p>Dear Ada</p>",
    "cc": [{"email": "cc@mail.example", "name": "C", "mailboxHash": ""}],
    "bcc": [{"email": "bcc@mail.example", "name": "", "mailboxHash": ""}],
    "attachments": [
        {
            "Name": "a.txt",
            "ContentType": "text/plain",
            "Content": "QQ==",
            "ContentLength": "1",
            "ContentID": None,
        }
    ],
    "ai_draft_generated_at": "2026-01-01T10:00:00.000Z",
}


async def put(client: httpx.AsyncClient, thread_id: str, **body: object) -> httpx.Response:
    return await client.put(f"{APP}/unsent/{thread_id}", json={"mode": "reply", **body})


async def get(client: httpx.AsyncClient, thread_id: str) -> dict[str, Any]:
    answer = await client.get(f"{APP}/unsent/{thread_id}")
    assert answer.status_code == 200
    found: dict[str, Any] = answer.json()
    return found


async def listed(client: httpx.AsyncClient) -> dict[str, list[str]]:
    page = (await client.get(f"{APP}/unsent")).json()
    return {each["thread_id"]: each["modes"] for each in page["data"]}


async def test_unsent_text_is_kept_for_its_writer_alone(
    app: Any, db: Any, workspace: Workspace, make: Factory
) -> None:
    id, other_id, colleague = (await make.thread())["id"], (await make.thread())["id"], None
    colleague = await make.member(role="ADMIN")
    count = "select count(*) from events where workspace_id = $1"
    async with signed_in(app, db, workspace.id, workspace.member_id) as member:
        before = await db.fetchval(count, workspace.id)
        assert await get(member, id) == {"thread_id": id, "reply": None, "comment": None}
        kept = await put(member, id, **REPLY)
        hostile = '<p onclick="x()">Team<script>x()</script></p>'
        await put(member, id, mode="comment", html=hostile)
        await put(member, other_id, mode="comment", html="<p>Other</p>")
        found = await get(member, id)
        assert {**REPLY, "updated_at": found["reply"]["updated_at"], "problem": None} == {
            "mode": "reply",
            **found["reply"],
        }
        assert found["reply"] == kept.json()["reply"]
        assert found["comment"]["html"] == "<p>Team</p>"
        assert await listed(member) == {id: ["reply", "comment"], other_id: ["comment"]}
        # Left out is left alone.
        await put(member, id, html="<p>Dear Ben</p>")
        found = (await get(member, id))["reply"]
        assert (found["html"], found["cc"]) == ("<p>Dear Ben</p>", REPLY["cc"])
        assert await db.fetchval(count, workspace.id) == before, "no event tells of it"
        async with signed_in(app, db, workspace.id, colleague) as somebody:
            assert await get(somebody, id) == {"thread_id": id, "reply": None, "comment": None}
            assert await listed(somebody) == {}
            await put(somebody, id, html="<p>Mine</p>")
            await somebody.delete(f"{APP}/unsent/{id}", params={"mode": "reply"})
        assert (await get(member, id))["reply"] == found


async def test_nothing_is_no_text(app: Any, db: Any, workspace: Workspace, make: Factory) -> None:
    id = (await make.thread())["id"]
    async with signed_in(app, db, workspace.id, workspace.member_id) as member:
        for html in ("", "<p> </p>", "<script>x</script>"):
            assert (await put(member, id, html=html)).json()["reply"] is None
            await put(member, id, html="<p>Words</p>")
            assert (await put(member, id, html=html)).json()["reply"] is None
        await put(member, id, html="", cc=REPLY["cc"])
        assert (await get(member, id))["reply"]["cc"] == REPLY["cc"]
        path = f"{APP}/unsent/{id}"
        for _ in range(2):
            gone = await member.delete(path, params={"mode": "reply"})
            assert (gone.status_code, gone.json()["reply"]) == (200, None)
        assert (await member.delete(path)).status_code == 400
        refused = await put(member, id, mode="comment", html="a", cc=REPLY["cc"])
        assert "cc: goes only with a reply" in refused.text
        assert await listed(member) == {}


async def test_two_tabs_do_not_write_over_each_other(
    app: Any, db: Any, workspace: Workspace, make: Factory, clock: SteppedClock
) -> None:
    id = (await make.thread())["id"]
    async with signed_in(app, db, workspace.id, workspace.member_id) as member:
        first = (await put(member, id, html="<p>1</p>", expected_updated_at=None)).json()["reply"]
        has_first = {"expected_updated_at": first["updated_at"]}
        for _ in range(2):  # the same again is what is wanted
            same = await put(member, id, html="<p>1</p>", expected_updated_at=None)
            assert same.json()["reply"] == first
        second = (await put(member, id, html="<p>2</p>", **has_first)).json()["reply"]
        assert second["updated_at"] > first["updated_at"], "though the clock stands still"
        for expected in (has_first, {"expected_updated_at": None}):
            late = await put(member, id, html="<p>3</p>", **expected)
            assert (late.status_code, late.json()["code"]) == (412, "precondition_failed")
            assert second["updated_at"] in late.json()["message"]
        query = {"mode": "reply", **has_first}
        kept = await member.delete(f"{APP}/unsent/{id}", params=query)
        assert kept.status_code == 412
        assert (await get(member, id))["reply"] == second
        query["expected_updated_at"] = second["updated_at"]
        assert (await member.delete(f"{APP}/unsent/{id}", params=query)).status_code == 200
        gone = await put(member, id, html="<p>3</p>", **has_first)
        assert gone.status_code == 412
        assert "there is none any more" in gone.json()["message"]


async def test_two_tabs_at_the_same_instant(
    app: Any, db: Any, workspace: Workspace, make: Factory
) -> None:
    async with signed_in(app, db, workspace.id, workspace.member_id) as member:
        for _ in range(5):
            id = (await make.thread())["id"]
            answers = await asyncio.gather(
                *(put(member, id, html=f"<p>{n}</p>", expected_updated_at=None) for n in range(4))
            )
            assert sorted(each.status_code for each in answers) == [200, 412, 412, 412]
            (kept,) = (each.json() for each in answers if each.status_code == 200)
            assert await get(member, id) == kept
            plain = await asyncio.gather(*(put(member, id, html=f"<p>{n}</p>") for n in range(4)))
            assert {each.status_code for each in plain} == {200}


async def test_unsent_text_goes_and_comes_with_its_thread(
    app: Any, db: Any, workspace: Workspace, make: Factory
) -> None:
    id = (await make.thread())["id"]
    async with signed_in(app, db, workspace.id, workspace.member_id) as member:
        await put(member, id, html="<p>Words</p>")
        deleted = await member.delete(f"/threads/{id}")
        for mode in ("reply", "comment"):
            assert (await put(member, id, mode=mode, html="<p>More</p>")).status_code == 404
        gone = await member.get(f"{APP}/unsent/{id}")
        assert (gone.status_code, await listed(member)) == (404, {})
        token = deleted.headers["x-looplane-undo"]
        assert (await member.post(f"/undo/{token}")).status_code == 200
        assert (await get(member, id))["reply"]["html"] == "<p>Words</p>"


async def test_who_is_forgotten_is_in_no_unsent_text(
    app: Any, db: Any, workspace: Workspace, make: Factory
) -> None:
    word, address = "Zanzibar", "zanzibar@mail.example"
    thread = await make.thread(contact_email=address)
    other = await make.thread()
    named = [{"email": "ZANZIBAR@mail.example"}, {"email": "stays@mail.example"}]
    async with signed_in(app, db, workspace.id, workspace.member_id) as member:
        for mode in ("reply", "comment"):
            await put(member, thread["id"], mode=mode, html=f"<p>Dear {word}</p>")
        await put(member, other["id"], html="<p>Hello</p>", cc=named)
        for id in (thread["id"], other["id"]):
            held = await member.post(
                f"{APP}/held",
                json={"thread_id": id, "content": "<p>Zanzibar?</p>" * (id != other["id"]) or "Hm"}
                | {"bcc": named},
                headers={"Idempotency-Key": id},
            )
            assert held.status_code == 200
        await put(member, other["id"], html="<p>Hello</p>", cc=named)
        await erase_contact(db, eraser(workspace), address)
        rows = await everything(db, workspace.id)
        assert not [each for each in rows if word.lower() in each.lower()]
        assert list(await listed(member)) == [other["id"]]
        (left,) = (await member.get(f"{APP}/held")).json()["data"]
        assert [each["email"] for each in left["bcc"]] == ["stays@mail.example"]
        assert (await get(member, other["id"]))["reply"]["cc"][0]["email"] == "stays@mail.example"


async def test_how_often_unsent_text_asks(
    app: Any, db: Any, workspace: Workspace, make: Factory, queries: Any, clock: SteppedClock
) -> None:
    id = (await make.thread())["id"]
    async with signed_in(app, db, workspace.id, workspace.member_id) as member:
        await member.get(f"{APP}/session")
        for count, html in ((5, "<p>1</p>"), (5, "<p>2</p>"), (4, "<p>2</p>")):
            clock.step(timedelta(seconds=1))
            with queries() as seen:
                await put(member, id, html=html)
            assert len(seen) == count, seen
        with queries() as seen:
            await listed(member)
            await get(member, id)
        assert len(seen) == 2, seen
