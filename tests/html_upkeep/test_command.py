"""`looplane clean-html`: killed, run again, and what it says."""

import json
from typing import Any
from uuid import UUID

import httpx

from looplane.kit.html import CLEANER_VERSION
from tests.conftest import Workspace
from tests.html_upkeep.conftest import EVIL, SAFE, Old, look
from tests.processes import BLOCKS, Folder, come_about
from tests.witness import events_of

_VERSIONS = "select html_version from threads where id = any ($1) order by id"


async def test_one_killed_half_way_goes_on(
    place: Folder, dsn: str, old: Old, db: Any, client: httpx.AsyncClient
) -> None:
    ids = sorted([await old.thread(EVIL) for _ in range(3)])
    async with db.transaction():
        await db.execute("select from threads where id = $1 for update", UUID(ids[1]))
        killed = place.start("clean-html", database_url=dsn)
        await come_about(lambda: db.fetchval(BLOCKS))
        killed.kill()
    rows = await db.fetch(_VERSIONS, [UUID(each) for each in ids])
    first, _, last = [row["html_version"] for row in rows]  # the server goes on with its statement
    assert (first, last) == (CLEANER_VERSION, 1)
    second = place.start("clean-html --json", database_url=dsn)
    assert await second.ended() == 0, second.complained()
    said = json.loads(second.said())["threads"]
    assert said["changed"] in {1, 2}
    assert said == {**said, "looked_at": said["changed"], "replaced": [], "left": []}
    assert [(await look(client, each)).thread["text"] for each in ids] == [SAFE] * 3
    told = await events_of(db, *ids)
    assert len([each for each in told if each["cause"] == "clean_html"]) == len(ids)


async def test_it_names_what_it_replaced_and_what_it_left(
    place: Folder, dsn: str, old: Old, db: Any, workspace: Workspace
) -> None:
    held, replaced = await old.thread(EVIL), await old.thread("<script>x</script>")
    async with db.transaction():
        await db.execute("select from threads where id = $1 for update", UUID(held))
        first = place.start("clean-html --json", database_url=dsn)
        assert await first.ended() == 1
        second = place.start("clean-html", database_url=dsn)
        assert await second.ended() == 1
    said = json.loads(first.said())["threads"]
    assert said["replaced"] == [{"workspace_id": str(workspace.id), "id": replaced}]
    assert [each["id"] for each in said["left"]] == [held]
    assert said["left"][0]["reason"]
    assert f"{held}: " in second.said()
    assert "run this again" in second.said()
