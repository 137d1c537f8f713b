"""How much begins at once, where each has a time in which it is to be over."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager


class Paced:
    """Lets so many begin at once; one that takes longer than `seconds` makes room and goes on.

    So what only waits holds up nobody, and where this process itself is slow less begins.
    """

    def __init__(self, most: int, seconds: float) -> None:
        self._room, self._seconds = asyncio.Semaphore(most), seconds

    @asynccontextmanager
    async def turn(self) -> AsyncIterator[None]:
        """Waits until it may begin."""
        await self._room.acquire()
        has_made_room = False

        def make_room() -> None:
            nonlocal has_made_room
            if not has_made_room:
                has_made_room = True
                self._room.release()

        later = asyncio.get_running_loop().call_later(self._seconds, make_room)
        try:
            yield
        finally:
            later.cancel()
            make_room()
