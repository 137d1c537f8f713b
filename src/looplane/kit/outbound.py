"""Requests to addresses that others name: never to what is inside the operator's network.

A name is resolved once, its addresses are checked, and the connection goes to a checked one: a
name that points elsewhere a moment later is of no use. Of several addresses those that are public
are tried, in their order. Each redirect is a request of its own. What an operator allows by name
and port may be anywhere.
"""

import asyncio
from collections.abc import AsyncIterator, Iterable, Mapping
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from functools import cached_property
from http.cookiejar import CookieJar, DefaultCookiePolicy
from io import BytesIO
from typing import BinaryIO, Literal

import httpcore
import httpx

from looplane.kit.checked_network import CheckedNetwork, Resolve, Target, resolve
from looplane.kit.unpacking import CannotUnpack, Unpacker
from looplane.kit.unpooled import Unpooled

# Seconds: for a connection, between two parts of an answer, and for all of a request with its
# redirects.
_LIMITS = httpx.Timeout(5.0, read=10.0, pool=10.0)
_WHOLE = 20.0
_MAX_REDIRECTS = 5
_MAX_CONNECTIONS = 50
_MAX_PORT = 65535
_AGENT = "Looplane"
# Bytes by which a packed answer may be longer than what is in it.
_PACKING = 65_536
# Why there was no answer: nothing was connected to, or what was connected to gave none in time, or
# only a part of one, or is not who it should be; or nothing was tried with such an address.
Why = Literal["unreachable", "late", "cut_off", "certificate", "unusable", "too_large"]


class OutboundRefused(Exception):
    """No answer was had from there; its text may be shown to anyone.

    What is refused reads like what cannot be reached: it tells nothing of the network inside.
    """

    def __init__(self, message: str, why: Why = "unusable") -> None:
        super().__init__(message)
        self.why: Why = why


class AnswerTooLarge(OutboundRefused):
    """The answer has more bytes than are taken."""


def _unreachable(why: Why = "unreachable") -> OutboundRefused:
    return OutboundRefused("The address cannot be reached.", why)


def _too_large(most_bytes: int) -> AnswerTooLarge:
    return AnswerTooLarge(f"The answer has more than {most_bytes:,} bytes.", "too_large")


def address_fault(url: str) -> str | None:
    """What is wrong with an address, as it is spelled; None where a request can be sent there."""
    try:
        parsed = httpx.URL(url)
        httpx.Request("GET", parsed)
    except (httpx.InvalidURL, UnicodeError, ValueError):
        return "is not one of the web"
    if parsed.scheme not in {"http", "https"} or not parsed.host:
        return "must start with http:// or https://"
    if not 1 <= (parsed.port or 1) <= _MAX_PORT:
        return f"must have a port of at most {_MAX_PORT}"
    return "must hold no name and password" if parsed.userinfo else None


@dataclass(frozen=True, slots=True)
class Reply:
    """What was answered in the end, and by which address."""

    status: int
    headers: httpx.Headers
    url: str


class _CheckedTransport(httpx.AsyncHTTPTransport):
    def __init__(
        self, allowed: frozenset[Target], resolve: Resolve, connections: int | None
    ) -> None:
        trusted = httpx.create_ssl_context(trust_env=False)
        super().__init__(verify=trusted, trust_env=False)
        self._network = CheckedNetwork(allowed, resolve)
        pool = Unpooled if connections is None else httpcore.AsyncConnectionPool
        self._pool = pool(
            ssl_context=trusted,
            max_connections=connections,
            # A connection that stays was checked for another request.
            max_keepalive_connections=0,
            network_backend=self._network,
        )

    async def aclose(self) -> None:
        await super().aclose()
        await self._network.aclose()


