"""What the roadmap reads grows with what the public sees, and not with what is behind it."""

import json
from collections.abc import Iterator
from typing import Any
from uuid import UUID

from looplane.portal.sql import ROADMAP
from tests.conftest import Workspace
from tests.factory import Factory

HIDDEN = 3000
# Copies of what is there, seen by nobody.
COPIES = """
insert into {table} ({columns}, id) select {columns}, gen_random_uuid()
from {table}, generate_series(1, $2) where id = $1"""
COLUMNS = {
    "projects": "workspace_id, team_id, status_id, name, created_at, updated_at",
    "issues": "workspace_id, team_id, state_id, title, created_at, updated_at",
}


def _rows_read(plan: dict[str, Any]) -> Iterator[tuple[str, float]]:
    if "Relation Name" in plan:
        rows = plan["Actual Rows"] + plan.get("Rows Removed by Filter", 0)
        yield plan["Relation Name"], rows * plan["Actual Loops"]
    for each in plan.get("Plans", []):
        yield from _rows_read(each)


async def test_what_is_hidden_is_not_read(make: Factory, db: Any, workspace: Workspace) -> None:
    shown = [await make.project(is_visible=True), await make.issue(is_visible=True)]
    for (table, columns), each in zip(COLUMNS.items(), shown, strict=True):
        copies = COPIES.format(table=table, columns=columns)
        await db.execute(copies, UUID(each["id"]), HIDDEN)
        await db.execute(f"analyze {table}")
    explain = f"explain (analyze, format json) {ROADMAP}"
    (explained,) = json.loads(await db.fetchval(explain, workspace.id, None))
    read = dict.fromkeys(COLUMNS, 0.0)
    for table, rows in _rows_read(explained["Plan"]):
        if table in read:
            read[table] += rows
    assert all(0 < rows < HIDDEN / 10 for rows in read.values()), read
