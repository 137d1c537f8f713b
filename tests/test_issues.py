"""Issues: made, shown, listed, changed and deleted; which state they can have."""

from datetime import timedelta
from typing import Any

import httpx
import pytest

from looplane.kit.clock import iso
from looplane.kit.ids import new_id
from tests.conftest import SteppedClock, Workspace
from tests.factory import Factory
from tests.witness import events_of, everything, faults, kinds_of, version

NOWHERE = "00000000-0000-7000-8000-000000000000"
FIELDS = {
    "title": "Sync loses the last change",
    "description": "Seen on a train.",
    "priority": 1,
    "is_visible": True,
}


async def _team(client: httpx.AsyncClient) -> str:
    return str((await client.get("/me")).json()["default_linear_team_id"])


async def _states(client: httpx.AsyncClient, team: str | None = None) -> list[dict[str, Any]]:
    asked = {"team_id": team or await _team(client)}
    return list((await client.get("/issues/workflow-states", params=asked)).json()["data"])


async def _state(client: httpx.AsyncClient, kind: str) -> str:
    """The id of the first state of this type."""
    return str(next(row["id"] for row in await _states(client) if row["type"] == kind))


async def _second_team(db: Any, workspace: Workspace) -> tuple[str, str]:
    """The ids of another team and of its only state, which is called `Waiting`."""
    team, state = new_id(), new_id()
    await db.execute(
        "insert into teams (workspace_id, id, name, created_at) values ($1, $2, 'Second', now())",
        workspace.id,
        team,
    )
    await db.execute(
        "insert into workflow_states (workspace_id, id, team_id, name, type, color, position)"
        " values ($1, $2, $3, 'Waiting', 'started', '#123456', 1)",
        workspace.id,
        state,
        team,
    )
    return str(team), str(state)


async def test_the_states_of_a_team_are_all_in_one_page_and_in_their_order(
    client: httpx.AsyncClient, make_other: Factory, db: Any, workspace: Workspace
) -> None:
    team, state = await _second_team(db, workspace)
    asked = {"team_id": team}
    answer = (await client.get("/issues/workflow-states", params=asked)).json()
    waiting = {"id": state, "team_id": team, "name": "Waiting", "type": "started"}
    assert answer["data"] == [{**waiting, "color": "#123456", "position": 1}]
    assert answer["page"] == {"cursor": None, "has_more": False, "limit": 1}
    own = await _states(client)
    assert {row["type"] for row in own} == {
        *("triage", "backlog", "unstarted", "started", "completed", "canceled")
    }
    assert [row["position"] for row in own] == sorted(row["position"] for row in own)
    for unknown in (await _team(make_other.client), NOWHERE, "x"):
        assert await _states(client, unknown) == []
    assert faults(await client.get("/issues/workflow-states")) == ["team_id"]


async def test_an_issue_is_made_of_four_fields(
    client: httpx.AsyncClient, db: Any, clock: SteppedClock
) -> None:
    team, state = await _team(client), (await _states(client))[2]
    body = {"title": "Bare", "team_id": team, "state_id": state["id"], "priority": 3}
    made = (await client.post("/issues", json=body)).json()
    shown = {name: state[name] for name in ("id", "name", "type")}
    assert made == {
        "id": made["id"],
        **body,
        **dict.fromkeys(("description", "project_id", "assignee_id")),
        "state": shown,
        "status": shown,
        "label_ids": [],
        "is_visible": False,
        "total_score": 0,
        "thread_count": 0,
        **dict.fromkeys(("created_at", "updated_at"), iso(clock())),
    }
    (told,) = await events_of(db, made["id"])
    assert (told["type"], told["data"]) == ("issue.created", made)
    got = await client.get(f"/issues/{made['id']}")
    assert (got.json(), version(got)) == (made, 1)
    for name in body:
        less = {key: value for key, value in body.items() if key != name}
        assert faults(await client.post("/issues", json=less)) == [name]


async def test_an_issue_is_made_with_all_there_is(make: Factory) -> None:
    links = {"project_id": (await make.project())["id"], "assignee_id": await make.member()}
    labels = {"label_ids": ["bug", "3b1f", ""]}
    made = await make.issue(**FIELDS, **links, **labels)
    assert {**made, **FIELDS, **links, **labels} == made


