"""Hands mails to an SMTP server, and says in a sentence what is wrong where it does not take them.

The server's name is resolved once and its addresses are checked, as `kit.outbound` does for the
web: inside of the operator's network only what LOOPLANE_OUTBOUND_ALLOW names is reached.
"""

import asyncio
import re
import socket
import ssl
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, suppress

from aiosmtplib import SMTP, SMTPException

from looplane.kit.checked_network import Resolve, Target, resolve
from looplane.kit.public_addresses import is_public
from looplane.kit.smtp import Accepted, Envelope, SmtpFault, SmtpServer, cut, smtp_faults

_HOST_NAME = re.compile("[A-Za-z0-9]([A-Za-z0-9.-]{0,250}[A-Za-z0-9])?")
# A large mail takes its time on the way, and the server its time to look at it.
_DATA_SECONDS = 25.0
# Refusals of SMTP begin there; what is below and refused all the same is out of its turn.
_REFUSAL = 400


class SmtpConnections:
    """Connections to servers, each used again for a while; `allowed` may be anywhere.

    Certificates are trusted as OpenSSL does, SSL_CERT_FILE among it.
    """

    _MAX_IDLE = 15.0  # seconds
    _MAX_MAILS = 100  # of one connection
    _MAX_KEPT = 4  # of one server

    def __init__(
        self,
        allowed: Sequence[Target] = (),
        *,
        seconds: float = 10.0,
        resolve: Resolve = resolve,
    ) -> None:
        self._allowed, self._resolve, self._seconds = frozenset(allowed), resolve, seconds
        self._idle: dict[SmtpServer, list[tuple[SMTP, float, int]]] = {}

    async def try_out(self, server: SmtpServer) -> None:
        """Connects and authenticates. Raises SmtpFault."""
        smtp = await self._connect(server)
        await _quit(smtp)

    async def send_alone(self, server: SmtpServer, envelope: Envelope, mail: bytes) -> Accepted:
        """Hands a mail over on a connection of its own. Raises SmtpFault."""
        smtp = await self._connect(server)
        try:
            return await _transact(smtp, envelope, mail)
        finally:
            await _quit(smtp)

    async def send(self, server: SmtpServer, envelope: Envelope, mail: bytes) -> Accepted:
        """Hands a mail over. Raises SmtpFault."""
        async with self._connected(server) as smtp:
            return await _transact(smtp, envelope, mail)

    async def aclose(self) -> None:
        """Ends all connections."""
        idle, self._idle = self._idle, {}
        for smtp, *_ in (each for kept in idle.values() for each in kept):
            await _quit(smtp)

    @asynccontextmanager
    async def _connected(self, server: SmtpServer) -> AsyncIterator[SMTP]:
        """A connection that is kept for others where all went well, or was said to be wrong."""
        smtp, used = await self._take(server)
        try:
            yield smtp
        except SmtpFault as fault:
            if fault.code is None or fault.code < _REFUSAL:
                # An answer that is still to come would be taken for that to the next mail.
                smtp.close()
            else:
                self._keep(server, smtp, used)
            raise
        except BaseException:
            smtp.close()
            raise
        self._keep(server, smtp, used)

    async def _take(self, server: SmtpServer) -> tuple[SMTP, int]:
        now = asyncio.get_running_loop().time()
        kept = self._idle.get(server, [])
        while kept:
            smtp, since, used = kept.pop()
            if now - since > self._MAX_IDLE:
                smtp.close()
                continue
            with suppress(SMTPException, OSError):
                # Whether the other side is still there is seen before anything is said.
                await smtp.rset()
                return smtp, used
            smtp.close()
        return await self._connect(server), 0

    def _close_old(self, now: float) -> None:
        """Ends those that nobody used for a while, of servers that may never be used again."""
        for server, kept in list(self._idle.items()):
            for each in [each for each in kept if now - each[1] > self._MAX_IDLE]:
                kept.remove(each)
                each[0].close()
            if not kept:
                del self._idle[server]

    def _keep(self, server: SmtpServer, smtp: SMTP, used: int) -> None:
        now = asyncio.get_running_loop().time()
        self._close_old(now)
        kept = self._idle.setdefault(server, [])
        is_fit = smtp.is_connected and used + 1 < self._MAX_MAILS and len(kept) < self._MAX_KEPT
        if is_fit:
            kept.append((smtp, now, used + 1))
        else:
            smtp.close()

    async def _connect(self, server: SmtpServer) -> SMTP:
        sock = await self._open(server)
        smtp = SMTP(
            hostname=server.host,
            sock=sock,
            use_tls=server.security == "tls",
            start_tls=False,
            timeout=self._seconds,
            tls_context=ssl.create_default_context(),
            local_hostname=_own_name(),
        )
        try:
            async with smtp_faults("connect", server):
                await smtp.connect()
            if server.security == "starttls":
                await self._start_tls(smtp, server)
            async with smtp_faults("connect", server):
                await smtp.ehlo()
            if server.username is not None:
                await _authenticate(smtp, server)
        except BaseException:
            smtp.close()
            sock.close()
            raise
        return smtp

    async def _start_tls(self, smtp: SMTP, server: SmtpServer) -> None:
        async with smtp_faults("connect", server):
            await smtp.ehlo()
        if not smtp.supports_extension("starttls"):
            msg = f"{server.host} offers no STARTTLS at port {server.port}."
            raise SmtpFault(msg, "tls")
        async with smtp_faults("tls", server):
            await smtp.starttls()

    async def _open(self, server: SmtpServer) -> socket.socket:
        """A socket that is connected to a checked address. Raises SmtpFault."""
        loop, place = asyncio.get_running_loop(), f"{server.host} at port {server.port}"
        try:
            async with asyncio.timeout(self._seconds):
                reason = "cannot be reached"
                for address in await self._addresses(server):
                    family = socket.AF_INET6 if ":" in address else socket.AF_INET
                    sock = socket.socket(family, socket.SOCK_STREAM)
                    sock.setblocking(False)  # noqa: FBT003  # the standard library's own
                    try:
                        await loop.sock_connect(sock, (address, server.port))
                    except BaseException as error:
                        sock.close()
                        if not isinstance(error, OSError):
                            raise
                        is_refusal = isinstance(error, ConnectionRefusedError)
                        reason = "refuses connections" if is_refusal else reason
                    else:
                        return sock
        except TimeoutError:
            reason = "did not answer in time"
        msg = f"{place} {reason}."
        raise SmtpFault(msg, "connect")

    async def _addresses(self, server: SmtpServer) -> list[str]:
        try:
            found = await self._resolve(server.host, server.port)
        except (OSError, UnicodeError):
            found = []
        if not found:
            msg = f"There is no host named {server.host}."
            raise SmtpFault(msg, "resolve")
        if (server.host.lower().rstrip("."), server.port) in self._allowed:
            return found
        public = [each for each in found if is_public(each)]
        if not public:
            msg = (
                f"{server.host} has no public address: a server inside of the network must be"
                f" allowed with LOOPLANE_OUTBOUND_ALLOW={server.host}:{server.port}."
            )
            raise SmtpFault(msg, "resolve")
        return public


