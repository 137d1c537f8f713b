"""The tail of what happens, once for all in this process who follow it."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Collection, Sequence
from contextlib import asynccontextmanager
from uuid import UUID

import structlog

from looplane.event_feed.schemas import Position
from looplane.event_feed.sql import (
    Batch,
    StoredEvent,
    Wanted,
    latest,
    list_after,
    list_wanted_after,
)
from looplane.event_feed.tail.rules import Ring, first_of, is_wanted
from looplane.kit.database import Connection, Database, as_unavailable
from looplane.kit.errors import ApiError, Unavailable
from looplane.kit.paging import PAGE_BYTES

# Seconds between two looks where there was no hint, and where the database is away.
POLL = 0.75
# Seconds between two looks at the least, however many hints come.
GAP = 0.01
# Seconds until a look that is not answered is given up: a connection that was cut off says nothing.
PATIENCE = 5.0
# Seconds to the next looks where something is written and another transaction holds it back.
SOON = (0.005, 0.01, 0.02, 0.05, 0.1, 0.1, 0.1, 0.2)
# Of each workspace that is followed: what is kept in memory, and read at once.
RING_BYTES = 4_000_000
_AT_ONCE = 200
# Of one who takes nothing so many threads at which others are wait to be told.
_MAX_PRESENCES = 100
# Connections that all who are behind may use together, and all the looks.
_READERS, _LOOKS = 2, 2

_log = structlog.get_logger("looplane.events")


class _Feed:
    """The events of one workspace as they come; without a ring until it is known where it is."""

    def __init__(self) -> None:
        self.ring: Ring | None = None
        self.edition = ""
        self.followers: set[Follower] = set()
        self.hinted = asyncio.Event()
        self.task: asyncio.Task[None] | None = None

    def wake(self) -> None:
        for each in self.followers:
            each.wake()


class Follower:
    """Somebody who reads on from `place`, as far as there is something, and then waits."""

    def __init__(
        self,
        feed: _Feed,
        place: Position | None,
        wanted: Wanted,
        read: "_Read",
        most_bytes: int,
    ) -> None:
        self.place, self.wanted, self._most_bytes = place, wanted, most_bytes
        # Whoever is told what others do at threads, if it is somebody.
        self.presence_of: UUID | None = None
        self._changed_presence: set[UUID] = set()
        self.is_ended = self.has_more = False
        self._feed, self._read = feed, read
        self._woken = asyncio.Event()

    def wake(self) -> None:
        """Looks again whether there is something."""
        self._woken.set()

    def note_presence(self, thread_id: UUID, member_id: UUID) -> None:
        """Tells of another member at a thread, where that is asked for."""
        if self.presence_of in {None, member_id}:
            return
        if len(self._changed_presence) < _MAX_PRESENCES:
            self._changed_presence.add(thread_id)
        self.wake()

    def take_presence(self) -> Collection[UUID]:
        """The threads at which others do something else than when this was asked before."""
        taken, self._changed_presence = self._changed_presence, set()
        return taken

    def end(self) -> None:
        """Waits no more."""
        self.is_ended = True
        self._woken.set()

    async def following(self, until: float, most: int = _AT_ONCE) -> Sequence[StoredEvent]:
        """The next events that are wanted, up to `most`; `place` is behind them.

        Waits for one no longer than `until`, in the time of the loop, nor after `end`, nor once
        there is something in `take_presence`. Raises Unprocessable for a place whose next events
        are gone, and what the database raises.
        """
        while not self.is_ended:
            self._woken.clear()
            events, is_last = await self._step(most)
            if events or self._changed_presence:
                return events
            if not (await self._wait(until) if is_last else until > _now()):
                break
        return []

    async def _step(self, most: int) -> tuple[Sequence[StoredEvent], bool]:
        """Goes on once: what was found, and whether there is nothing else now."""
        ring, place = self._feed.ring, self.place
        found = None if ring is None or place is None else ring.after(place)
        if ring is None or found is None:
            batch = await self._read(self, most)
            self.place, self.has_more = batch.end, not batch.is_complete
            return batch.events, batch.is_complete and self._is_in_ring()
        wanted = [each for each in found if is_wanted(each, self.wanted)]
        first = first_of(wanted, most, self._most_bytes)
        self.has_more = len(first) < len(wanted)
        self.place = first[-1].position if self.has_more else ring.end
        return first, not first

    def _is_in_ring(self) -> bool:
        ring, place = self._feed.ring, self.place
        # One that is still to come wakes all who wait for it.
        return ring is None or (place is not None and place >= ring.start)

    async def _wait(self, until: float) -> bool:
        """Whether it was woken before `until`."""
        try:
            async with asyncio.timeout_at(until):
                await self._woken.wait()
        except TimeoutError:
            return False
        return True


_Read = Callable[[Follower, int], Awaitable[Batch]]


class Tail:
    """What happens in each workspace that is followed in this process.

    A hint or an interval makes one look per workspace, whatever the number of those who follow it;
    without followers nobody looks. `changed` is told whether there are any.
    """

    def __init__(self, database: Database) -> None:
        self._database = database
        self.changed: Callable[[bool], None] = lambda _: None
        self._feeds: dict[UUID, _Feed] = {}
        self._readers = asyncio.Semaphore(_READERS)
        self._looks = asyncio.Semaphore(_LOOKS)
        self.is_ending = False

    def hint(self, workspace_id: UUID | None) -> None:
        """A workspace may have new events; with None, any of them."""
        feeds = self._feeds
        found = list(feeds.values()) if workspace_id is None else [feeds.get(workspace_id)]
        for each in found:
            if each is not None:
                each.hinted.set()

    def hint_presence(self, workspace_id: UUID, thread_id: UUID, member_id: UUID) -> None:
        """A member does something else at a thread of a workspace now."""
        if (feed := self._feeds.get(workspace_id)) is not None:
            for each in feed.followers:
                each.note_presence(thread_id, member_id)

    def end(self) -> None:
        """Lets nobody wait any more."""
        self.is_ending = True
        for feed in self._feeds.values():
            for each in feed.followers:
                each.end()

    async def aclose(self) -> None:
        """Ends the looks."""
        self.end()
        tasks = [each.task for each in self._feeds.values() if each.task is not None]
        for each in tasks:
            each.cancel()
        if tasks:
            await asyncio.wait(tasks)

    @asynccontextmanager
    async def follow(
        self,
        workspace_id: UUID,
        place: Position | None,
        wanted: Wanted,
        most_bytes: int = PAGE_BYTES,
        presence_of: UUID | None = None,
    ) -> AsyncIterator[Follower]:
        """Somebody who follows a workspace from `place` on, or from its first event.

        They are given up to `most_bytes` of text at once, or one event; and with `presence_of`,
        told of what members other than that one do at threads.
        """

        async def read(follower: Follower, most: int) -> Batch:
            async with self._readers, self._database.reading() as con:
                return await list_wanted_after(
                    con, workspace_id, follower.place, most, follower.wanted, most_bytes
                )

        feed = self._join(workspace_id)
        follower = Follower(feed, place, wanted, read, most_bytes)
        follower.presence_of = presence_of
        feed.followers.add(follower)
        try:
            if self.is_ending:
                follower.end()
            yield follower
        finally:
            feed.followers.discard(follower)
            self._leave(workspace_id, feed)

    def _join(self, workspace_id: UUID) -> _Feed:
        if (feed := self._feeds.get(workspace_id)) is None:
            feed = self._feeds[workspace_id] = _Feed()
            feed.task = asyncio.create_task(self._keep(workspace_id, feed))
            self.changed(True)  # noqa: FBT003  # a callback
        return feed

    def _leave(self, workspace_id: UUID, feed: _Feed) -> None:
        if not feed.followers and self._feeds.get(workspace_id) is feed:
            del self._feeds[workspace_id]
            assert feed.task is not None, "begun with it"
            feed.task.cancel()
            self.changed(bool(self._feeds))

    async def _keep(self, workspace_id: UUID, feed: _Feed) -> None:
        """Looks for what is new until cancelled."""
        soon = iter(SOON)
        while True:
            feed.hinted.clear()
            pause = POLL
            try:
                async with (
                    self._looks,
                    self._database.reading() as con,
                    asyncio.timeout(PATIENCE),
                ):
                    batch = await _look(con, workspace_id, feed)
            except Exception as error:  # noqa: BLE001  # what fails now may go well in a second
                if not isinstance(error, Unavailable) and as_unavailable(error) is None:
                    feed.ring = None  # it begins anew
                    if not isinstance(error, ApiError):
                        _log.exception("events cannot be followed", workspace=str(workspace_id))
            else:
                if batch.events:
                    soon = iter(SOON)
                if not batch.is_complete:
                    continue
                if batch.is_held_back:
                    pause = next(soon, POLL)
                else:
                    soon = iter(SOON)
            await asyncio.sleep(GAP)
            await _wait(feed.hinted, pause)


async def _look(con: Connection, workspace_id: UUID, feed: _Feed) -> Batch:
    """What is new in the ring, in one statement; tells those who wait."""
    if feed.ring is None:
        place = await latest(con, workspace_id)
        feed.ring = Ring(place, RING_BYTES)
        feed.wake()
        return Batch([], place, is_complete=False)
    batch = await list_after(con, workspace_id, feed.ring.end, _AT_ONCE)
    if batch.edition != feed.edition:
        feed.ring.forget()  # the words of a person who is erased, for one
        feed.edition = batch.edition
    feed.ring.add(batch.events, batch.end)
    if batch.events:
        feed.wake()
    return batch


async def _wait(event: asyncio.Event, seconds: float) -> bool:
    """Whether `event` was set in time."""
    try:
        async with asyncio.timeout(seconds):
            await event.wait()
    except TimeoutError:
        return False
    return True


def _now() -> float:
    return asyncio.get_running_loop().time()
