"""Two ways to wait for events: one answer once there is something, or one that goes on.

Neither holds a connection to the database while it waits.
"""

import asyncio
import random
from collections.abc import Sequence
from uuid import UUID

from starlette.requests import ClientDisconnect
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from looplane.event_feed.schemas import LATEST, EventQuery, FollowQuery, Position
from looplane.event_feed.sql import Batch, StoredEvent, Wanted, as_page, latest
from looplane.event_feed.tail.commands import Follower
from looplane.kit import event_streams
from looplane.kit.callers import Callers
from looplane.kit.database import as_unavailable
from looplane.kit.errors import ApiError, NotFound, Unavailable, Unprocessable
from looplane.kit.principal import Principal
from looplane.kit.responses import Answer
from looplane.kit.writes import Read

# All in seconds: between two comments; from one look at the key to the next before events are told;
# until one who was cut off asks again; and until the database is asked again that was away.
HEARTBEAT = 15.0
LOOK = 1.0
RETRY = 2.0
_REST = 1.0
# Bytes that are sent at once; one who does not take them is sent no more.
_PART = 65_536
# Bytes that are read for a stream at once: they are held as long as it takes somebody to take them.
_AT_ONCE = 4 * _PART
# What a session is told where others come to a thread, leave it, or begin to write.
PRESENCE = "presence"


class LongPoll(Response):
    """A page of events, as soon as there is one that is wanted, or an empty one after `wait`.

    The caller has a place while they wait. Raises RateLimited, Unavailable, Unprocessable, and what
    their key raises when it has ended meanwhile.
    """

    def __init__(self, read: Read, query: EventQuery, wanted: Wanted) -> None:
        super().__init__()
        self._read, self._query, self._wanted = read, query, wanted

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        until = _now() + self._query.wait
        read, state = self._read, self._read.state
        with state.places.take(read.context.principal.caller_id):
            place = await _find_place(read, self._query.after)
            async with (
                state.tail.follow(read.context.workspace_id, place, self._wanted) as follower,
                event_streams.told_when_gone(receive, follower.end),
            ):
                events = await follower.following(until, self._query.limit)
        if follower.is_ended and not state.tail.is_ending:
            raise ClientDisconnect
        end, has_more = follower.place, follower.has_more
        if events and await _authenticate(scope) != read.context.principal:
            # The key is for other events than it was: those are found when they ask again.
            events, end, has_more = [], place, True
        if end is None:  # there is no cursor yet to go on by
            msg = "This was interrupted before it began; try again."
            raise Unavailable(msg)
        answer = Answer(as_page(Batch([*events], end, not has_more), self._query.limit))
        await read.respond(answer)(scope, receive, send)


class EventStream(Response):
    """Events one after the other, until the caller leaves, their key ends, or this process does.

    The caller has a place as long. Raises RateLimited, Unavailable, Unprocessable.
    """

    def __init__(self, read: Read, query: FollowQuery, wanted: Wanted) -> None:
        super().__init__()
        self._read, self._query, self._wanted = read, query, wanted

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        read, state = self._read, self._read.state
        scope["looplane.is_endless"] = True
        with state.places.take(read.context.principal.caller_id):
            place = await _find_place(read, read.last_event_id or self._query.after)
            async with (
                state.tail.follow(
                    read.context.workspace_id,
                    place,
                    self._wanted,
                    _AT_ONCE,
                    presence_of=_person_at_a_screen(read.context.principal),
                ) as follower,
                event_streams.told_when_gone(receive, follower.end),
            ):
                # What is wrong with the place is told before the answer begins.
                events = await follower.following(_now())
                await event_streams.begin(send)
                if scope["method"] != "HEAD":
                    lasts = state.stream_seconds * random.uniform(0.9, 1.0)  # noqa: S311  # no secret
                    told = _Told(follower, scope, send, read.context.principal)
                    await told.begin(place, events)
                    await told.go_on(_now() + lasts)
        await event_streams.finish(send)


class _Told:
    """What one caller is told in a stream, and up to where."""

    def __init__(self, follower: Follower, scope: Scope, send: Send, principal: Principal) -> None:
        self._follower, self._scope, self._send = follower, scope, send
        self._principal = principal
        self._place: Position | None = None
        # Not all at the same moment who came at the same moment.
        self._due = _now() + HEARTBEAT * random.uniform(0.5, 1.0)  # noqa: S311  # no secret
        self._looked = _now()

    async def begin(self, place: Position | None, events: Sequence[StoredEvent]) -> None:
        self._place = place
        id = place.encode() if place else None
        start = event_streams.retry(RETRY) + event_streams.comment("following", id)
        await event_streams.go_on(self._send, start)
        await self._tell(events)

    async def go_on(self, until: float) -> None:
        """Tells what comes, until it is over or nothing has come by `until`."""
        follower = self._follower
        while not follower.is_ended:
            if _now() >= self._due:
                await self._beat()
                continue
            try:
                events = await follower.following(min(until, self._due))
            except (Unprocessable, NotFound):  # no longer kept; they are told when they ask
                return
            except Exception as error:
                if not _is_away(error):
                    raise
                await asyncio.sleep(_REST)
                continue
            await self._tell(events)
            await self._tell_presence()
            if not events and _now() >= until:
                return

    async def _beat(self) -> None:
        """Says that it goes on, and from where, if it does."""
        self._due = _now() + HEARTBEAT
        await self._check()
        place = self._follower.place
        moved = place.encode() if place is not None and place != self._place else None
        self._place = place
        await event_streams.go_on(self._send, event_streams.comment("nothing else", moved))

    async def _check(self) -> None:
        """Ends it where the key is not what it was."""
        self._looked = _now()
        try:
            is_same = await _authenticate(self._scope) == self._principal
        except Exception as error:
            is_same = _is_away(error)  # nobody can tell
            if not is_same and not isinstance(error, ApiError):
                raise
        if not is_same:
            self._follower.end()

    async def _tell_presence(self) -> None:
        """Says at which threads to ask who is there. It is no event, and has no id."""
        threads = self._follower.take_presence()
        if threads and _now() >= self._looked + LOOK:
            await self._check()
        if self._follower.is_ended:
            return
        for each in threads:
            part = event_streams.hint(PRESENCE, f'{{"thread_id":"{each}"}}')
            await event_streams.go_on(self._send, part)

    async def _tell(self, events: Sequence[StoredEvent]) -> None:
        part = b""
        for number, each in enumerate(events, 1):
            part += event_streams.event(each.position.encode(), each.type, each.body)
            if len(part) < _PART and number < len(events):
                continue
            if _now() >= self._looked + LOOK:
                await self._check()
            if self._follower.is_ended:
                return
            await event_streams.go_on(self._send, part)
            self._place, part = each.position, b""


def _person_at_a_screen(principal: Principal) -> UUID | None:
    """Who is told where the others are: somebody who is there as well, and no key."""
    return principal.member_id if principal.session_id is not None else None


async def _find_place(read: Read, after: str | None) -> Position | None:
    if after != LATEST:
        return Position.decode(after) if after is not None else None
    async with read.database.reading() as con:
        return await latest(con, read.context.workspace_id)


async def _authenticate(scope: Scope) -> Principal:
    """Who calls now. Raises what finding them does."""
    callers: Callers = scope["app"].state.callers
    return await callers.find(scope)


def _is_away(error: Exception) -> bool:
    """Whether the database cannot be had now."""
    return isinstance(error, Unavailable) or as_unavailable(error) is not None


def _now() -> float:
    return asyncio.get_running_loop().time()
