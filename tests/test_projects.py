"""Projects: made, shown, changed and deleted; which status they get; what they score."""

from datetime import timedelta
from typing import Any
from uuid import UUID

import httpx
import pytest

from looplane.kit.clock import iso
from looplane.kit.ids import new_id
from tests.conftest import SteppedClock, Workspace
from tests.factory import Factory
from tests.witness import events_of, everything, faults, kinds_of, version

STATES = ["backlog", "planned", "started", "completed", "canceled"]
NOWHERE = "00000000-0000-7000-8000-000000000000"
FIELDS = {
    "name": "Offline mode",
    "description": "Works on a train.",
    "icon": "Train",
    "color": "#0a0b0c",
    "is_visible": True,
}


async def _first(client: httpx.AsyncClient) -> dict[str, dict[str, Any]]:
    """The first status of each type."""
    rows = (await client.get("/projects/statuses")).json()["data"]
    return {row["type"]: row for row in reversed(rows)}


async def _add_status(
    db: Any, workspace: Workspace, state: str, name: str = "Late", position: int = 1000
) -> str:
    """The id of one more status, behind all others unless `position` says otherwise."""
    return str(
        await db.fetchval(
            "insert into project_statuses (workspace_id, id, name, type, color, position)"
            " values ($1, $2, $3, $4, '#123456', $5) returning id",
            workspace.id,
            new_id(),
            name,
            state,
            position,
        )
    )


async def test_the_statuses_are_all_in_one_page_and_in_their_order(
    client: httpx.AsyncClient, stranger: httpx.AsyncClient, db: Any, workspace: Workspace
) -> None:
    first = await _add_status(db, workspace, "planned", "Soon", -1)
    answer = (await client.get("/projects/statuses")).json()
    assert {row["type"] for row in answer["data"]} == set(STATES)
    positions = [row["position"] for row in answer["data"]]
    assert positions == sorted(positions)
    soon = {"id": first, "name": "Soon", "type": "planned", "color": "#123456", "position": -1}
    assert answer["data"][0] == soon
    assert answer["page"] == {"cursor": None, "has_more": False, "limit": len(positions)}
    theirs = (await stranger.get("/projects/statuses")).json()["data"]
    assert not {row["id"] for row in theirs} & {row["id"] for row in answer["data"]}


async def test_a_project_is_made_of_a_name_and_a_team(
    client: httpx.AsyncClient, make: Factory, db: Any, clock: SteppedClock
) -> None:
    made = await make.project(name="Bare")
    status = (await _first(client))["backlog"]
    assert made == {
        "id": made["id"],
        "team_id": made["team_id"],
        "name": "Bare",
        **dict.fromkeys(("description", "icon", "color")),
        "state": "backlog",
        "linear_status_id": status["id"],
        "status": {"id": status["id"], "name": status["name"], "type": "backlog"},
        "is_visible": False,
        "total_score": 0,
        "thread_count": 0,
        **dict.fromkeys(("created_at", "updated_at"), iso(clock())),
    }
    (told,) = await events_of(db, made["id"])
    assert (told["type"], told["data"]) == ("project.created", made)
    got = await client.get(f"/projects/{made['id']}")
    assert (got.json(), version(got)) == (made, 1)


async def test_a_project_is_made_with_all_there_is(
    client: httpx.AsyncClient, make: Factory
) -> None:
    status = (await _first(client))["started"]
    made = await make.project(**FIELDS, state="started", linear_status_id=status["id"])
    assert {name: made[name] for name in FIELDS} == FIELDS
    assert made["linear_status_id"] == status["id"]


@pytest.mark.parametrize("state", STATES)
async def test_a_state_chooses_the_first_status_of_its_type(
    client: httpx.AsyncClient, make: Factory, db: Any, workspace: Workspace, state: str
) -> None:
    await _add_status(db, workspace, state)
    first = (await _first(client))[state]["id"]
    made = await make.project(state=state)
    assert (made["state"], made["linear_status_id"]) == (state, first)
    moved = (await make.project(state="planned" if state == "backlog" else "backlog"))["id"]
    after = (await client.patch(f"/projects/{moved}", json={"state": state})).json()
    assert (after["state"], after["linear_status_id"]) == (state, first)