def _own_name() -> str:
    """What we call ourselves; looking the machine's whole name up could take seconds."""
    name = socket.gethostname()
    return name if _HOST_NAME.fullmatch(name) else "localhost"


async def _authenticate(smtp: SMTP, server: SmtpServer) -> None:
    async with smtp_faults("authenticate", server):
        if not smtp.supports_extension("auth"):
            msg = f"{server.host} takes no user name and password on this kind of connection."
            raise SmtpFault(msg, "authenticate")
        await smtp.login(server.username or "", server.password or "")


async def _transact(smtp: SMTP, envelope: Envelope, mail: bytes) -> Accepted:
    encoding = "utf-8" if envelope.is_utf8 else "ascii"
    options = ["SMTPUTF8", "BODY=8BITMIME"] if envelope.is_utf8 else []
    if envelope.is_utf8 and not smtp.supports_extension("smtputf8"):
        msg = "The server takes no address with other letters than those of ASCII."
        raise SmtpFault(msg, "recipient", code=553)
    if smtp.supports_extension("size"):
        options.append(f"SIZE={len(mail)}")
    try:
        async with smtp_faults("sender"):
            await smtp.mail(envelope.sender, options=options, encoding=encoding)
        refused = await _name_recipients(smtp, envelope, encoding)
        async with smtp_faults("mail"):
            response = await smtp.data(mail, timeout=_DATA_SECONDS)
    except SmtpFault as fault:
        if fault.code is not None:
            with suppress(SMTPException, OSError):
                await smtp.rset()
        raise
    return Accepted(response.code, cut(response.message), refused)


async def _name_recipients(smtp: SMTP, envelope: Envelope, encoding: str) -> dict[str, str]:
    """Whom the server does not take it for. Raises SmtpFault where it is not to be sent then."""
    for each in envelope.recipients:
        async with smtp_faults("recipient"):
            await smtp.rcpt(each, encoding=encoding)
    refused = {}
    for each in envelope.others:
        try:
            async with smtp_faults("recipient"):
                await smtp.rcpt(each, encoding=encoding)
        except SmtpFault as fault:
            if fault.code is None or (not fault.is_permanent and envelope.waits_for_all):
                raise
            refused[each] = str(fault)
    return refused


async def _quit(smtp: SMTP) -> None:
    with suppress(SMTPException, OSError, TimeoutError):
        await asyncio.wait_for(smtp.quit(), 2.0)
    smtp.close()
