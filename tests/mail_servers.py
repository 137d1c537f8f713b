"""SMTP servers for tests: real ones, which refuse, hang and close where they are told to."""

import asyncio
import datetime as dt
import ipaddress
import ssl
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from functools import cache, partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from aiosmtpd.smtp import SMTP, AuthResult, LoginPassword
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

HOST = "127.0.0.1"
LOGIN = ("support", "a pass word")
# All ports of it may be connected to.
THIS_MACHINE = tuple((HOST, port) for port in range(1024, 65536))
# What a command is answered with; a function of what it names, or the same for all.
Say = str | Callable[[str], str | None]


@dataclass
class Received:
    """A mail as the server got it."""

    sender: str
    recipients: list[str]
    source: bytes

    @property
    def mail(self) -> EmailMessage:
        found = message_from_bytes(self.source, policy=default)
        assert isinstance(found, EmailMessage)
        return found


@dataclass
class MailServer:
    """A server, what it took, and how it answers; None is what a server would say."""

    port: int = 0
    received: list[Received] = field(default_factory=list)
    connections: int = 0
    connected: asyncio.Event = field(default_factory=asyncio.Event)
    took: asyncio.Event = field(default_factory=asyncio.Event)
    mail: Say | None = None
    rcpt: Say | None = None
    data: Say | None = None
    hangs_at: str = ""
    closes_at: str = ""

    @property
    def settings(self) -> dict[str, Any]:
        """What a mailbox says of it."""
        return {"smtp_host": HOST, "smtp_port": self.port, "security": "none"}

    async def say(self, step: str, named: str) -> str | None:
        if self.hangs_at == step:
            await asyncio.sleep(3600)
        told: Say | None = getattr(self, step)
        return told(named) if callable(told) else told


class _Handler:  # its methods have the library's names and parameters
    def __init__(self, server: MailServer) -> None:
        self._server = server

    async def handle_MAIL(self, _server: Any, _session: Any, envelope: Any, *args: Any) -> str:  # noqa: N802
        address, options = args
        if said := await self._server.say("mail", address):
            return said
        envelope.mail_from = address
        envelope.mail_options.extend(options)
        return "250 OK"

    async def handle_RCPT(self, _server: Any, _session: Any, envelope: Any, *args: Any) -> str:  # noqa: N802
        address, _ = args
        if said := await self._server.say("rcpt", address):
            return said
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: Any, _session: Any, envelope: Any) -> str:  # noqa: N802
        if self._server.closes_at == "data":
            server.transport.abort()
        if said := await self._server.say("data", ""):
            return said
        self._server.received.append(
            Received(envelope.mail_from, list(envelope.rcpt_tos), envelope.content)
        )
        self._server.took.set()
        return "250 Taken as number 7"


class _Protocol(SMTP):
    def __init__(self, server: MailServer, **options: Any) -> None:
        super().__init__(_Handler(server), hostname="mail.test", **options)
        self._told = server

    def connection_made(self, transport: Any) -> None:
        self._told.connections += 1
        self._told.connected.set()
        if self._told.closes_at == "connect":
            transport.abort()
            return
        super().connection_made(transport)


def _authenticate(
    _server: Any, _session: Any, _envelope: Any, _mechanism: str, given: Any
) -> AuthResult:
    right = isinstance(given, LoginPassword) and (given.login.decode(), given.password.decode())
    return AuthResult(success=right == LOGIN, handled=False)


@asynccontextmanager
async def mail_server(
    *, with_tls: str = "", with_login: bool = False, size: int = 33_554_432, utf8: bool = True
) -> AsyncIterator[MailServer]:
    """A server on a free port; `with_tls` is `tls` or `starttls`, by a certificate of our own."""
    server = MailServer()
    options: dict[str, Any] = {"data_size_limit": size, "enable_SMTPUTF8": utf8}
    if with_login:
        options |= {"authenticator": _authenticate, "auth_require_tls": False}
    if with_tls == "starttls":
        options |= {"tls_context": server_tls(), "require_starttls": True}
    loop = asyncio.get_running_loop()
    listening = await loop.create_server(
        partial(_Protocol, server, **options),
        HOST,
        0,
        ssl=server_tls() if with_tls == "tls" else None,
    )
    server.port = listening.sockets[0].getsockname()[1]
    try:
        yield server
    finally:
        listening.close()


@cache
def _certificate() -> tuple[bytes, bytes]:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, HOST)])
    now = dt.datetime.now(dt.UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - dt.timedelta(days=1))
        .not_valid_after(now + dt.timedelta(days=1))
        .add_extension(
            x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address(HOST))]),
            critical=False,
        )
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    pem = serialization.Encoding.PEM
    private = key.private_bytes(
        pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    return made.public_bytes(pem), private


def server_tls() -> ssl.SSLContext:
    """What the server encrypts with."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    with TemporaryDirectory() as folder:
        path = Path(folder) / "both.pem"
        path.write_bytes(b"".join(_certificate()))
        context.load_cert_chain(path)
    return context


def certificate_file(folder: Path) -> Path:
    """What a client trusts that trusts the server."""
    path = folder / "trusted.pem"
    path.write_bytes(_certificate()[0])
    return path
