"""HTTP: what happened."""

from typing import Annotated

from fastapi import Query
from starlette.responses import Response

from looplane.event_feed import commands
from looplane.event_feed.schemas import (
    EventFeed,
    EventPage,
    EventQuery,
    FollowQuery,
    HistoryQuery,
)
from looplane.kit.api import Api, require_scopes
from looplane.kit.errors import ScopeRequired, Unprocessable
from looplane.kit.event_streams import MEDIA_TYPE
from looplane.kit.schema import Id
from looplane.kit.writes import Read

api = Api("events")


@api.get("/events", "events-list", EventFeed, ScopeRequired, Unprocessable)
async def list_events(
    query: Annotated[EventQuery, Query()], read: Annotated[Read, require_scopes()]
) -> Response:
    """List what happened in the workspace, oldest first: each event once, and none is skipped.

    Go on with `after` and the `cursor` of the page before, which is never null: `has_more` says
    whether to ask again at once or later. A page may have fewer events than its `limit`, or none,
    and `has_more` all the same: 5,000 are looked at for each, or 4,000,000 bytes shown. `types`
    and `subject` may change from page to page.

    The order is that in which writes began, the same for everybody who asks; an event is there as
    soon as none that began before it is still under way. Where two writes to one thing met, their
    `version` says which was first.

    Where events after the cursor are no longer kept it is 422.

    A key sees the events of the nouns that it may read: those of members, invites and keys with
    `admin`, and those of files with `files:write`. What is for one member is seen by the keys of
    that member alone. Requires one of the scopes `threads:read`, `contacts:read`, `companies:read`,
    `changelogs:read`, `docs:read`, `portal:read`, `projects:read`, `issues:read`, `tags:read`,
    `snippets:read`, `files:write`, `admin`.

    With `wait` a page that would be empty waits for something to happen.
    """
    return await commands.list_events(read, query)


@api.get("/events/stream", "events-stream", MEDIA_TYPE, ScopeRequired, Unprocessable)
async def stream_events(
    query: Annotated[FollowQuery, Query()], read: Annotated[Read, require_scopes()]
) -> Response:
    """Follow what happens in the workspace as Server-Sent Events.

    Each has the cursor in `id`, the type in `event`, and in `data` the JSON as in the list. First
    comes what happened after `after`, or after the `Last-Event-ID` of whoever was cut off, and
    then what happens. There is a comment every 15 seconds, with an `id` of its own where what
    happened was not wanted.

    A stream ends when it has lasted an hour or so, and when the key ends or is changed: go on with
    the last `id`.
    """
    return await commands.stream_events(read, query)


@api.get("/threads/{id}/events", "threads-listEvents", EventPage, ScopeRequired)
async def list_thread_events(
    id: Id,
    query: Annotated[HistoryQuery, Query()],
    read: Annotated[Read, require_scopes("threads:read")],
) -> Response:
    """List what happened to a thread, newest first: to itself, its messages, comments and needs.

    It goes back as far as events are kept. The ends of projects and issues that it asked for are
    not among them: they are events of those.
    """
    return await commands.list_thread_events(read, id, query)