async def test_a_change_touches_what_was_sent(
    client: httpx.AsyncClient, make: Factory, db: Any, clock: SteppedClock
) -> None:
    links = {"project_id": (await make.project())["id"], "assignee_id": await make.member()}
    path = f"/issues/{(await make.issue(label_ids=['l']))['id']}"
    sent_one_by_one = [{name: value} for name, value in (FIELDS | links).items()]
    for sent in (*sent_one_by_one, dict.fromkeys(("description", *links))):
        before = (await client.get(path)).json()
        clock.step(timedelta(seconds=1))
        after = (await client.patch(path, json=sent)).json()
        assert after == {**before, **sent, "updated_at": iso(clock())}
        told = (await events_of(db, before["id"]))[-1]
        was = {name: before[name] for name in sent}
        assert (told["before"], told["after"], told["data"]) == (was, sent, after)
    rows = await everything(db, make.workspace_id)
    for same in ({}, {"title": after["title"], "state_id": after["state_id"]}, {"priority": 1}):
        assert (await client.patch(path, json=same)).json() == after
    assert await everything(db, make.workspace_id) == rows


async def test_a_state_is_one_of_the_issues_own_team(
    client: httpx.AsyncClient, make: Factory, db: Any, workspace: Workspace
) -> None:
    team, state = await _second_team(db, workspace)
    made = await make.issue()
    rows = await everything(db, workspace.id)
    answer = await client.patch(f"/issues/{made['id']}", json={"state_id": state, "title": "T"})
    assert faults(answer) == ["state_id"]
    assert "another team" in answer.text
    body = {"title": "T", "priority": 0, "team_id": team, "state_id": made["state_id"]}
    assert faults(await client.post("/issues", json=body)) == ["state_id"]
    # Of a team that is not there, nothing can be said of the state.
    assert faults(await client.post("/issues", json={**body, "team_id": NOWHERE})) == ["team_id"]
    assert await everything(db, workspace.id) == rows
    theirs = await make.issue(team_id=team, state_id=state)
    assert theirs["state"] == {"id": state, "name": "Waiting", "type": "started"}


