"""A write that fails at its last row leaves nothing; one that collides is made again."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any
from uuid import UUID, uuid4

import httpx
import pytest
from starlette.types import ASGIApp

from tests.conftest import Workspace, connected
from tests.factory import Factory
from tests.witness import everything, kinds_of

KEY = {"Idempotency-Key": "k"}
# What does not get in, with which headers the requests come, and which of them need it: an
# idempotent write is one transaction anyway, the others have to see to it themselves.
LATE: list[tuple[str, str, dict[str, str], str]] = [
    ("events", "true", {}, "plain linked created deleted"),
    ("events", "new.type like 'thread.%'", {}, "plain linked created deleted"),
    ("events", "new.type like 'customer_need.%'", {}, "linked created"),
    ("events", "new.type = 'contact.updated'", {}, "linked"),
    ("idempotent_answers", "true", KEY, "plain linked created"),
]


@asynccontextmanager
async def refusing(
    db: Any,
    table: str,
    workspace_id: UUID,
    *,
    where: str = "true",
    code: str = "P0001",
    times: int | None = None,
) -> AsyncIterator[None]:
    """While open, rows of the workspace do not get into `table`: always, or the first times."""
    name = f"refuse_{uuid4().hex}"
    # Numbers of a sequence are not given back by a rollback, so it counts the tries.
    limit = f"nextval('{name}') <= {times}" if times else "true"
    await db.execute(f"""
        create sequence {name};
        create function {name}() returns trigger language plpgsql as $$ begin
          if {limit} then raise exception 'refused' using errcode = '{code}'; end if;
          return new;
        end $$;
        create trigger {name} before insert on {table} for each row
          when (new.workspace_id = '{workspace_id}' and {where}) execute function {name}()""")
    try:
        yield
    finally:
        await db.execute(f"drop function {name} cascade; drop sequence {name}")


def requests(thread: dict[str, Any], more: dict[str, Any]) -> dict[str, tuple[str, str, Any]]:
    path = f"/threads/{thread['id']}"
    created = {"text": "x", "pain_level": "LOW", "contact_email": "late@mail.example"}
    return {
        "plain": ("PATCH", path, {"title": "T"}),
        "linked": ("PATCH", path, {"title": "T", "status": "done", **more}),
        "created": ("POST", "/threads", {**created, "project_id": more["project_id"]}),
    }


async def _links(make: Factory) -> dict[str, Any]:
    return {
        "tag_ids": [(await make.tag())["id"]],
        "company_id": (await make.company())["id"],
        "project_id": (await make.project())["id"],
        "contact_id": (await make.contact())["id"],
    }


@pytest.mark.parametrize(("table", "where", "headers", "names"), LATE)
async def test_a_late_failure_leaves_nothing(
    app: ASGIApp,
    make: Factory,
    db: Any,
    workspace: Workspace,
    table: str,
    where: str,
    headers: dict[str, str],
    names: str,
) -> None:
    thread, more = await make.thread(), await _links(make)
    failing = connected(app, workspace.key)
    failing.event_hooks = {"response": []}  # a 500 is what is wanted here
    writes = requests(thread, more) | {"deleted": ("DELETE", f"/threads/{thread['id']}", None)}
    rows = await everything(db, workspace.id)
    async with failing, refusing(db, table, workspace.id, where=where):
        for name in names.split():
            method, path, body = writes[name]
            answer = await failing.request(method, path, json=body, headers=headers)
            assert answer.status_code == 500, name
            assert answer.json()["code"] == "internal_error"
            assert "refused" not in answer.text
            assert await everything(db, workspace.id) == rows, name


async def test_the_same_key_goes_through_after_a_failure(
    app: ASGIApp, client: httpx.AsyncClient, make: Factory, db: Any, workspace: Workspace
) -> None:
    thread, more = await make.thread(), await _links(make)
    for number, (method, path, body) in enumerate(requests(thread, more).values()):
        key = {"Idempotency-Key": f"{number}"}
        failing = connected(app, workspace.key)
        failing.event_hooks = {"response": []}
        async with failing, refusing(db, "events", workspace.id):
            await failing.request(method, path, json=body, headers=key)
        answer = await client.request(method, path, json=body, headers=key)
        assert answer.status_code == 200
        assert "idempotent-replayed" not in answer.headers


@pytest.mark.parametrize("code", ["40001", "40P01"])
async def test_a_collision_is_tried_again_and_written_once(
    client: httpx.AsyncClient, make: Factory, db: Any, workspace: Workspace, code: str
) -> None:
    thread, more = await make.thread(), await _links(make)
    for method, path, body in requests(thread, more).values():
        async with refusing(db, "events", workspace.id, code=code, times=2):
            answer = await client.request(method, path, json=body)
        assert answer.status_code == 200
        kinds = await kinds_of(db, answer.json()["id"])
        assert kinds.count("thread.created") == 1
    assert (await kinds_of(db, thread["id"])).count("thread.updated") == 2


async def test_collisions_without_end_are_a_conflict(
    client: httpx.AsyncClient, make: Factory, db: Any, workspace: Workspace
) -> None:
    thread, more = await make.thread(), await _links(make)
    rows = await everything(db, workspace.id)
    async with refusing(db, "events", workspace.id, code="40001"):
        for method, path, body in requests(thread, more).values():
            answer = await client.request(method, path, json=body, headers=KEY)
            assert (answer.status_code, answer.json()["code"]) == (409, "conflict")
    assert await everything(db, workspace.id) == rows
