"""Connections on which nothing is under way: no more of them than may wait."""

import asyncio

from looplane.kit.connections import ConnectionLimits
from looplane.kit.request_middleware import RequestMiddleware
from tests.http_servers import echo, served
from tests.processes import PATIENCE


async def test_those_above_the_limit_make_room_long_before_their_time() -> None:
    limits = ConnectionLimits(head=600, idle=600, most_waiting=4, most=1000)
    async with served(RequestMiddleware(echo), limits) as server, asyncio.timeout(PATIENCE):
        callers = [await server.call() for _ in range(12)]
        for each in callers[-4:]:
            assert (await each.get()).status == 200
        for each in callers[:8]:
            assert await each.rest() == b""
