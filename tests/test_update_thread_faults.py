"""PATCH /threads/{id}: every fault is named, all at once, and nothing is written."""

from typing import Any

import httpx
import pytest

from looplane.kit.ids import new_id
from tests.conftest import Workspace
from tests.factory import Factory
from tests.witness import everything, faults

NOWHERE = str(new_id())
NOT_NULLABLE = [
    "text",
    "pain_level",
    "contact_id",
    "tag_ids",
    "status",
    "snoozed_until",
    "closed_loop",
    "clear_ai_draft_error",
    "notify",
]
# Bodies, and the paths that are named as wrong.
FAULTS: list[tuple[dict[str, Any], list[str]]] = [
    ({"text": ""}, ["text"]),
    ({"text": "<script>alert(1)</script> "}, ["text"]),
    ({"text": "a\0b"}, ["text"]),
    ({"text": 5}, ["text"]),
    ({"title": "x" * 513}, ["title"]),
    ({"title": ["x"]}, ["title"]),
    ({"pain_level": "low"}, ["pain_level"]),
    ({"status": "closed"}, ["status"]),
    ({"status": "new"}, ["status"]),
    ({"closed_loop": "true"}, ["closed_loop"]),
    ({"closed_loop": 1}, ["closed_loop"]),
    ({"clear_ai_draft_error": 0}, ["clear_ai_draft_error"]),
    ({"tag_ids": "x"}, ["tag_ids"]),
    ({"tag_ids": [1, None]}, ["tag_ids.0", "tag_ids.1"]),
    ({"snoozed_until": "tomorrow"}, ["snoozed_until"]),
    ({"snoozed_until": "2030-01-01T00:00:00"}, ["snoozed_until"]),
    ({"snoozed_until": "2030-02-30T00:00:00Z"}, ["snoozed_until"]),
    ({"snoozed_until": 1893456000}, ["snoozed_until"]),
    ({"notify": {"sms": True}}, ["notify.sms"]),
    ({"notify": {"slack": None, "email": "yes"}}, ["notify.email", "notify.slack"]),
    ({"external_ids": {"plain": "p1"}}, ["external_ids"]),
    ({"id": NOWHERE, "is_read": True, "state": "done"}, ["id", "is_read", "state"]),
    ({"title": 1, "text": 2, "pain_level": 3, "x": 4}, ["pain_level", "text", "title", "x"]),
    ({"assignee_id": NOWHERE}, ["assignee_id"]),
    ({"contact_id": ""}, ["contact_id"]),
    ({"company_id": "x" * 5000}, ["company_id"]),
    ({"project_id": NOWHERE.upper()}, ["project_id"]),
    (
        {"status": "snoozed", "pain_level": "X", "assignee_id": "nope"},
        ["assignee_id", "pain_level", "snoozed_until"],
    ),
    ({"text": "<p></p>", "ai_draft_sources": []}, ["ai_draft_sources", "text"]),
    ({"tag_ids": [NOWHERE, "y", NOWHERE]}, ["tag_ids.0", "tag_ids.1", "tag_ids.2"]),
    (
        {
            **dict.fromkeys(("assignee_id", "contact_id", "company_id", "project_id"), NOWHERE),
            "tag_ids": [NOWHERE],
            "status": "snoozed",
            "closed_loop": True,
            "title": "is fine",
            "pain_level": "X",
            "notify": {"sms": True},
            "unknown": 1,
        },
        [
            "assignee_id",
            "closed_loop",
            "company_id",
            "contact_id",
            "notify.sms",
            "pain_level",
            "project_id",
            "snoozed_until",
            "tag_ids.0",
            "unknown",
        ],
    ),
]


@pytest.mark.parametrize("field", NOT_NULLABLE)
async def test_null_is_refused_elsewhere(
    client: httpx.AsyncClient, make: Factory, field: str
) -> None:
    thread = await make.thread()
    answer = await client.patch(f"/threads/{thread['id']}", json={field: None, "title": "x"})
    assert faults(answer) == [field]
    assert (await client.get(f"/threads/{thread['id']}")).json() == thread


@pytest.mark.parametrize(("body", "paths"), FAULTS)
async def test_every_fault_is_named_and_nothing_written(
    client: httpx.AsyncClient,
    make: Factory,
    db: Any,
    workspace: Workspace,
    body: dict[str, Any],
    paths: list[str],
) -> None:
    thread = await make.thread()
    rows = await everything(db, workspace.id)
    answer = await client.patch(f"/threads/{thread['id']}", json=body)
    assert faults(answer) == paths
    assert await everything(db, workspace.id) == rows


async def test_nothing_of_another_workspace_can_be_named(
    client: httpx.AsyncClient, make: Factory, make_other: Factory, db: Any, workspace: Workspace
) -> None:
    thread, there = await make.thread(), await make_other.thread()
    company, project, tag = (
        await make_other.company(),
        await make_other.project(),
        await make_other.tag(),
    )
    body = {
        "assignee_id": await make_other.member(),
        "contact_id": there["contact"]["id"],
        "company_id": company["id"],
        "project_id": project["id"],
        "tag_ids": [tag["id"]],
    }
    rows = await everything(db, workspace.id)
    answer = await client.patch(f"/threads/{thread['id']}", json=body)
    assert faults(answer) == sorted([*(set(body) - {"tag_ids"}), "tag_ids.0"])
    assert await everything(db, workspace.id) == rows
    for id in (there["id"], NOWHERE, "x", thread["id"].upper()):
        assert (await client.patch(f"/threads/{id}", json={"title": "T"})).status_code == 404


async def test_a_deleted_thing_cannot_be_named(client: httpx.AsyncClient, make: Factory) -> None:
    thread = await make.thread()
    gone = {
        "contact_id": ("/contacts", (await make.contact())["id"]),
        "company_id": ("/companies", (await make.company())["id"]),
        "project_id": ("/projects", (await make.project())["id"]),
        "tag_ids": ("/tags", (await make.tag())["id"]),
    }
    for path, id in gone.values():
        assert (await client.delete(f"{path}/{id}")).status_code == 200
    body = {name: [id] if name == "tag_ids" else id for name, (_, id) in gone.items()}
    answer = await client.patch(f"/threads/{thread['id']}", json=body)
    assert faults(answer) == ["company_id", "contact_id", "project_id", "tag_ids.0"]
