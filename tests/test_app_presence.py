"""Who is at a thread, as each other tab is told."""

from datetime import timedelta
from typing import Any
from uuid import uuid4

import httpx

from looplane.kit.clock import iso
from looplane.presence.commands import LASTS, sweep_presence
from tests.conftest import SteppedClock, Workspace
from tests.factory import Factory
from tests.sessions import APP, signed_in

SECOND = timedelta(seconds=1)


async def beat(
    client: httpx.AsyncClient, thread_id: str, tab: str, doing: str = "looking"
) -> list[tuple[str, str, str]]:
    """The names of those who are there, what they do, and since when."""
    body = {"thread_id": thread_id, "tab": tab, "doing": doing}
    answer = await client.post(f"{APP}/presence", json=body)
    assert answer.status_code == 200, answer.text
    others = answer.json()["others"]
    return [(each["member"]["name"], each["doing"], each["since"]) for each in others]


async def test_presence_is_told_to_others_alone(
    app: Any, db: Any, workspace: Workspace, make: Factory, clock: SteppedClock
) -> None:
    thread, elsewhere = (await make.thread())["id"], (await make.thread())["id"]
    ada, ben = await make.member(name="Ada"), await make.member(name="Ben")
    first, second, third = (str(uuid4()) for _ in range(3))
    came = iso(clock())
    async with (
        signed_in(app, db, workspace.id, ada) as hers,
        signed_in(app, db, workspace.id, ben) as his,
    ):
        assert await beat(hers, thread, first) == []
        assert await beat(hers, thread, second) == [], "nor of herself in another tab"
        clock.step(SECOND)
        wrote = iso(clock())
        assert await beat(his, thread, third) == [("Ada", "looking", came)]
        assert await beat(his, elsewhere, str(uuid4())) == []
        await beat(hers, thread, second, "writing")
        assert await beat(his, thread, third) == [("Ada", "writing", wrote)]
        clock.step(SECOND)
        await beat(hers, thread, second, "writing")
        assert await beat(his, thread, third) == [("Ada", "writing", wrote)], "it goes on"
        # A tab that goes on to another thread is not here any more, nor takes others along.
        await beat(hers, elsewhere, second)
        await beat(hers, thread, second, "left")
        assert await beat(his, elsewhere, third) == [("Ada", "looking", iso(clock()))]
        await beat(hers, thread, first, "left")
        assert await beat(his, thread, third) == []


async def test_presence_ends_with_the_beats(
    app: Any, db: Any, workspace: Workspace, make: Factory, clock: SteppedClock
) -> None:
    thread, ada, ben = (await make.thread())["id"], await make.member(), await make.member()
    hers_tab, his_tab = str(uuid4()), str(uuid4())
    async with (
        signed_in(app, db, workspace.id, ada) as hers,
        signed_in(app, db, workspace.id, ben) as his,
    ):
        await beat(hers, thread, hers_tab)
        clock.step(LASTS - SECOND)
        assert len(await beat(his, thread, his_tab)) == 1
        await sweep_presence(db, clock)
        assert len(await beat(his, thread, his_tab)) == 1, "what counts is not swept"
        clock.step(SECOND)
        assert await beat(his, thread, his_tab) == []
        assert await sweep_presence(db, clock) >= 1
        kept = "select array_agg(tab_id::text) from presence where workspace_id = $1"
        assert await db.fetchval(kept, workspace.id) == [his_tab]
        # Who is back is here since now.
        await beat(hers, thread, hers_tab)
        (back,) = await beat(his, thread, his_tab)
        assert back[2] == iso(clock())


async def test_presence_of_who_was_removed_is_not_told(
    app: Any, db: Any, workspace: Workspace, make: Factory
) -> None:
    thread, ada = (await make.thread())["id"], await make.member()
    async with signed_in(app, db, workspace.id, ada) as hers:
        await beat(hers, thread, str(uuid4()))
    async with signed_in(app, db, workspace.id, workspace.member_id) as member:
        assert len(await beat(member, thread, str(uuid4()))) == 1
        assert (await member.delete(f"/members/{ada}")).status_code == 200
        assert await beat(member, thread, str(uuid4())) == []


async def test_presence_is_no_event_and_one_statement(
    app: Any, db: Any, workspace: Workspace, make: Factory, queries: Any
) -> None:
    thread, tab = (await make.thread())["id"], str(uuid4())
    count = "select count(*) from events where workspace_id = $1"
    async with signed_in(app, db, workspace.id, workspace.member_id) as member:
        before = await db.fetchval(count, workspace.id)
        await beat(member, thread, tab)
        with queries() as seen:
            await beat(member, thread, tab)
        assert len(seen) == 1, seen
        assert await db.fetchval(count, workspace.id) == before
        rehearsed = await member.post(
            f"{APP}/presence",
            params={"dry_run": "true"},
            json={"thread_id": thread, "tab": str(uuid4()), "doing": "looking"},
        )
        assert rehearsed.status_code == 200
        assert await db.fetchval("select count(*) from presence where thread_id = $1", thread) == 1
