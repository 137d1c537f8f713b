"""How much begins at once."""

import asyncio

from looplane.kit.pacing import Paced


async def _begun(
    paced: Paced, ends: asyncio.Event, count: int
) -> tuple[list[int], list[asyncio.Task[None]]]:
    begun: list[int] = []

    async def one(number: int) -> None:
        async with paced.turn():
            begun.append(number)
            await ends.wait()

    tasks = [asyncio.ensure_future(one(each)) for each in range(count)]
    await asyncio.sleep(0.01)
    return begun, tasks


async def test_no_more_begin_than_there_is_room_for() -> None:
    ends = asyncio.Event()
    begun, tasks = await _begun(Paced(2, 3600), ends, 5)
    assert begun == [0, 1]
    ends.set()
    await asyncio.gather(*tasks)
    assert begun == [0, 1, 2, 3, 4]


async def test_what_takes_long_makes_room_once() -> None:
    ends, paced = asyncio.Event(), Paced(1, 0.05)
    begun, tasks = await _begun(paced, ends, 2)
    while len(begun) < len(tasks):  # noqa: ASYNC110  # one after the other
        await asyncio.sleep(0.01)
    ends.set()
    await asyncio.gather(*tasks)
    # What made room while it went on makes none again at its end.
    never = asyncio.Event()
    begun, tasks = await _begun(paced, never, 3)
    assert begun == [0]
    never.set()
    await asyncio.gather(*tasks)


async def test_who_is_cancelled_makes_room() -> None:
    paced = Paced(1, 3600)
    begun, tasks = await _begun(paced, asyncio.Event(), 2)
    tasks[0].cancel()
    await asyncio.sleep(0.01)
    assert begun == [0, 1]
    tasks[1].cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
