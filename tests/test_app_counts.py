"""What the tabs and views of the inbox count is what they list."""

from typing import Any

import pytest

from tests.conftest import SteppedClock, Workspace
from tests.factory import Factory
from tests.sessions import APP, signed_in

TABS = ("new", "needs-response", "my", "open", "snoozed", "done")
_MANY = """
insert into threads (workspace_id, id, text, pain_level, origin, state, is_read, created_at,
  updated_at)
select $1, gen_random_uuid(), 'Words', 'LOW', 'api', 'done', false, now(), now()
from generate_series(1, $2) as n"""


async def _listed(member: Any, **asked: str) -> int:
    return len((await member.get("/threads", params={**asked, "limit": 200})).json()["data"])


async def test_counts_agree_with_the_lists(
    app: Any, db: Any, workspace: Workspace, make: Factory, make_other: Factory
) -> None:
    await make_other.thread()
    colleague = await make.member()
    until = "2999-01-01T00:00:00Z"
    for fields in (
        {},
        {"status": "done"},
        {"status": "snoozed", "snoozed_until": until},
        {"assignee_id": str(workspace.member_id)},
        {"assignee_id": colleague, "pain_level": "HIGH"},
    ):
        for _ in range(2):
            await make.thread(**fields)
    answered = await make.thread(assignee_id=str(workspace.member_id))
    await make.message(answered["id"])
    deleted = await make.thread()
    await make.client.delete(f"/threads/{deleted['id']}")
    shared = await make.view(filters={"pain_level": ["HIGH"]})
    async with signed_in(app, db, workspace.id, workspace.member_id) as member:
        personal = await Factory(member, db, workspace.id).view(
            is_shared=False, filters={"tab": "my"}
        )
        counts = (await member.get(f"{APP}/counts")).json()
        for tab in TABS:
            found = counts["tabs"][tab]
            assert (found["count"], found["is_more"]) == (await _listed(member, tab=tab), False)
            threads = (await member.get("/threads", params={"tab": tab})).json()["data"]
            assert found["unread"] == sum(not each["is_read"] for each in threads)
        assert [each["id"] for each in counts["views"]] == [shared["id"], personal["id"]]
        for each in counts["views"]:
            listed = await _listed(member, view=each["id"])
            assert (each["count"], each["is_more"]) == (listed, False)
            assert listed
    async with signed_in(app, db, workspace.id, colleague) as member:
        counts = (await member.get(f"{APP}/counts")).json()
        assert [each["id"] for each in counts["views"]] == [shared["id"]]
        assert counts["tabs"]["my"]["count"] == await _listed(member, tab="my") == 2


@pytest.mark.parametrize(("there", "is_more"), [(999, False), (1000, False), (1001, True)])
async def test_counts_end_at_a_thousand(
    there: int, is_more: bool, app: Any, db: Any, workspace: Workspace
) -> None:
    await db.execute(_MANY, workspace.id, there)
    async with signed_in(app, db, workspace.id, workspace.member_id) as member:
        done = (await member.get(f"{APP}/counts")).json()["tabs"]["done"]
    assert (done["count"], done["is_more"]) == (min(there, 1000), is_more)
    assert done["unread"] == done["count"]


async def test_counts_of_many_views(app: Any, db: Any, workspace: Workspace, make: Factory) -> None:
    await make.thread()
    await db.execute(
        "insert into views (workspace_id, id, name, filters, sort, is_shared, owner_id, position,"
        " created_at, updated_at) select $1, gen_random_uuid(), 'View ' || n || x.is_shared, '{}',"
        " 'created_at', x.is_shared, $2, n, now(), now()"
        " from generate_series(1, 150) as n, (values (true), (false)) as x(is_shared)",
        workspace.id,
        workspace.member_id,
    )
    async with signed_in(app, db, workspace.id, workspace.member_id) as member:
        counts = (await member.get(f"{APP}/counts")).json()
    assert len({each["id"] for each in counts["views"]}) == 300
    assert {each["count"] for each in counts["views"]} == {1}


async def test_counts_ask_once_for_all_tabs(
    app: Any, db: Any, workspace: Workspace, make: Factory, queries: Any, clock: SteppedClock
) -> None:
    async with signed_in(app, db, workspace.id, workspace.member_id) as member:
        await make.thread()
        await member.get(f"{APP}/session")  # it is known for a second
        with queries() as seen:
            first = await member.get(f"{APP}/counts")
        assert len(seen) == 2, seen  # the tabs, and the views of which there are none
        same = await member.get(f"{APP}/counts", headers={"If-None-Match": first.headers["etag"]})
        assert same.status_code == 304
