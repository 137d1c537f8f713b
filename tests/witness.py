"""What a test looks at beside the reply: faults, events, and every row of a workspace."""

import json
import re
from typing import Any
from uuid import UUID

import httpx

_TABLES = """
select table_name from information_schema.columns
where table_schema = 'public' and column_name = 'workspace_id' order by 1"""


def faults(answer: httpx.Response) -> list[str]:
    """The paths that a 400 names, sorted."""
    assert answer.status_code == httpx.codes.BAD_REQUEST, answer.text
    assert answer.json()["code"] == "validation_failed"
    return sorted(issue["message"].partition(":")[0] for issue in answer.json()["issues"])


def kept_of(answer: httpx.Response) -> bytes:
    """What is kept of an answer: a secret is shown once, and stands nowhere else."""
    return re.sub(rb'"(key|token)":"l[^"]+"', rb'"\1":null', answer.content)


def etag(answer: httpx.Response) -> str:
    """The ETag, which is weak on an answer that travelled compressed."""
    return str(answer.headers["etag"]).removeprefix("W/")


def version(answer: httpx.Response) -> int:
    """The version in an ETag, which has a digest of the body beside it."""
    match = re.fullmatch(r'"(\d+)-[0-9a-f]{16}"', etag(answer))
    assert match is not None, answer.headers["etag"]
    return int(match[1])


async def events_of(db: Any, *subject_ids: str) -> list[dict[str, Any]]:
    """All events of some things, in the order in which they were made."""
    rows = await db.fetch(
        "select e.*, coalesce(e.data, carrier.data)::text as resource from events e"
        " left join events carrier on carrier.workspace_id = e.workspace_id"
        " and carrier.position = e.position and carrier.id = e.data_event_id"
        " where e.subject_id = any ($1) order by e.position, e.id",
        [UUID(each) for each in subject_ids],
    )
    return [{**row, "data": json.loads(row["resource"])} for row in rows]


async def kinds_of(db: Any, *subject_ids: str) -> list[str]:
    """The types of all events of some things."""
    return [each["type"] for each in await events_of(db, *subject_ids)]


async def everything(db: Any, workspace_id: UUID) -> list[str]:
    """Every row of a workspace, so that two looks tell whether anything was written between."""
    tables = [row["table_name"] for row in await db.fetch(_TABLES)]
    looks = [
        f"select '{table} ' || to_jsonb(x)::text as row from {table} x where workspace_id = $1"
        for table in tables
    ]
    rows = await db.fetch(" union all ".join(looks) + " order by 1", workspace_id)
    return [row["row"] for row in rows]
