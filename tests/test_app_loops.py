"""Since when customers wait, and which loops are closed, as the inbox asks for rows of a list."""

from datetime import timedelta
from typing import Any

from looplane.kit.clock import iso
from looplane.kit.ids import new_id
from tests.conftest import SteppedClock, Workspace
from tests.factory import Factory
from tests.sessions import APP, signed_in

MINUTE = timedelta(minutes=1)
INBOUND = "update threads set last_inbound_message_at = $2 where id = $1"


async def test_a_customer_waits_since_their_first_word_without_an_answer(
    app: Any, db: Any, workspace: Workspace, make: Factory, clock: SteppedClock
) -> None:
    fresh, asked, answered = [await make.thread() for _ in range(3)]
    for each in (asked, answered):
        clock.step(MINUTE)
        await make.message(each["id"])
    waits = None
    for _ in range(3):
        clock.step(MINUTE)
        waits = waits or iso(clock())
        await db.execute(INBOUND, asked["id"], clock())
    async with signed_in(app, db, workspace.id, workspace.member_id) as member:
        ids = [asked["id"], fresh["id"], answered["id"]]
        found = await member.get(f"{APP}/loops", params={"thread_id": ",".join(ids)})
        assert found.status_code == 200, found.text
        data = found.json()["data"]
        assert [each["thread_id"] for each in data] == ids
        assert [each["waiting_since"] for each in data] == [waits, fresh["created_at"], None]
        for each in data:
            thread = (await member.get(f"/threads/{each['thread_id']}")).json()
            assert each["last_outbound_message_at"] == thread["last_outbound_message_at"]
            assert each["is_closed"] is False
        done = {"status": "done", "closed_loop": True}
        assert (await member.patch(f"/threads/{asked['id']}", json=done)).is_success
        assert (await member.patch(f"/threads/{fresh['id']}", json={"status": "done"})).is_success
        found = await member.get(f"{APP}/loops", params={"thread_id": ",".join(ids)})
        assert [each["is_closed"] for each in found.json()["data"]] == [True, False, False]
        assert {each["waiting_since"] for each in found.json()["data"]} == {None}


async def test_of_threads_elsewhere_and_of_none_nothing_is_said(  # fixtures
    app: Any,
    db: Any,
    workspace: Workspace,
    make: Factory,
    make_other: Factory,
    queries: Any,
) -> None:
    here, theirs, deleted = (
        await make.thread(),
        await make_other.thread(),
        await make.thread(),
    )
    async with signed_in(app, db, workspace.id, workspace.member_id) as member:
        assert (await member.delete(f"/threads/{deleted['id']}")).is_success
        ids = [theirs["id"], here["id"], deleted["id"], str(new_id()), "x", here["id"].upper()]
        with queries() as seen:
            found = await member.get(f"{APP}/loops", params={"thread_id": ",".join(ids)})
        assert [each["thread_id"] for each in found.json()["data"]] == [here["id"]]
        assert len(seen) == 1
        many = ",".join(str(new_id()) for _ in range(51))
        refused = await member.get(f"{APP}/loops", params={"thread_id": many})
        assert (refused.status_code, refused.json()["code"]) == (400, "validation_failed")
        assert (await member.get(f"{APP}/loops")).json()["data"] == []
