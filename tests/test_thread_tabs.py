"""A thread's own tab, and the tabs as views of the list: every case that there is."""

from datetime import timedelta
from itertools import product
from typing import Any
from uuid import UUID

import httpx
import pytest

from tests.conftest import SteppedClock, Workspace, connected
from tests.factory import Factory
from tests.test_thread_states import STATES, STATUS, reach
from tests.witness import faults

TABS = ("open", "new", "needs-response", "my", "snoozed", "done")
# When the last message came in and when one went out, in minutes; whether an answer is due.
MESSAGES = [
    (None, None, True),
    (1, None, True),
    (None, 1, False),
    (1, 2, False),
    (2, 2, False),
    (3, 2, True),
]
Case = tuple[str, str, tuple[int | None, int | None, bool]]
CASES: list[Case] = list(product(STATES, ("me", "other", "nobody"), MESSAGES))


def tab_of(case: Case, *, member: bool = True) -> str:
    state, assignee, (_, _, waits) = case
    if state in {"done", "closed"}:
        return "done"
    if state in {"snoozed", "new"}:
        return state
    if member and assignee == "me":
        return "needs-response" if waits else "my"
    return "open"


def views_of(case: Case, *, member: bool = True) -> set[str]:
    state, assignee, (_, _, waits) = case
    views = {STATUS[state]}
    if state == "new":
        views.add("new")
    if member and STATUS[state] == "open" and assignee == "me":
        views.add("my")
        if waits:
            views.add("needs-response")
    return views


async def _all_cases(
    client: httpx.AsyncClient, make: Factory, db: Any, workspace: Workspace, clock: SteppedClock
) -> dict[str, Case]:
    assignees = {"me": str(workspace.member_id), "other": await make.member(), "nobody": None}
    made: dict[str, Case] = {}
    for case in CASES:
        state, assignee, (came_in, went_out, _) = case
        thread = await reach(client, make, state, clock())
        await db.execute(
            "update threads set assignee_id = $2::text::uuid, last_inbound_message_at = $3,"
            " last_outbound_message_at = $4 where id = $1",
            UUID(thread["id"]),
            assignees[assignee],
            *(at and clock() + timedelta(minutes=at) for at in (came_in, went_out)),
        )
        made[thread["id"]] = case
    return made


async def _view(client: httpx.AsyncClient, tab: str) -> dict[str, Any]:
    answer = await client.get("/threads", params={"tab": tab, "limit": 200})
    assert answer.json()["page"]["has_more"] is False
    return {thread["id"]: thread for thread in answer.json()["data"]}


async def test_every_case_for_a_member_and_for_nobody(
    app: Any,
    client: httpx.AsyncClient,
    make: Factory,
    db: Any,
    workspace: Workspace,
    clock: SteppedClock,
) -> None:
    cases = await _all_cases(client, make, db, workspace, clock)
    views = {tab: await _view(client, tab) for tab in TABS}
    for id, case in cases.items():
        thread = (await client.get(f"/threads/{id}")).json()
        assert thread["tab"] == tab_of(case), case
        assert {tab for tab in TABS if id in views[tab]} == views_of(case), case
        assert views[thread["tab"]][id] == thread, "its own tab's list contains it"
    async with connected(app, await make.key()) as robot:
        views = {
            tab: await _view(robot, tab) for tab in TABS if tab not in {"my", "needs-response"}
        }
        for id, case in cases.items():
            assert {tab for tab in views if id in views[tab]} == views_of(case, member=False), case
            assert views[tab_of(case, member=False)][id]["tab"] == tab_of(case, member=False), case


@pytest.mark.parametrize("tab", ["my", "needs-response"])
async def test_what_is_mine_needs_a_member(app: Any, make: Factory, tab: str) -> None:
    async with connected(app, await make.key()) as robot:
        assert faults(await robot.get("/threads", params={"tab": tab})) == ["tab"]


async def test_a_tab_goes_with_other_filters(client: httpx.AsyncClient, make: Factory) -> None:
    low, high = await make.thread(), await make.thread(pain_level="HIGH")
    for status, expected in (("open", [high["id"]]), ("done", [])):
        params = {"tab": "new", "pain_level": "HIGH", "status": status}
        rows = (await client.get("/threads", params=params)).json()["data"]
        assert [row["id"] for row in rows] == expected
    assert low["tab"] == "new"
