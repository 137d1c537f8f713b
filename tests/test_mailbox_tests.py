"""What a test of a mailbox says: that it works, or precisely what is wrong."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from looplane.kit.config import Settings
from looplane.kit.database import Database
from looplane.mailboxes import commands
from looplane.main import create_app
from tests.conftest import SteppedClock, Workspace, connected
from tests.factory import Factory
from tests.mail_servers import HOST, LOGIN, THIS_MACHINE, certificate_file, mail_server

BODY = {
    "name": "Support",
    "address": "support@firm.example",
    "smtp_host": "smtp.firm.example",
    "smtp_port": 587,
}


@pytest.fixture
async def own(
    database: Database,
    clock: SteppedClock,
    workspace: Workspace,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
) -> AsyncIterator[httpx.AsyncClient]:
    """A client of a program that may connect to any port of this machine, and trusts it."""
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate_file(tmp_path)))
    settings = Settings(secret_key="s" * 32, writes_per_minute=0, outbound_allow=THIS_MACHINE)
    app = create_app(database, settings, clock)
    async with connected(app, workspace.key) as client:
        yield client
    await app.aclose()


async def tried(
    client: httpx.AsyncClient, to: str | None = "boss@firm.example", **fields: Any
) -> dict[str, Any]:
    """What a test of a new mailbox says."""
    number = len((await client.get("/mailboxes")).json()["data"])
    body = {**BODY, "address": f"support{number}@firm.example", **fields}
    made = await client.post("/mailboxes", json=body)
    assert made.status_code == 200, made.text
    path = f"/mailboxes/{made.json()['id']}/test"
    answer = await client.post(path, json={"to": to})
    assert answer.status_code == 200, answer.text
    return dict(answer.json())


@pytest.mark.parametrize("security", ["none", "starttls", "tls"])
async def test_a_test_sends_a_mail(own: httpx.AsyncClient, security: str) -> None:
    login = {"username": LOGIN[0], "password": LOGIN[1]}
    async with mail_server(with_tls=security, with_login=True) as server:
        said = await tried(own, **{**server.settings, "security": security}, **login)
        assert (said["ok"], said["step"], said["sent_to"]) == (True, None, "boss@firm.example")
        [got] = server.received
        assert got.recipients == ["boss@firm.example"]
        assert got.mail["Subject"] == "A test of your mailbox"
        assert got.mail["Auto-Submitted"] == "auto-generated"
        only = await tried(own, None, **{**server.settings, "security": security}, **login)
        assert (only["ok"], only["sent_to"], len(server.received)) == (True, None, 1)


async def test_a_rehearsal_mails_nothing(own: httpx.AsyncClient) -> None:
    async with mail_server() as server:
        made = (await own.post("/mailboxes", json={**BODY, **server.settings})).json()
        path, body = f"/mailboxes/{made['id']}/test", {"to": "boss@firm.example"}
        said = await own.post(path, json=body, params={"dry_run": True})
        assert (said.json()["ok"], server.received) == (True, [])
        keyed = [
            await own.post(path, json=body, headers={"Idempotency-Key": "once"}) for _ in range(2)
        ]
        assert [each.json()["sent_to"] for each in keyed] == ["boss@firm.example"] * 2
        assert len(server.received) == 1


async def test_a_test_says_what_is_wrong(own: httpx.AsyncClient) -> None:
    async with mail_server(with_login=True) as server:
        right = {**server.settings, "username": LOGIN[0], "password": LOGIN[1]}
        wrong = await tried(own, **{**right, "password": "not this one"})
        assert (wrong["ok"], wrong["step"]) == (False, "authenticate")
        assert "password is wrong: 535" in wrong["message"]
        assert "not this one" not in wrong["message"]
        no_tls = await tried(own, **{**right, "security": "starttls"})
        assert (no_tls["step"], "STARTTLS" in no_tls["message"]) == ("tls", True)
        at_once = await tried(own, **{**right, "security": "tls"})
        assert at_once["step"] == "tls"
        server.mail = "550 Not your address"
        refused = await tried(own, **right)
        assert (refused["step"], refused["ok"]) == ("sender", False)
        assert refused["message"].endswith("550 Not your address")
        server.mail, server.rcpt = None, "550 Unknown"
        assert (await tried(own, **right))["step"] == "recipient"
        server.rcpt, server.data = None, "554 Spam"
        assert (await tried(own, **right))["step"] == "mail"
        server.data, server.closes_at = None, "connect"
        closed = await tried(own, **right)
        assert (closed["step"], closed["message"]) == (
            "connect",
            "The server closed the connection.",
        )
    gone = await tried(own, **right)
    assert (gone["step"], gone["message"]) == (
        "connect",
        f"{HOST} at port {server.port} refuses connections.",
    )


async def test_a_server_that_hangs_is_given_up(
    own: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(commands, "_TEST_SECONDS", 0.5)
    async with mail_server() as server:
        server.hangs_at = "mail"
        said = await tried(own, **server.settings)
        assert (said["ok"], said["message"]) == (False, "The server did not answer in time.")


async def test_a_certificate_must_be_one_to_trust(own: httpx.AsyncClient) -> None:
    async with mail_server(with_tls="tls") as server:
        said = await tried(own, **{**server.settings, "security": "tls", "smtp_host": "localhost"})
        # Another name than the certificate's, and one that may not be anywhere.
        assert said["ok"] is False


async def test_what_is_inside_of_the_network_is_not_reached(
    client: httpx.AsyncClient, make: Factory
) -> None:
    async with mail_server() as server:
        for host in (HOST, "localhost", "::1", "0.0.0.0"):
            made = await make.mailbox(**{**server.settings, "smtp_host": host})
            answer = await client.post(f"/mailboxes/{made['id']}/test", json={})
            said = answer.json()
            assert (said["ok"], said["step"]) == (False, "resolve")
            assert "LOOPLANE_OUTBOUND_ALLOW" in said["message"]
        assert server.connections == 0
    made = await make.mailbox(smtp_host="no-such-host.invalid")
    said = (await client.post(f"/mailboxes/{made['id']}/test", json={})).json()
    assert said["message"] == "There is no host named no-such-host.invalid."


async def test_a_test_holds_no_connection_to_the_database(
    own: httpx.AsyncClient, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(commands, "_TEST_SECONDS", 2.0)

    def busy() -> int:
        return database.pool.get_size() - database.pool.get_idle_size()

    before = busy()  # the one of the test itself, and what others left
    async with mail_server() as server:
        server.hangs_at = "mail"
        trying = asyncio.ensure_future(tried(own, **server.settings))
        await server.connected.wait()
        assert busy() == before
        await trying


async def test_a_test_minds_the_version(client: httpx.AsyncClient, make: Factory) -> None:
    made = await make.mailbox()
    answer = await client.post(
        f"/mailboxes/{made['id']}/test", json={}, headers={"If-Match": '"7"'}
    )
    assert answer.status_code == 412


async def test_a_password_of_another_key_is_entered_anew(
    own: httpx.AsyncClient, client: httpx.AsyncClient, make: Factory
) -> None:
    made = await make.mailbox(username="support", password="x")
    said = (await own.post(f"/mailboxes/{made['id']}/test", json={})).json()
    assert (said["step"], "LOOPLANE_SECRET_KEY" in said["message"]) == ("authenticate", True)


async def test_a_test_to_an_odd_address(own: httpx.AsyncClient) -> None:
    async with mail_server() as server, mail_server(utf8=False) as plain:
        said = await tried(own, "müller@bücher.example", **server.settings)
        assert said["ok"] is True
        assert server.received[0].recipients == ["müller@xn--bcher-kva.example"]
        refused = await tried(own, "müller@bücher.example", **plain.settings)
        assert (refused["step"], "ASCII" in refused["message"]) == ("recipient", True)
