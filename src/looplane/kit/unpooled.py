"""Connections of one request each, however many are open."""

from collections.abc import AsyncIterable, AsyncIterator

import httpcore


class Unpooled(httpcore.AsyncConnectionPool):
    """A connection for each request, with no bound; a pool looks through all of them each time."""

    async def handle_async_request(self, request: httpcore.Request) -> httpcore.Response:
        connection = self.create_connection(request.url.origin)
        try:
            response = await connection.handle_async_request(request)
        except BaseException:
            await connection.aclose()
            raise
        assert isinstance(response.stream, AsyncIterable), "it was asked for asynchronously"
        return httpcore.Response(
            response.status,
            headers=response.headers,
            content=_Answer(response.stream, connection),
            extensions=response.extensions,
        )


class _Answer:
    """The body of an answer, with whose end its connection ends."""

    def __init__(
        self, parts: AsyncIterable[bytes], connection: httpcore.AsyncConnectionInterface
    ) -> None:
        self._parts, self._connection = parts, connection

    def __aiter__(self) -> AsyncIterator[bytes]:
        return aiter(self._parts)

    async def aclose(self) -> None:
        await self._connection.aclose()
