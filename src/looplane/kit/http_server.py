"""The HTTP server of a process: uvicorn on a socket that listens already, until cancelled."""

import asyncio
import contextlib
from collections.abc import Callable, Collection, Iterator
from dataclasses import replace
from functools import partial
from ipaddress import IPv4Network, ip_network
from socket import socket

import uvicorn
from starlette.types import ASGIApp

from looplane.kit.connections import ConnectionLimits, WaitingConnections, raise_file_limit
from looplane.kit.http_protocol import HttpProtocol

BACKLOG = 2048  # connections that may wait for us
GRACE = 10  # seconds that requests under way get to finish


class _Server(uvicorn.Server):
    """Leaves the signals to us."""

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


async def serve_http(
    app: ASGIApp,
    listener: socket,
    limits: ConnectionLimits | None = None,
    trusted_proxies: Collection[str] = (),
    ending: Callable[[], None] = lambda: None,
) -> None:
    """Answers requests until cancelled, and then those that have begun.

    What `trusted_proxies` (networks) say of their callers' addresses is believed. `ending` ends
    answers that would go on.
    """
    if limits is None:
        limits = replace(ConnectionLimits(), most=raise_file_limit())
    waiting = WaitingConnections(limits)
    server = _Server(_config(app, waiting, trusted_proxies))
    watching = asyncio.ensure_future(waiting.watch())
    serving = asyncio.ensure_future(server.serve([listener]))
    try:
        await asyncio.shield(serving)
    finally:
        server.should_exit = True
        ending()
        await serving
        watching.cancel()


def _config(
    app: ASGIApp, waiting: WaitingConnections, trusted_proxies: Collection[str]
) -> uvicorn.Config:
    return uvicorn.Config(
        app,
        http=partial(HttpProtocol, waiting=waiting),  # type: ignore[arg-type]  # called as the class is
        interface="asgi3",  # not guessed
        ws="none",
        lifespan="off",
        log_config=None,
        access_log=False,
        server_header=False,
        proxy_headers=bool(trusted_proxies),
        forwarded_allow_ips=[each for net in trusted_proxies for each in _spellings(net)],
        backlog=BACKLOG,
        # Idle connections are ended by WaitingConnections; uvicorn must only not be faster.
        timeout_keep_alive=int(waiting.limits.idle) + 1,
        timeout_graceful_shutdown=GRACE,
    )


def _spellings(text: str) -> list[str]:
    """A network as it looks on sockets of either family."""
    network = ip_network(text)
    if not isinstance(network, IPv4Network):
        return [text]
    return [text, f"::ffff:{network.network_address}/{96 + network.prefixlen}"]
