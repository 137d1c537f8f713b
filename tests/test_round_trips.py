"""How often a request asks the database, the key being known."""

import asyncio
from datetime import timedelta
from typing import Any

import httpx
import pytest

from looplane.kit import authentication
from looplane.kit.clock import iso
from tests.conftest import SteppedClock, Workspace
from tests.factory import Factory


async def test_round_trips(
    client: httpx.AsyncClient,
    make: Factory,
    workspace: Workspace,
    clock: SteppedClock,
    queries: Any,
) -> None:
    thread, tags = await make.thread(), [(await make.tag())["id"] for _ in range(3)]
    contact, company, project = await make.contact(), await make.company(), await make.project()
    path, other = f"/threads/{thread['id']}", await make.member()
    everything = {
        "text": "<p>y</p>",
        "title": "all",
        "pain_level": "HIGH",
        "tag_ids": tags,
        "assignee_id": str(workspace.member_id),
        "contact_id": contact["id"],
        "company_id": company["id"],
        "project_id": project["id"],
        "status": "snoozed",
        "snoozed_until": iso(clock() + timedelta(days=1)),
        "ai_draft_html": "<p>z</p>",
        "notify": {"slack": True, "email": True},
    }
    costs: list[tuple[str, str, dict[str, Any], int]] = [
        ("PATCH", path, {"json": {"title": "T"}}, 2),
        ("PATCH", path, {"json": {"title": "T"}}, 2),
        # Whether Slack is set up is looked at.
        ("PATCH", path, {"json": everything}, 3),
        # Whom it is told to is looked at, and written along.
        ("PATCH", path, {"json": {"assignee_id": other, "notify": {"email": True}}}, 3),
        ("PATCH", path, {"json": {"status": "open"}, "headers": {"If-Match": "*"}}, 2),
        ("PATCH", path, {"json": {"status": "done", "snoozed_until": "2999-01-01T00:00:00Z"}}, 1),
        ("GET", path, {}, 1),
        ("GET", path, {"params": {"expand": "messages,comments"}}, 1),
        ("GET", "/threads", {"params": {"tab": "my"}}, 1),
        # Less than a page: then it is asked which filter means few, and all of those are read.
        ("GET", "/threads", {"params": {"tab": "my", "tag_id": tags[0]}}, 3),
    ]
    for method, url, options, most in costs:
        await client.get("/me")  # the key is known for a second
        with queries() as seen:
            answer = await client.request(method, url, **options)
        assert answer.status_code in {200, 400}
        assert len(seen) == most, (method, options, seen)


async def test_a_second_that_ends_between_two_requests_costs_nothing(
    client: httpx.AsyncClient, queries: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Or what is counted would be more now and then, where the machine is slow."""
    monkeypatch.setattr(authentication, "_CACHE_SECONDS", 0.001)
    await client.get("/me")
    await asyncio.sleep(0.01)
    with queries() as seen:
        await client.get("/me")
    assert len(seen) == 1, seen
