"""No word of a comment is in anything but comments: whatever the API shows, writes, or plans.

Every operation of the contract is called on a thread with comments, and every row is looked at, so
what is added later is covered by being there.
"""

import json
from typing import Any

import httpx
from hypothesis import HealthCheck, given, settings, strategies as st

from tests.conftest import Workspace
from tests.contract import OPERATIONS, Operation
from tests.factory import Factory
from tests.operations import (
    World,
    fields_of,
    is_reference,
    least,
    populate,
    query_of,
    refer,
    request,
)

# Those that tell of comments need the scope that shows them.
TELLING = {"events-list", "events-stream", "threads-listEvents"}
OTHERS = [
    each
    for each in OPERATIONS
    if not str(each).startswith("comments-") and str(each) not in TELLING
]
READS = [each for each in OTHERS if each.method == "GET"]
DELETIONS = [each for each in OTHERS if each.method == "DELETE"]
WRITES = [each for each in OTHERS if each not in READS + DELETIONS]
# Where a comment is: its own rows, the events of its own, and what the one who wrote it was told.
INSIDE = ("comments ", "idempotent_answers ")


def requests_of(operation: Operation, world: World) -> list[dict[str, Any]]:
    """What it needs and no more; all that it may refer to; what is to be shown with it."""
    asked = request(operation, world)
    if operation.method == "GET":
        queries = [{"expand": "messages"}] if "expand" in query_of(operation) else [{}]
        return [{**asked, "params": {**asked["params"], **each}} for each in queries]
    if operation.body is None:
        return [asked]
    links = {name: refer(name, world.ids) for name in fields_of(operation) if is_reference(name)}
    return [asked, {**asked, "json": {**least(operation, world.ids), **links}}]


def is_inside(row: str) -> bool:
    """Whether a row, as its table and JSON, is where the words of a comment may be."""
    table, _, text = row.partition(" ")
    if table.startswith("events"):
        return str(json.loads(text)["type"]).startswith("comment.")
    return row.startswith(INSIDE)


async def rows_with(db: Any, marker: str) -> list[str]:
    """Every row of every table that there is with `marker` in it."""
    tables = await db.fetch(
        "select c.relname as name from pg_class c join pg_namespace n on n.oid = c.relnamespace"
        " where n.nspname = 'public' and c.relkind in ('r', 'p') and not c.relispartition"
    )
    found = []
    for name in (each["name"] for each in tables):
        look = f"select '{name} ' || to_jsonb(x)::text as row from {name} x"
        rows = await db.fetch(f"{look} where position($1 in to_jsonb(x)::text) > 0", marker)
        found += [each["row"] for each in rows]
    return found


markers = st.text("xyz", min_size=12, max_size=12).map(lambda text: f"q{text}q")


async def comment(world: World, marker: str) -> list[httpx.Response]:
    """Comments in which the marker is wherever words can be; one changed since, and one deleted."""
    path = f"/threads/{world.ids['thread']}/comments"
    file = {"name": marker, "url": f"https://files.example/{marker}", "content_type": marker}
    body = {"content": f"<p>{marker} @{marker}</p>", "attachments": [file]}
    key = {"Idempotency-Key": marker[:20]}
    made = [
        await world.client.post(path, json=body, headers=key),
        await world.client.post(path, json={**body, "mention_ids": [world.ids["member"]]}),
        await world.client.post(path, json=body),
    ]
    ids = [each.json()["id"] for each in made]
    changed = {"content": f"<p>again {marker}</p>", "attachments": []}
    made.append(await world.client.patch(f"{path}/{ids[1]}", json=changed))
    made.append(await world.client.delete(f"{path}/{ids[2]}"))
    return made


@given(marker=markers)
@settings(
    max_examples=3,
    database=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
async def test_no_word_of_a_comment_is_anywhere_else(
    make: Factory, db: Any, workspace: Workspace, marker: str
) -> None:
    world = await populate(make, workspace.member_id)
    written = await comment(world, marker)
    assert all(each.is_success for each in written)
    thread = await world.client.get(
        f"/threads/{world.ids['thread']}", params={"expand": "comments"}
    )
    assert marker in thread.text, "it can be found where it is"
    for operation in (*READS, *WRITES, *READS, *DELETIONS):
        for asked in requests_of(operation, world):
            answer = await world.client.request(**asked)
            assert marker not in answer.text, (str(operation), asked)
            assert marker not in str(answer.headers), str(operation)
    found = await rows_with(db, marker)
    assert [row for row in found if not is_inside(row)] == []
    assert {row.partition(" ")[0] for row in found} >= {"comments", "events"}


async def test_every_operation_that_reads_is_looked_at(make: Factory, workspace: Workspace) -> None:
    """An answer with nothing in it would prove nothing."""
    world = await populate(make, workspace.member_id)
    await comment(world, "qxq")
    asked = [each for operation in READS for each in requests_of(operation, world)]
    answers = [await world.client.request(**each) for each in asked]
    assert {each.status_code for each in answers} == {httpx.codes.OK}
    assert {"threads-get", "threads-list", "contacts-get"} <= {str(each) for each in READS}