async def test_a_status_is_chosen_exactly_and_its_state_lets_it_stay(
    client: httpx.AsyncClient, make: Factory, db: Any, workspace: Workspace
) -> None:
    late = await _add_status(db, workspace, "started", "Nearly there")
    path = f"/projects/{(await make.project())['id']}"
    after = (await client.patch(path, json={"linear_status_id": late})).json()
    assert after["status"] == {"id": late, "name": "Nearly there", "type": "started"}
    stays = await client.patch(path, json={"state": "started"})
    assert stays.json() == after
    both = {"state": "started", "linear_status_id": (await _first(client))["started"]["id"]}
    moved = (await client.patch(path, json=both)).json()
    assert moved["linear_status_id"] == both["linear_status_id"]


async def test_the_end_of_a_project_is_told_once(
    client: httpx.AsyncClient, make: Factory, db: Any, workspace: Workspace
) -> None:
    shipped = await _add_status(db, workspace, "completed", "Shipped")
    made = await make.project()
    path = f"/projects/{made['id']}"
    changes: list[dict[str, Any]] = [
        {"state": "completed"},
        {"linear_status_id": shipped},
        {"name": "After all"},
        {"state": "canceled", "name": "Never mind"},
        {"state": "started"},
        {"linear_status_id": shipped},
    ]
    for change in changes:
        assert (await client.patch(path, json=change)).status_code == httpx.codes.OK
    up = "project.updated"
    assert await kinds_of(db, made["id"]) == [
        *("project.created", up, "project.completed", up, up, up, "project.canceled", up, up),
        "project.completed",
    ]
    completed = (await events_of(db, made["id"]))[-1]
    assert completed["after"] == {"linear_status_id": shipped}
    assert completed["data"] == (await client.get(path)).json()


async def test_a_change_touches_what_was_sent(
    client: httpx.AsyncClient, make: Factory, db: Any, clock: SteppedClock
) -> None:
    made = await make.project(icon="Old")
    path = f"/projects/{made['id']}"
    for sent in (*({name: FIELDS[name]} for name in FIELDS), dict.fromkeys(("icon", "color"))):
        before = (await client.get(path)).json()
        clock.step(timedelta(seconds=1))
        after = (await client.patch(path, json=sent)).json()
        assert after == {**before, **sent, "updated_at": iso(clock())}
        told = (await events_of(db, made["id"]))[-1]
        was = {name: before[name] for name in sent}
        assert (told["before"], told["after"], told["data"]) == (was, sent, after)


async def test_what_is_there_already_is_silent(
    client: httpx.AsyncClient, make: Factory, db: Any, clock: SteppedClock, workspace: Workspace
) -> None:
    made = await make.project(**FIELDS, state="planned")
    path = f"/projects/{made['id']}"
    rows = await everything(db, workspace.id)
    clock.step(timedelta(seconds=1))
    status = made["linear_status_id"]
    for same in ({}, FIELDS, {"state": "planned"}, {"linear_status_id": status}):
        answer = await client.patch(path, json=same)
        assert (answer.json(), version(answer)) == (made, 1)
    assert await everything(db, workspace.id) == rows


@pytest.mark.parametrize(
    ("sent", "paths"),
    [
        ({"name": None}, ["name"]),
        ({"name": ""}, ["name"]),
        ({"state": None, "linear_status_id": None}, ["linear_status_id", "state"]),
        ({"is_visible": None}, ["is_visible"]),
        ({"is_visible": "true"}, ["is_visible"]),
        ({"state": "done"}, ["state"]),
        ({"color": "red;"}, ["color"]),
        ({"description": "a\0b"}, ["description"]),
        ({"total_score": 3, "name": 1}, ["name", "total_score"]),
        ({"linear_status_id": NOWHERE}, ["linear_status_id"]),
        ({"linear_status_id": "x", "state": "backlog"}, ["linear_status_id"]),
    ],
)
async def test_faults_are_named_and_nothing_is_written(
    client: httpx.AsyncClient,
    make: Factory,
    db: Any,
    workspace: Workspace,
    sent: dict[str, Any],
    paths: list[str],
) -> None:
    made = await make.project()
    rows = await everything(db, workspace.id)
    assert faults(await client.patch(f"/projects/{made['id']}", json=sent)) == paths
    body = {"name": "P", "team_id": made["team_id"], **sent}
    assert faults(await client.post("/projects", json=body)) == paths
    assert await everything(db, workspace.id) == rows


