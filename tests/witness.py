"""What a test looks at beside the reply: faults, events, and every row of a workspace."""

import json
import re
from typing import Any
from uuid import UUID

import httpx

# A partition has no rows but those of its table.
_TABLES = """
select relname from pg_class join pg_attribute on attrelid = pg_class.oid
where relnamespace = 'public'::regnamespace and relkind in ('r', 'p') and not relispartition
  and attname = 'workspace_id' order by 1"""


def faults(answer: httpx.Response) -> list[str]:
    """The paths that a 400 names, sorted."""
    assert answer.status_code == httpx.codes.BAD_REQUEST, answer.text
    assert answer.json()["code"] == "validation_failed"
    return sorted(issue["message"].partition(":")[0] for issue in answer.json()["issues"])


def kept_of(answer: httpx.Response) -> bytes:
    """What is kept of an answer: a secret is shown once, and stands nowhere else."""
    return re.sub(rb'"(key|token|secret)":"(?:l|whsec_)[^"]+"', rb'"\1":null', answer.content)


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


async def everything(db: Any, *workspace_ids: UUID) -> list[str]:
    """Every row of a workspace, so that two looks tell whether anything was written between."""
    look = "select '{0} ' || to_jsonb(x)::text as row from {0} x where workspace_id = any ($1)"
    return sorted(row["row"] for row in await _looked(db, look, workspace_ids))


async def _looked(db: Any, look: str, workspace_ids: tuple[UUID, ...]) -> list[Any]:
    """What a look at each table shows of some workspaces."""
    tables = [row["relname"] for row in await db.fetch(_TABLES)]
    looks = " union all ".join(look.format(table) for table in tables)
    return list(await db.fetch(looks, workspace_ids))


async def places(db: Any, *workspace_ids: UUID) -> set[Any]:
    """Where each row is and who put it there, which no write leaves as it was.

    It takes a tenth of a look at everything.
    """
    look = "select tableoid, ctid, xmin from {0} where workspace_id = any ($1)"
    return {tuple(row) for row in await _looked(db, look, workspace_ids)}


class Stillness:
    """Some workspaces in which nothing is to be written, looked at again and again."""

    def __init__(self, db: Any, *workspace_ids: UUID) -> None:
        self._db, self._workspace_ids = db, workspace_ids
        self._places: set[Any] = set()
        self._rows: list[str] = []

    async def begin(self) -> None:
        """Takes what is there now as what is to stay."""
        now = await places(self._db, *self._workspace_ids)
        if now != self._places:
            self._places = now
            self._rows = await everything(self._db, *self._workspace_ids)

    async def check(self) -> None:
        """Fails where anything was written since."""
        before = self._rows
        await self.begin()
        assert self._rows == before
