"""Connections to public addresses alone, and to what an operator allows by name and port."""

import asyncio
import socket
from collections.abc import Awaitable, Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from functools import partial

import anyio
import httpcore

from looplane.kit.public_addresses import is_public

# Lookups at once, in threads of their own: a name whose servers do not answer keeps its thread for
# long after the request was given up, and nothing else may have to wait for one. One name has one.
_LOOKUPS = ThreadPoolExecutor(64, "lookup")

# The addresses of a name, as text.
Resolve = Callable[[str, int], Awaitable[list[str]]]
Target = tuple[str, int]


async def resolve(host: str, port: int) -> list[str]:
    """The addresses of a name, by the machine's own resolver."""
    loop = asyncio.get_running_loop()
    look = partial(socket.getaddrinfo, host, port, type=socket.SOCK_STREAM)
    found = await loop.run_in_executor(_LOOKUPS, look)
    return list(dict.fromkeys(str(each[4][0]) for each in found))


class CheckedNetwork(httpcore.AsyncNetworkBackend):
    """Connects to public addresses, and to what is allowed by name and port."""

    def __init__(self, allowed: frozenset[Target], resolve: Resolve) -> None:
        self._allowed, self._resolve = allowed, resolve
        self._network = httpcore.AnyIOBackend()
        self._lookups: dict[Target, asyncio.Task[list[str]]] = {}

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,  # noqa: ASYNC109  # as the library calls it
        local_address: str | None = None,
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None,
    ) -> httpcore.AsyncNetworkStream:
        try:
            with anyio.fail_after(timeout):
                for address in await self._addresses(host, port):
                    try:
                        return await self._network.connect_tcp(
                            address, port, None, local_address, socket_options
                        )
                    except httpcore.ConnectError:
                        continue
        except TimeoutError:
            pass
        msg = "no address of it can be reached"
        raise httpcore.ConnectError(msg)

    async def _addresses(self, host: str, port: int) -> list[str]:
        """Those to try."""
        try:
            found = await self._look_up(host, port)
        except (OSError, UnicodeError):
            return []
        if (host.lower().rstrip("."), port) in self._allowed:
            return found
        return [each for each in found if is_public(each)]

    async def _look_up(self, host: str, port: int) -> list[str]:
        """All addresses of a name; who asks while it is being looked up gets the same answer."""
        name = (host, port)
        if (lookup := self._lookups.get(name)) is None:
            lookup = self._lookups[name] = asyncio.ensure_future(self._kept(name))
        # It goes on when who asked has given up: its thread does so anyway.
        return await asyncio.shield(lookup)

    async def _kept(self, name: Target) -> list[str]:
        try:
            return await self._resolve(*name)
        finally:
            del self._lookups[name]

    async def aclose(self) -> None:
        """Waits for no lookup any more."""
        lookups = [*self._lookups.values()]
        for each in lookups:
            each.cancel()
        await asyncio.gather(*lookups, return_exceptions=True)
