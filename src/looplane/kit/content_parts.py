"""What is large and in the database, on its way to a reader: a part of it in memory at a time."""

from collections.abc import AsyncIterator, Awaitable, Callable, Mapping

from starlette.responses import Response, StreamingResponse

PART = 1_000_000  # bytes

# Reads so many bytes as a part has, from this one on; None where there is nothing any more.
FindPart = Callable[[int], Awaitable[bytes | None]]


def in_parts(head: bytes, size: int, find: FindPart, headers: Mapping[str, str]) -> Response:
    """An answer of `size` bytes that begin with `head`.

    Where it is removed meanwhile, what was sent is less than was said, and is taken for broken.
    """
    whole = {**headers, "Content-Length": str(size)}
    return StreamingResponse(_parts(head, size, find), headers=whole)


async def _parts(head: bytes, size: int, find: FindPart) -> AsyncIterator[bytes]:
    yield head
    sent = len(head)
    while sent < size and (part := await find(sent)):
        yield part
        sent += len(part)
