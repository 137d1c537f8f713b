"""How a thread is shown as it was at a moment: six statements at the most, however old it is."""

import json
from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime
from typing import Any
from uuid import UUID

from looplane.kit.clock import iso
from looplane.kit.context import Context
from looplane.kit.database import Connection, Row
from looplane.kit.errors import NotFound, Unprocessable, ValidationFailed
from looplane.kit.responses import Answer, or_404
from looplane.threads.as_of import rules, sql
from looplane.threads.as_of.moves.rules import Merge
from looplane.threads.as_of.rules import ALWAYS, Json, LastEvent, Link, Past, PastThread
from looplane.threads.children.rules import opening
from looplane.threads.children.sql import MAX_EXPANDED
from looplane.threads.schemas import ThreadGetQuery
from looplane.threads.sql import THREAD, get_thread


async def get_thread_at(
    con: Connection, context: Context, id: UUID, query: ThreadGetQuery
) -> Answer:
    """One thread as the caller sees it, or as they would have seen it at a moment.

    Raises NotFound, ValidationFailed for a moment to come, and Unprocessable where what is kept
    does not tell.
    """
    if query.as_of is None:
        return await get_thread(con, context, id, query)
    if query.as_of > context.clock():
        raise ValidationFailed(["as_of: must not be in the future"])
    expanded = frozenset((query.expand or "").split(","))
    try:
        body = await _Reader(con, context.workspace_id, id, query.as_of).read(expanded)
    except rules.UnknownPastError as error:
        raise await _unknown(con, context, error) from None
    body["tab"] = rules.tab_of(body, context.member_id)
    return Answer(json.dumps(body, ensure_ascii=False))


async def _unknown(
    con: Connection, context: Context, error: rules.UnknownPastError
) -> Unprocessable:
    since = error.since or await con.fetchval(sql.KEPT_SINCE, context.workspace_id)
    kept = f"its history is kept since {iso(since)}" if since else "no history is kept"
    return Unprocessable(f"What this thread was then is not known for certain: {kept}.")


class _Reader:
    """Finds what was so at a moment: each step looks for what the one before it has named."""

    def __init__(self, con: Connection, workspace_id: UUID, id: UUID, at: datetime) -> None:
        self._con, self._id, self._at = con, id, at
        self._workspace_id = workspace_id

    async def read(self, expanded: frozenset[str]) -> Json:
        """The thread as nobody in particular saw it, with what is to be expanded.

        Raises NotFound, UnknownPastError.
        """
        past = Past(await self._thread(), self._at)
        past = replace(past, merges=await self._merges(past.thread))
        comments = await self._comments() if "comments" in expanded else []
        ids = past.first_ids() | {id for each in comments for id in rules.members_of(each)}
        past = replace(past, events=await self._events(ids))
        past = replace(past, events={**past.events, **await self._events(past.next_ids())})
        body = past.thread_then()
        tags = [json.dumps(tag) for tag in body["tags"]]
        has_messages = "messages" in expanded
        args = (self._workspace_id, tags, body["text"], self._id, self._at, has_messages)
        found = await self._con.fetchrow(sql.FINISH, *args)
        assert found is not None, "a select without a table answers one row"
        body["tags"] = [json.loads(tag) for tag in found["tags"]]
        if has_messages:
            first = [] if found["has_opening"] else [opening(body, found["words"])]
            messages = [*first, *json.loads(found["messages"])]
            messages.sort(key=lambda each: (each["created_at"], each["id"]))
            body["messages"] = messages[:MAX_EXPANDED]
        if "comments" in expanded:
            body["comments"] = [past.comment_then(each) for each in comments]
        return body

    async def _thread(self) -> PastThread:
        row = await self._con.fetchrow(sql.FIND, self._workspace_id, self._id, self._at)
        if row is None:
            return await self._row()
        body, at = json.loads(row["body"]), row["at"]
        or_404(None if row["type"] == "thread.deleted" else row, THREAD.noun)
        if rules.is_rewritten(body, at):
            at = datetime.fromisoformat(body["updated_at"])
            if at > self._at:
                raise rules.UnknownPastError(at)
        told, oldest = row["told"], row["oldest"]
        links = rules.links_of(body, at, told, oldest)
        tags = (told["tag_ids"] or {"value": oldest["tag_ids"]})["value"]
        needs = [json.loads(need) for need in row["hidden_needs"]]
        return PastThread(body, at, links, tags, needs)

    async def _row(self) -> PastThread:
        """Where no event tells: what the row is, if it has not changed since."""
        found = await self._con.fetchrow(sql.PRESENT, self._workspace_id, self._id, self._at)
        row = or_404(found, THREAD.noun)
        if row["first_type"] == "thread.created":
            msg = "There was no such thread in this workspace then."
            raise NotFound(msg)
        if row["updated_at"] > self._at or row["has_lost_tags"]:
            raise rules.UnknownPastError(row["first_at"] or row["updated_at"])
        links = {name: Link(id, row["updated_at"]) for name, id in row["links"].items()}
        needs = [json.loads(need) for need in row["hidden_needs"]]
        body = json.loads(row["body"])
        return PastThread(body, ALWAYS, links, (), needs, row["refs"], is_row=True)

    async def _merges(self, thread: PastThread) -> list[Merge]:
        company, contact = (thread.links[name].id for name in ("company", "contact"))
        args = (self._workspace_id, self._id, company, contact, self._at)
        return [_merge(row) for row in await self._con.fetch(sql.MERGES, *args)]

    async def _events(self, ids: Iterable[str]) -> dict[str, LastEvent]:
        args = (self._workspace_id, sorted(ids), self._at)
        return {
            row["id"]: LastEvent(row["type"], row["at"], json.loads(row["body"]), row["ref"])
            for row in await self._con.fetch(sql.LAST_EVENTS, *args)
        }

    async def _comments(self) -> list[rules.PastComment]:
        rows = await self._con.fetch(sql.COMMENTS, self._workspace_id, self._id, self._at)
        if rows and rows[0]["events"] > sql.MAX_COMMENT_EVENTS:
            msg = "The comments changed too often to be shown as they were; leave them out."
            raise Unprocessable(msg)
        return [
            rules.PastComment(json.loads(row["body"]), row["at"], row["author_id"]) for row in rows
        ]


def _merge(row: Row) -> Merge:
    values: dict[str, Any] = {name: row[name] for name in Merge.__dataclass_fields__}
    return Merge(**values)