async def test_state_and_status_must_agree(
    client: httpx.AsyncClient, make: Factory, db: Any, workspace: Workspace
) -> None:
    made = await make.project()
    sent = {"state": "started", "linear_status_id": made["linear_status_id"]}
    body = {"name": "P", "team_id": made["team_id"], **sent}
    assert faults(await client.post("/projects", json=body)) == ["state"]
    assert faults(await client.patch(f"/projects/{made['id']}", json=sent)) == ["state"]
    await db.execute(
        "delete from project_statuses where workspace_id = $1 and type = 'started'", workspace.id
    )
    only_state = {"state": "started"}
    assert faults(await client.patch(f"/projects/{made['id']}", json=only_state)) == ["state"]


async def test_another_workspace_sees_and_lends_nothing(
    client: httpx.AsyncClient, make: Factory, make_other: Factory, stranger: httpx.AsyncClient
) -> None:
    mine, theirs = await make.project(), await make_other.project()
    path = f"/projects/{theirs['id']}"
    for answer in (
        await client.get(path),
        await client.patch(path, json={"name": "Mine"}),
        await client.delete(path),
    ):
        assert answer.status_code == httpx.codes.NOT_FOUND
    assert (await stranger.get(path)).json() == theirs
    links = {name: theirs[name] for name in ("team_id", "linear_status_id")}
    answer = await client.post("/projects", json={"name": "P", **links})
    assert faults(answer) == ["linear_status_id", "team_id"]
    status = {"linear_status_id": theirs["linear_status_id"]}
    assert faults(await client.patch(f"/projects/{mine['id']}", json=status)) == [*status]
    assert (await client.get("/projects")).json()["data"] == [mine]


async def test_only_the_version_that_was_meant_is_written(
    client: httpx.AsyncClient, make: Factory
) -> None:
    path = f"/projects/{(await make.project())['id']}"
    written = await client.patch(path, json={"name": "A"}, headers={"If-Match": '"1"'})
    assert version(written) == 2
    for answer in (
        await client.patch(path, json={"name": "B"}, headers={"If-Match": '"1"'}),
        await client.delete(path, headers={"If-Match": '"1"'}),
    ):
        assert answer.status_code == httpx.codes.PRECONDITION_FAILED
    assert (await client.get(path)).json() == written.json()


async def test_a_dry_run_names_the_events_and_writes_nothing(
    client: httpx.AsyncClient, make: Factory, db: Any, workspace: Workspace
) -> None:
    made = await make.project()
    rows = await everything(db, workspace.id)
    path = f"/projects/{made['id']}"
    answer = await client.patch(path, json={"state": "canceled"}, params={"dry_run": "true"})
    assert answer.json()["state"] == "canceled"
    assert answer.headers["x-looplane-would"] == "project.updated, project.canceled"
    assert await everything(db, workspace.id) == rows


async def test_a_deleted_project_is_gone_from_its_threads(
    client: httpx.AsyncClient, make: Factory, db: Any
) -> None:
    made = await make.project()
    thread = await make.thread(project_id=made["id"])
    shown = (await client.get(f"/projects/{made['id']}")).json()
    answer = await client.delete(f"/projects/{made['id']}")
    assert answer.json() == {"id": made["id"], "deleted": True}
    assert (await client.get(f"/projects/{made['id']}")).status_code == httpx.codes.NOT_FOUND
    assert (await client.delete(f"/projects/{made['id']}")).status_code == httpx.codes.NOT_FOUND
    assert (await client.get("/projects")).json()["data"] == []
    assert (await client.get(f"/threads/{thread['id']}")).json()["customer_needs"] == []
    told = (await events_of(db, made["id"]))[-1]
    assert (told["type"], told["data"]) == ("project.deleted", shown)
    assert await db.fetchval("select count(*) from projects where id = $1", UUID(made["id"])) == 1
