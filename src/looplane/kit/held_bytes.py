"""How many bytes are held in memory at once, by all who hold many."""

import asyncio
from collections import deque
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress


class HeldBytes:
    """Room for so many bytes; who comes first has it first, and more than all of it one alone."""

    def __init__(self, most: int) -> None:
        self._most, self._held = most, 0
        self._waiting: deque[tuple[int, asyncio.Future[None]]] = deque()

    @asynccontextmanager
    async def room(self, size: int) -> AsyncIterator[None]:
        """Waits until there is room for `size` bytes, which are free again at the end."""
        if not size:
            yield
            return
        taken = min(size, self._most)
        await self._take(taken)
        try:
            yield
        finally:
            self._held -= taken
            self._let_in()

    async def _take(self, size: int) -> None:
        turn = asyncio.get_running_loop().create_future()
        self._waiting.append((size, turn))
        self._let_in()
        try:
            await turn
        except asyncio.CancelledError:
            if turn.done() and not turn.cancelled():
                self._held -= size
            with suppress(ValueError):
                self._waiting.remove((size, turn))
            self._let_in()
            raise

    def _let_in(self) -> None:
        while self._waiting and self._held + self._waiting[0][0] <= self._most:
            size, turn = self._waiting.popleft()
            if not turn.cancelled():
                self._held += size
                turn.set_result(None)