class Outbound:
    """Sends requests; `allowed` are names and ports that may be anywhere.

    So many `connections` are open at once, and further requests wait for one; with None none has
    to, and who sends has bounds of their own.
    """

    def __init__(
        self,
        allowed: Iterable[Target] = (),
        resolve: Resolve = resolve,
        connections: int | None = _MAX_CONNECTIONS,
    ) -> None:
        self._allowed, self._resolve = frozenset(allowed), resolve
        self._connections = connections

    @cached_property
    def _client(self) -> httpx.AsyncClient:
        """Made for the first request: to read whom it may trust takes long."""
        return httpx.AsyncClient(
            transport=_CheckedTransport(self._allowed, self._resolve, self._connections),
            trust_env=False,
            follow_redirects=False,
            timeout=_LIMITS,
            # What one answer sets is no business of the next request.
            cookies=CookieJar(DefaultCookiePolicy(allowed_domains=[])),
            headers={"User-Agent": _AGENT, "Accept-Encoding": "identity"},
        )

    async def aclose(self) -> None:
        """Ends all connections."""
        if "_client" in vars(self):
            await self._client.aclose()

    async def send(  # noqa: PLR0913  # what a request is made of
        self,
        method: str,
        url: str,
        into: BinaryIO,
        most_bytes: int,
        *,
        content: bytes | None = None,
        headers: Mapping[str, str] | None = None,
        seconds: float = _WHOLE,
        cuts: bool = False,
    ) -> Reply:
        """One request, no redirect followed; the answer's body, unpacked, goes into a file.

        Where `cuts` is set, one that is too large or packed in a way that cannot be read is an
        answer all the same: so much of it is taken as can be.
        Raises OutboundRefused, AnswerTooLarge.
        """
        request = self._request(method, url, content, headers)
        async with _refusals(seconds):
            return await self._exchange(request, into, most_bytes, cuts=cuts)

    async def download(
        self, url: str, into: BinaryIO, most_bytes: int, *, seconds: float = _WHOLE
    ) -> Reply:
        """What is at an address, or at the end of at most five redirects from there.

        Raises OutboundRefused, AnswerTooLarge.
        """
        async with _refusals(seconds):
            for _ in range(_MAX_REDIRECTS + 1):
                reply = await self._exchange(self._request("GET", url), into, most_bytes)
                if (location := _location(reply)) is None:
                    return reply
                url = location
        msg = f"The address redirects more than {_MAX_REDIRECTS} times."
        raise OutboundRefused(msg)

    def _request(
        self,
        method: str,
        url: str,
        content: bytes | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> httpx.Request:
        if (fault := address_fault(url)) is not None:
            msg = f"The address {fault}."
            raise OutboundRefused(msg)
        try:
            return self._client.build_request(method, url, content=content, headers=headers)
        except (httpx.InvalidURL, UnicodeError, ValueError) as error:
            msg = "The address is not one of the web."
            raise OutboundRefused(msg) from error

    async def _exchange(
        self, request: httpx.Request, into: BinaryIO, most_bytes: int, *, cuts: bool = False
    ) -> Reply:
        """Sends it; of a redirect no body is read."""
        response = await self._client.send(request, stream=True)
        try:
            reply = Reply(response.status_code, response.headers, str(response.url))
            if not response.has_redirect_location:
                with suppress(*([AnswerTooLarge, CannotUnpack] if cuts else [])):
                    await _write_parts(response, into, most_bytes)
            return reply
        finally:
            await response.aclose()


@asynccontextmanager
async def _refusals(seconds: float) -> AsyncIterator[None]:
    """What fails on the way, as OutboundRefused; all of it within a time."""
    limit = asyncio.timeout(seconds)
    try:
        async with limit:
            yield
    except (httpx.HTTPError, httpx.StreamError, CannotUnpack) as error:
        raise _unreachable(_why(error)) from error
    except TimeoutError:
        if not limit.expired():
            raise
        late: Why = "late"
        raise _unreachable(late) from None


def _why(error: Exception) -> Why:
    if isinstance(error, httpx.ConnectError):
        return "certificate" if "CERTIFICATE_VERIFY" in str(error) else "unreachable"
    return "late" if isinstance(error, httpx.TimeoutException) else "cut_off"


async def _write_parts(response: httpx.Response, into: BinaryIO, most_bytes: int) -> None:
    async for part in _parts(response, most_bytes):
        if isinstance(into, BytesIO):
            into.write(part)  # in memory, which takes no time
        else:
            await asyncio.to_thread(into.write, part)


async def _parts(response: httpx.Response, most_bytes: int) -> AsyncIterator[bytes]:
    """The body unpacked, in parts of a bounded size."""
    left, packed_left = most_bytes, most_bytes + _PACKING
    unpacker = Unpacker(response.headers.get("content-encoding", "identity"))
    async for packed in response.aiter_raw():
        # What is packed can hold nothing for as long as it likes.
        packed_left -= len(packed)
        if packed_left < 0:
            raise _too_large(most_bytes)
        for part in unpacker.unpack(packed):
            left -= len(part)
            if left < 0:
                raise _too_large(most_bytes)
            yield part
    unpacker.finish()


def _location(reply: Reply) -> str | None:
    """Where a redirect leads; None where there is none."""
    if reply.status not in {301, 302, 303, 307, 308} or "location" not in reply.headers:
        return None
    try:
        return str(httpx.URL(reply.url).join(reply.headers["location"]))
    except (httpx.InvalidURL, UnicodeError, ValueError) as error:
        raise _unreachable() from error