@pytest.mark.parametrize(
    ("sent", "paths"),
    [
        ({"title": None}, ["title"]),
        ({"title": ""}, ["title"]),
        ({"title": "x" * 513}, ["title"]),
        ({"priority": 5}, ["priority"]),
        ({"priority": -1, "is_visible": 1}, ["is_visible", "priority"]),
        ({"priority": True}, ["priority"]),
        ({"priority": "1"}, ["priority"]),
        ({"priority": 1.0}, ["priority"]),
        ({"priority": None, "state_id": None}, ["priority", "state_id"]),
        ({"description": "a\0b"}, ["description"]),
        ({"total_score": 3, "state": "done"}, ["state", "total_score"]),
        ({"state_id": NOWHERE}, ["state_id"]),
        (
            {"state_id": "x", "project_id": NOWHERE, "assignee_id": NOWHERE},
            ["assignee_id", "project_id", "state_id"],
        ),
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
    made = await make.issue()
    rows = await everything(db, workspace.id)
    assert faults(await client.patch(f"/issues/{made['id']}", json=sent)) == paths
    body = {name: made[name] for name in ("title", "team_id", "state_id", "priority")}
    assert faults(await client.post("/issues", json={**body, **sent})) == paths
    assert await everything(db, workspace.id) == rows


async def test_an_update_takes_neither_labels_nor_another_team(
    client: httpx.AsyncClient, make: Factory
) -> None:
    made = await make.issue()
    for name in ("label_ids", "team_id"):
        answer = await client.patch(f"/issues/{made['id']}", json={name: made[name]})
        assert faults(answer) == [name]


async def test_filters_keep_what_fits(
    client: httpx.AsyncClient, make: Factory, db: Any, workspace: Workspace
) -> None:
    team, waiting = await _second_team(db, workspace)
    project = await make.project()
    done = await _state(client, "completed")
    a = await make.issue(title="Dark 100% mode", state_id=done, project_id=project["id"])
    b = await make.issue(title="Exports", team_id=team, state_id=waiting)
    c = await make.issue(title="Started")
    for query, found in (
        ({}, [c, b, a]),
        ({"status": done}, [a]),
        ({"status": done.upper()}, [a]),
        ({"status": a["state"]["name"].upper()}, [a]),
        ({"status": "completed"}, [a]),
        ({"status": "wAiTiNg"}, [b]),
        ({"status": "started"}, [b]),
        ({"status": "in progress"}, []),
        ({"status": "no such thing"}, []),
        ({"status": "%"}, []),
        ({"name_contains": "100% M"}, [a]),
        ({"name_contains": "_"}, []),
        ({"linear_team_id": team}, [b]),
        ({"linear_team_id": "nobody's"}, []),
        ({"project_id": project["id"]}, [a]),
        ({"project_id": NOWHERE}, []),
        ({"created_after": a["created_at"]}, []),
        ({"created_before": "2999-01-01T00:00:00Z", "sort": "created_at"}, [c, b, a]),
    ):
        assert (await client.get("/issues", params=query)).json()["data"] == found, query
    for query in ({"status": ""}, {"sort": "name"}, {"limit": "0"}):
        assert faults(await client.get("/issues", params=query)) == [*query]


async def test_a_list_costs_one_query_and_a_write_few(
    client: httpx.AsyncClient, make: Factory, queries: Any
) -> None:
    made = [await make.issue() for _ in range(4)]
    for params in ({}, {"sort": "total_score"}, {"status": "triage"}):
        with queries() as seen:
            rows = (await client.get("/issues", params=params)).json()["data"]
        assert (len(rows), len(seen)) == (4, 1), seen
    path = f"/issues/{made[0]['id']}"
    # Another state is looked at with who asks for the issue, and held before.
    moved: dict[str, Any] = {"state_id": await _state(client, "completed")}
    await client.get("/me")
    for sent, cost in (({"title": "T"}, 2), ({"title": "T"}, 2), (moved, 5), (moved, 5)):
        with queries() as seen:
            await client.patch(path, json=sent)
        assert len(seen) == cost, (sent, seen)


async def test_another_workspace_sees_and_lends_nothing(
    client: httpx.AsyncClient, make: Factory, make_other: Factory, stranger: httpx.AsyncClient
) -> None:
    mine, theirs = await make.issue(), await make_other.issue(title="Theirs")
    path = f"/issues/{theirs['id']}"
    for answer in (
        await client.get(path),
        await client.patch(path, json={"title": "Mine"}),
        await client.delete(path),
    ):
        assert answer.status_code == httpx.codes.NOT_FOUND
    assert (await stranger.get(path)).json() == theirs
    links = {name: theirs[name] for name in ("team_id", "state_id")}
    answer = await client.post("/issues", json={"title": "I", "priority": 0, **links})
    assert faults(answer) == ["state_id", "team_id"]
    project = {"project_id": (await make_other.project())["id"]}
    assert faults(await client.patch(f"/issues/{mine['id']}", json=project)) == ["project_id"]
    for query in ({}, {"status": "triage"}, {"sort": "total_score"}):
        assert (await client.get("/issues", params=query)).json()["data"] == [mine]
    for query in ({"status": theirs["state_id"]}, {"name_contains": "Theirs"}):
        assert (await client.get("/issues", params=query)).json()["data"] == []


async def test_what_is_deleted_leaves_its_issues_and_threads(
    client: httpx.AsyncClient, make: Factory, db: Any
) -> None:
    project, member = await make.project(), await make.member()
    made = await make.issue(project_id=project["id"], assignee_id=member)
    thread = await make.thread(project_id=project["id"], issue_id=made["id"])
    await client.delete(f"/projects/{project['id']}")
    await db.execute("update members set deleted_at = now() where id = $1::text::uuid", member)
    path = f"/issues/{made['id']}"
    alone = (await client.get(path)).json()
    assert (alone["project_id"], alone["assignee_id"]) == (None, None)
    in_project = {"project_id": project["id"]}
    assert (await client.get("/issues", params=in_project)).json()["data"] == []
    # It reads as empty, so emptying it changes nothing.
    empty = {"project_id": None, "assignee_id": None}
    assert (await client.patch(path, json=empty)).json() == alone
    assert await kinds_of(db, made["id"]) == ["issue.created"]
    (need,) = (await client.get(f"/threads/{thread['id']}")).json()["customer_needs"]
    assert need["issue_id"] == made["id"]
    shown = (await client.get(path)).json()
    assert (await client.delete(path)).json() == {"id": made["id"], "deleted": True}
    assert (await client.get(path)).status_code == httpx.codes.NOT_FOUND
    assert (await client.delete(path)).status_code == httpx.codes.NOT_FOUND
    assert (await client.get("/issues")).json()["data"] == []
    assert (await client.get(f"/threads/{thread['id']}")).json()["customer_needs"] == []
    by_issue = {"issue_id": made["id"]}
    assert (await client.get("/threads", params=by_issue)).json()["data"] == []
    told = (await events_of(db, made["id"]))[-1]
    assert (told["type"], told["data"]) == ("issue.deleted", shown)
