"""Connections that wait for their callers: how long, and how many of them.

A caller who says nothing costs a file descriptor, and there is a number of those. So none waits for
ever, and where there are too many, the one that has waited longest makes room for a new caller.
"""

import asyncio
import resource
from dataclasses import dataclass
from typing import Protocol

# What the operating system may be asked for, and what of it is kept for other things than callers.
_MAX_FILES = 65_536
_KEPT_FILES = 256


@dataclass(frozen=True, slots=True)
class ConnectionLimits:
    """How long connections wait, in seconds, and how many there may be.

    `head`: from the first byte of a request's head, or from a new connection, to the head's end;
    `idle`: between two requests, which is longer than proxies in front keep theirs; `stalled`:
    until a caller takes what we send; `linger`: after a refusal, for the caller to read it.
    """

    head: float = 10.0
    idle: float = 65.0
    stalled: float = 60.0
    linger: float = 2.0
    most_waiting: int = 4_000
    most: int = _MAX_FILES


class WaitingConnection(Protocol):
    """A connection as far as waiting goes."""

    def expire(self) -> None:
        """Ends, since its time is over."""

    def give_way(self) -> None:
        """Ends, to make room for another one."""


class WaitingConnections:
    """The connections on which nothing is under way, the one that has waited longest first."""

    def __init__(self, limits: ConnectionLimits) -> None:
        self.limits = limits
        self._until: dict[WaitingConnection, float] = {}

    def add(self, connection: WaitingConnection, seconds: float) -> None:
        """Begins to wait for `connection`, or starts anew."""
        self._until.pop(connection, None)
        self._until[connection] = asyncio.get_running_loop().time() + seconds

    def discard(self, connection: WaitingConnection) -> None:
        """Waits for it no more, if it did."""
        self._until.pop(connection, None)

    def make_room(self, connected: int) -> None:
        """Lets the one go that has waited longest, if of `connected` in all there are too many."""
        if len(self._until) > self.limits.most_waiting or connected > self.limits.most:
            first = next(iter(self._until), None)
            if first is not None:
                del self._until[first]
                first.give_way()

    async def watch(self) -> None:
        """Ends what has waited too long, until cancelled."""
        pause = min(1.0, self.limits.head / 4, self.limits.linger / 4)
        while True:
            await asyncio.sleep(pause)
            now = asyncio.get_running_loop().time()
            for each in [each for each, until in self._until.items() if until <= now]:
                self.discard(each)
                each.expire()


def raise_file_limit() -> int:
    """Lets this process open as many files as it may; how many connections that is enough for."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = _MAX_FILES if hard == resource.RLIM_INFINITY else min(hard, _MAX_FILES)
    if soft != resource.RLIM_INFINITY and soft < wanted:
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))
        soft = wanted
    return max(1, (wanted if soft == resource.RLIM_INFINITY else soft) - _KEPT_FILES)
