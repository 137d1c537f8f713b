"""How events are asked for: what the caller may see is decided first."""

from uuid import UUID

from starlette.responses import Response

from looplane.event_feed import sql
from looplane.event_feed.rules import choose_types
from looplane.event_feed.schemas import EventQuery, FollowQuery, HistoryQuery
from looplane.event_feed.sql import Wanted
from looplane.event_feed.stream.commands import EventStream, LongPoll
from looplane.kit.writes import Read


async def list_events(read: Read, query: EventQuery) -> Response:
    """What happened after a position. Raises ValidationFailed, ScopeRequired, Unprocessable."""
    wanted = wanted_by(read, query.types, query.subject)
    if query.wait:
        return LongPoll(read, query, wanted)
    return await read(sql.list_events, query, wanted)


async def stream_events(read: Read, query: FollowQuery) -> Response:
    """What happens, as it does. Raises ValidationFailed, ScopeRequired."""
    return EventStream(read, query, wanted_by(read, query.types, query.subject))


async def list_thread_events(read: Read, id: UUID, query: HistoryQuery) -> Response:
    """What happened to a thread.

    Raises ValidationFailed, ScopeRequired, NotFound, Unprocessable.
    """
    return await read(sql.list_thread_events, id, query, wanted_by(read, query.types))


def wanted_by(read: Read, types: str | None, subject: str | None = None) -> Wanted:
    """What a caller asks for and may see. Raises ValidationFailed, ScopeRequired."""
    principal = read.context.principal
    chosen = choose_types(types, read.state.scopes_of_event_types, principal.scopes)
    return Wanted(chosen, principal.member_id, subject)
