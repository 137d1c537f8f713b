"""What is held in memory at once is bounded, in the order of who came."""

import asyncio
from typing import Any

from hypothesis import given, strategies as st

from looplane.kit.held_bytes import HeldBytes

MOST = 10


@given(st.lists(st.integers(0, 15), max_size=20), st.sets(st.integers(0, 19)))
def test_no_more_are_held_than_there_is_room_for(sizes: list[int], cancelled: set[int]) -> None:
    """Whatever their sizes are, and whoever gives up."""
    held, most, order = HeldBytes(MOST), 0, list[int]()

    async def hold(number: int, size: int, now: dict[int, int]) -> None:
        nonlocal most
        async with held.room(size):
            now[number] = min(size, MOST)
            order.append(number)
            most = max(most, sum(now.values()))
            try:
                await asyncio.sleep(0)
            finally:
                del now[number]

    async def run() -> None:
        now: dict[int, int] = {}
        tasks = [asyncio.ensure_future(hold(n, size, now)) for n, size in enumerate(sizes)]
        await asyncio.sleep(0)
        for number in cancelled & {*range(len(tasks))}:
            tasks[number].cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        # All of it is free again.
        async with asyncio.timeout(5), held.room(MOST):
            pass

    asyncio.run(run())
    assert most <= MOST
    waited = [number for number in order if sizes[number]]
    assert waited == sorted(waited)


async def test_what_is_larger_than_all_of_it_goes_alone() -> None:
    held, done = HeldBytes(MOST), list[Any]()

    async def hold(size: int) -> None:
        async with held.room(size):
            done.append(size)
            await asyncio.sleep(0)
            done.append(-size)

    await asyncio.gather(hold(3), hold(100), hold(3))
    assert done == [3, -3, 100, -100, 3, -3]
