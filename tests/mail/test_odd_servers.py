"""Mail servers that refuse where others do not: whose fault it is, and what becomes of the mail."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager, suppress
from dataclasses import replace

import pytest

from looplane.delivery.email.rules import not_taken
from looplane.kit.smtp import Envelope, SmtpFault, SmtpServer
from looplane.kit.smtp_connections import SmtpConnections
from tests.mail_servers import HOST, THIS_MACHINE

USUAL = {
    "": "220 Hello",
    "EHLO": "250-mail.test\r\n250 AUTH PLAIN",
    "DATA": "354 Go on",
    ".": "250 Taken",
}
ENVELOPE = Envelope("support@firm.example", ["bob@mail.example"])
MAIL = b"Subject: Hello\r\n\r\nHello\r\n"


@asynccontextmanager
async def server_saying(answers: Mapping[str, str]) -> AsyncIterator[SmtpServer]:
    """A server that answers commands so, and all others with 250."""

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        command = ""
        with suppress(ConnectionError):
            while True:
                said = answers.get(command, USUAL.get(command, "250 OK"))
                writer.write(said.encode("latin-1") + b"\r\n")
                await writer.drain()
                if command == "DATA" and said.startswith("354"):
                    await reader.readuntil(b"\r\n.\r\n")
                    command = "."
                    continue
                if said.startswith("421") or not (line := await reader.readline()):
                    break
                command = line.split()[0].decode().upper()
        writer.close()

    server = await asyncio.start_server(serve, HOST, 0)
    try:
        yield SmtpServer(HOST, server.sockets[0].getsockname()[1], "none")
    finally:
        server.close()


@pytest.fixture
async def connections() -> AsyncIterator[SmtpConnections]:
    """Those of a worker."""
    made = SmtpConnections(THIS_MACHINE, seconds=1.0)
    yield made
    await made.aclose()


async def fault_of(
    answers: Mapping[str, str], connections: SmtpConnections, *, with_login: bool = False
) -> SmtpFault:
    async with server_saying(answers) as server:
        login = (
            replace(server, username="support", password="a pass word") if with_login else server
        )
        with pytest.raises(SmtpFault) as caught:
            await connections.send(login, ENVELOPE, MAIL)
    return caught.value


@pytest.mark.parametrize(
    ("command", "said", "outcome", "is_down"),
    [
        # Who is refused at the door is refused with any mail.
        ("", "554 Go away", "failed", True),
        ("EHLO", "550 You are on a list", "failed", True),
        ("EHLO", "421 Too many of you", "failed", True),
        ("EHLO", "451 Not now", "failed", True),
        ("MAIL", "530 Authentication required", "failed", True),
        ("RCPT", "530 Authentication required", "failed", True),
        ("DATA", "538 Encryption required", "failed", True),
        ("RCPT", "550 There is nobody", "refused", False),
        ("RCPT", "450 Not now", "failed", False),
        ("RCPT", "421 Not now", "failed", False),
        ("DATA", "554 No", "refused", False),
        (".", "554 No", "refused", False),
        (".", "452 No room", "failed", False),
    ],
)
async def test_whose_fault_it_is(
    connections: SmtpConnections, command: str, said: str, outcome: str, is_down: bool
) -> None:
    fault = await fault_of({command: said}, connections)
    found = not_taken(fault, {}, is_default=True)
    assert (found.outcome, found.is_target_down) == (outcome, is_down)
    assert said in str(fault)


@pytest.mark.parametrize("said", ["\xff what", "nonsense", "150 Wait", "354 More", "250"])
@pytest.mark.parametrize("command", ["RCPT", "DATA", "."])
async def test_who_does_not_speak_as_mail_servers_do_is_not_used_again(
    connections: SmtpConnections, command: str, said: str
) -> None:
    if (command, said) in {("RCPT", "250"), ("DATA", "354 More"), (".", "250")}:
        return
    fault = await fault_of({command: said}, connections)
    assert not_taken(fault, {}, is_default=True).outcome == "failed"
    # What comes late would be taken for the answer to something else.
    assert not connections._idle  # noqa: SLF001  # to be seen in no other way


@pytest.mark.parametrize(
    ("said", "words"), [("535 No", "is wrong: 535"), ("454 Not now", "refuses the user name")]
)
async def test_a_password_is_wrong_only_where_the_server_says_so(
    connections: SmtpConnections, said: str, words: str
) -> None:
    fault = await fault_of({"AUTH": said}, connections, with_login=True)
    assert (fault.step, words in str(fault)) == ("authenticate", True)
    assert not_taken(fault, {}, is_default=True).is_target_down


async def test_what_is_allowed_is_allowed_at_its_port() -> None:
    async with server_saying({}) as server:
        for allowed, is_reached in (
            ([(HOST, server.port)], True),
            ([(HOST, server.port - 1), ("other.example", server.port)], False),
        ):
            connections = SmtpConnections(allowed, seconds=1.0)
            if is_reached:
                await connections.try_out(server)
            else:
                with pytest.raises(SmtpFault, match="no public address"):
                    await connections.try_out(server)
            await connections.aclose()
