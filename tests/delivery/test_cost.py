"""What a worker looks at is what it takes, however much is queued."""

from datetime import timedelta
from itertools import product
from typing import Any
from uuid import uuid4

import orjson
import pytest

from looplane.delivery import sql
from looplane.delivery.commands import LEASE
from looplane.delivery.leases import sql as leases
from tests.conftest import SteppedClock, Workspace

_FILL = """
insert into deliveries (workspace_id, id, event_id, kind, channel, target, subject_id, queue, lane,
  state, is_routed, is_behind, created_at, updated_at, next_attempt_at)
select $1, gen_random_uuid(), gen_random_uuid(), 'event', 'webhook', n::text as target, gen_random_uuid(),
  case when $4::boolean then n::text else 'w' end, $2::uuid, 'queued', $5::boolean, $5 and $2::uuid is not null and n > 1, $3, $3,
  $3::timestamptz + case when $2::uuid is not null and n = 1 then interval '1 minute' else interval '0' end
from generate_series(1, $6) n order by n"""
_QUEUES = """
insert into delivery_queues (workspace_id, channel, queue, due_at)
select distinct workspace_id, channel, queue, $2::timestamptz from deliveries
where workspace_id = $1"""
FEW, MANY = 10, 20_000


def looked_at(node: dict[str, Any]) -> int:
    """Rows that the scans of a plan have read, whatever became of them."""
    own = 0
    if "Scan" in node["Node Type"] and "Relation Name" in node:
        removed = sum(value for name, value in node.items() if name.startswith("Rows Removed"))
        own = round((node["Actual Rows"] + removed) * node["Actual Loops"])
    return own + sum(looked_at(each) for each in node.get("Plans", ()))


async def explain(con: Any, statement: str, *args: Any) -> int:
    """How many rows a statement looks at; it leaves what it does."""
    [[text]] = await con.fetch(f"explain (analyze, format json) {statement}", *args)
    return looked_at(orjson.loads(text)[0]["Plan"])


async def costs(con: Any, workspace: Workspace, clock: SteppedClock) -> dict[str, int]:
    """Rows that each step of a round looks at."""
    now, queue = clock(), ([workspace.id], ["webhook"], ["w"])
    rows = await con.fetch(
        "select id from deliveries where workspace_id = $1 order by seq limit 5", workspace.id
    )
    few = [workspace.id] * len(rows), [row["id"] for row in rows]
    return {
        "list": await explain(con, sql.LIST_UNROUTED, 5, uuid4()),
        "hold unrouted": await explain(con, sql.HOLD_UNROUTED, *few),
        "route": await explain(con, sql.ROUTE, *few, now),
        "release": await explain(con, sql.RELEASE_LANES, *queue, [uuid4()]),
        "claim": await explain(con, leases.CLAIM, now, 5, now + LEASE, 0),
        "claim of each": await explain(con, leases.CLAIM_OF_EACH, now, 5, now + LEASE, 0, uuid4()),
        "claim failing": await explain(con, leases.CLAIM, now, 5, now + LEASE, 1),
        "begin": await explain(con, sql.BEGIN, *queue, [5], now),
        "hold": await explain(con, sql.HOLD_QUEUES, *queue),
        "hold leased": await explain(con, leases.HOLD_LEASED, *queue, [uuid4()]),
        "renew": await explain(con, leases.RENEW, *queue, [uuid4()], now),
        "record": await explain(con, sql.RECORD, [_sent(workspace)]),
        "give back": await explain(con, sql.GIVE_BACK, [_state(workspace)]),
    }


def _state(workspace: Workspace) -> dict[str, Any]:
    names = {"workspace_id": workspace.id, "channel": "webhook", "queue": "w"}
    return {**names, "failures": 0, "failing_since": None, "not_before": None}


def _sent(workspace: Workspace) -> dict[str, Any]:
    names = {"workspace_id": workspace.id, "id": uuid4(), "number": 1}
    return {**names, "state": "delivered", "outcome": "delivered"}


@pytest.mark.parametrize(
    ("many", "is_routed"),
    [
        *product(["deliveries", "queues", "of one lane"], [True, False]),
        *product(["failing", "paused", "leased"], [True]),
    ],
)
async def test_a_round_looks_at_no_more(
    con: Any, workspace: Workspace, clock: SteppedClock, many: str, is_routed: bool
) -> None:
    found = []
    # What else there is, and how it lies on the disk, says nothing of one that is large: a table
    # of one page is cheaper to read whole, and how many pages it has is up to autovacuum.
    await con.execute("set local enable_seqscan = off")
    await con.execute("delete from delivery_queues")
    await con.execute("update deliveries set state = 'canceled', next_attempt_at = null")
    await con.execute("update deliveries set is_routed = false")
    for count in (FEW, MANY):
        savepoint = con.transaction()
        await savepoint.start()
        lane = uuid4() if many == "of one lane" else None
        are_queues = many in {"queues", "failing", "paused", "leased"}
        args = (workspace.id, lane, clock() - timedelta(seconds=1), are_queues, is_routed, count)
        await con.execute(_FILL, *args)
        await con.execute(_QUEUES, workspace.id, clock() if is_routed else None)
        await con.execute(
            "update delivery_queues set failures = case $2 when 'failing' then 3 else 0 end,"
            " paused_at = case $2 when 'paused' then $3::timestamptz end,"
            " leased_until = case $2 when 'leased' then $3 + interval '1 minute' end,"
            " due_at = case $2 when 'leased' then $3 + interval '1 minute' else due_at end"
            " where workspace_id = $1",
            workspace.id,
            many,
            clock(),
        )
        await con.execute("analyze deliveries; analyze delivery_queues")
        found.append(await costs(con, workspace, clock))
        await savepoint.rollback()
    few, most = found
    for step, rows in most.items():
        assert rows <= 2 * few[step] + 10, (step, few, most)
