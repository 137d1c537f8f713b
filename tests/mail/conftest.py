"""Mail as the worker sends it, to a server of the test's own."""

from collections.abc import AsyncIterator, Callable, Coroutine
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest

from looplane.deliveries.commands import plan_untold_delivery
from looplane.deliveries.schemas import NewDelivery
from looplane.delivery.email.commands import EmailChannel, MailSetup
from looplane.delivery.email.schemas import Notice
from looplane.kit.config import Settings
from looplane.kit.database import Database
from looplane.kit.secrets import Secrets
from looplane.kit.smtp_connections import SmtpConnections
from tests.conftest import SteppedClock, Workspace
from tests.dispatch import Delivered, cancel_all, deliver_due
from tests.factory import Factory
from tests.mail_servers import LOGIN, THIS_MACHINE, MailServer, mail_server
from tests.unlimited import UNLIMITED

SITE = "https://support.firm.example"


@dataclass
class Post:
    """A server that takes mail, a mailbox that uses it, and a worker that sends."""

    server: MailServer
    mailbox: dict[str, Any]
    work: Callable[..., Coroutine[Any, Any, Delivered]]
    channel: EmailChannel
    secrets: Secrets
    # Plans a mail to an address that tells somebody of the team something, perhaps of a thread.
    notify: Callable[..., Coroutine[Any, Any, UUID]]


@pytest.fixture
async def quiet(db: Any) -> None:
    """Nothing that other tests left is due."""
    await cancel_all(db)


def channel_of(
    database: Database, clock: SteppedClock, settings: Settings = UNLIMITED, **setup: Any
) -> EmailChannel:
    """The channel as a worker has it, which may connect to any port of this machine."""
    connections = SmtpConnections(THIS_MACHINE)
    of = (database, clock, Secrets(settings), connections, SITE)
    return EmailChannel(MailSetup(*of, **setup))


@pytest.fixture
async def post(
    quiet: None,
    database: Database,
    make: Factory,
    db: Any,
    workspace: Workspace,
    clock: SteppedClock,
) -> AsyncIterator[Post]:
    notices: dict[Any, Any] = {}

    async def find_notices(_con: Any, deliveries: Any) -> dict[Any, Any]:
        return {
            each.id: notices[each.subject_id] for each in deliveries if each.subject_id in notices
        }

    async def notify(address: str, thread_id: str | None = None) -> UUID:
        subject, about = uuid4(), None if thread_id is None else UUID(thread_id)
        notices[subject] = Notice("You were assigned", "A thread is yours.", f"{SITE}/t")
        notice = NewDelivery("notice", "email", address, subject, about)
        return await plan_untold_delivery(db, workspace.id, clock(), notice)

    channel = channel_of(database, clock, find_notices=find_notices)

    async def work(seconds: float = 1) -> Delivered:
        clock.step(timedelta(seconds=seconds))
        return await deliver_due(db, clock, {"email": channel})

    async with mail_server(with_login=True) as server:
        login = {"username": LOGIN[0], "password": LOGIN[1]}
        mailbox = await make.mailbox(
            name="Firm Support", address="support@firm.example", **server.settings, **login
        )
        yield Post(server, mailbox, work, channel, Secrets(UNLIMITED), notify)
        await channel._setup.connections.aclose()  # noqa: SLF001  # as the worker ends
