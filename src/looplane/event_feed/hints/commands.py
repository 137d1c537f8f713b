"""Hints that a workspace has new events: told after the commit, and never needed.

That somebody came to a thread, or left it, is told in the same way, and is no event.

A hint that is lost costs those who follow one interval of looking; none is lost of an event. It is
never sent within the transaction that writes: PostgreSQL lets those commit one after the other.
"""

import asyncio
from collections.abc import Callable
from uuid import UUID

import structlog

from looplane.event_feed.hints.sql import (
    ALL,
    CHANNEL,
    MAX_NAMED,
    MAX_PRESENCES,
    ask,
    notify,
)
from looplane.kit.database import Connection, Database, is_unreachable
from looplane.kit.ids import parse_id
from looplane.kit.pooler import Pooling

# All in seconds: between two notices of this process, between two questions whether the server is
# there, and until one that is away is tried again.
PAUSE = 0.02
_QUIET = 30.0
_FIRST_REST, _MAX_REST = 0.1, 10.0

# Told of a workspace that may have new events; None stands for any.
Hear = Callable[[UUID | None], None]
# Told of a workspace, a thread at which somebody does something else now, and who.
HearPresence = Callable[[UUID, UUID, UUID], None]
# Between the three in a notice. A program that knows nothing of them takes it for no id.
_BETWEEN = "/"
_IN_PRESENCE = 3

_log = structlog.get_logger("looplane.events")


class Hints:
    """Tells the other processes of events that this one has written, and hears of theirs.

    It has one connection, once there is something to tell or `listen` was called, and gets another
    one where that breaks. `hear` is told at once of what this process writes itself.
    """

    def __init__(
        self,
        database: Database,
        hear: Hear = lambda _: None,
        hear_presence: HearPresence = lambda *_: None,
    ) -> None:
        self._database, self._hear, self._hear_presence = database, hear, hear_presence
        self._untold: set[str] = set()
        self._presences: set[str] = set()
        self._listens = False
        self._due = asyncio.Event()

    def note(self, workspace_id: UUID | None) -> None:
        """Notes that events of a workspace, or of some that nobody knows, are committed."""
        self._hear(workspace_id)
        if len(self._untold) >= MAX_NAMED:
            self._untold = {ALL}
        if ALL not in self._untold:
            self._untold.add(str(workspace_id) if workspace_id else ALL)
        self._due.set()

    def note_presence(self, workspace_id: UUID, thread_id: UUID, member_id: UUID) -> None:
        """Notes that a member does something else at a thread now.

        Where very many do at one instant, the others learn of some when they ask by themselves.
        """
        self._hear_presence(workspace_id, thread_id, member_id)
        if len(self._presences) < MAX_PRESENCES:
            self._presences.add(_BETWEEN.join(map(str, (workspace_id, thread_id, member_id))))
        self._due.set()

    def listen(self, wanted: bool) -> None:
        """Says whether anybody here wants to hear of the others."""
        self._listens = wanted
        self._due.set()

    async def keep(self) -> None:
        """Tells and hears until cancelled, whatever becomes of the connection.

        Behind a pooler by transaction no connection can be kept, and nobody could hear: there is
        nothing to do.
        """
        if self._database.pooling is Pooling.TRANSACTION:
            await asyncio.Event().wait()
        rest = _FIRST_REST
        while True:
            await self._due.wait()
            began = _now()
            try:
                async with self._database.connected() as con:
                    await self._use(con)
            except Exception as error:  # noqa: BLE001  # what breaks is opened again
                self._untold.clear()  # old news
                self._presences.clear()
                if not is_unreachable(error):
                    _log.exception("hints of events could not be told")
            if self._listens:
                self._due.set()
            # Where nothing can be told, a new connection is no better than the one before.
            if _now() - began > _MAX_REST:
                rest = _FIRST_REST
            await asyncio.sleep(rest)
            rest = min(rest * 2, _MAX_REST)

    async def _use(self, con: Connection) -> None:
        con.add_termination_listener(lambda *_: self._due.set())
        is_heard = False
        while not con.is_closed():
            self._due.clear()
            if self._listens and not is_heard:
                await con.add_listener(CHANNEL, self._receive)
                self._hear(None)  # what was told before was not heard
            elif is_heard and not self._listens:
                await con.remove_listener(CHANNEL, self._receive)
            is_heard = self._listens
            if self._untold or self._presences:
                names, self._untold = self._untold | self._presences, set()
                self._presences = set()
                await notify(con, names)
                await asyncio.sleep(PAUSE)
            else:
                await self._wait(con)

    async def _wait(self, con: Connection) -> None:
        try:
            async with asyncio.timeout(_QUIET):
                await self._due.wait()
        except TimeoutError:
            await ask(con)

    def _receive(self, con: Connection, sender: int, _channel: str, payload: object) -> None:
        if sender == con.get_server_pid():
            return  # said here before
        for name in str(payload).split(","):
            if name == ALL:
                self._hear(None)
            elif (id := parse_id(name)) is not None:
                self._hear(id)
            elif len(ids := _ids_of(name)) == _IN_PRESENCE:
                self._hear_presence(*ids)


def _ids_of(name: str) -> list[UUID]:
    ids = map(parse_id, name.split(_BETWEEN))
    return [each for each in ids if each is not None]


def _now() -> float:
    return asyncio.get_running_loop().time()
