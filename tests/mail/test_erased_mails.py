"""Who is erased is named by nothing that is kept of their mails."""

import base64
from typing import Any

import httpx

from looplane.erasure.commands import erase_contact
from looplane.kit.context import Context
from looplane.kit.database import Database
from looplane.kit.principal import Principal
from tests.conftest import SteppedClock, Workspace
from tests.dispatch import deliver_due
from tests.factory import Factory
from tests.mail.conftest import Post, channel_of
from tests.mail.test_bounces import give, report
from tests.messages.conftest import send

TABLES = ("sent_mails", "delivery_attempts", "deliveries", "caught_mail", "bounced_addresses")
LIFTED = """
select data::text as data from events where workspace_id = $1
  and type in ('bounced_address.deleted', 'caught_mail.deleted')"""


async def kept_of(db: Any, workspace: Workspace, address: str) -> list[str]:
    """The tables in which an address stands."""
    found = []
    for table in TABLES:
        rows = await db.fetch(
            f"select t::text as row from {table} t where workspace_id = $1", workspace.id
        )
        hidden = base64.b16encode(address.encode()).decode().lower()
        if any(address in str(row["row"]) or hidden in str(row["row"]) for row in rows):
            found.append(table)
    return found


async def test_who_is_erased_is_in_no_mail(
    client: httpx.AsyncClient,
    make: Factory,
    post: Post,
    db: Any,
    database: Database,
    workspace: Workspace,
    clock: SteppedClock,
) -> None:
    thread, other = await make.thread(), await make.thread()
    address = thread["contact"]["email"]
    await send(client, thread)
    post.server.rcpt = lambda to: "550 No such user" if to == address else None
    await post.work()
    await send(client, other, cc=[{"email": address}])
    await post.work()
    post.server.rcpt = None
    await send(client, thread)
    await post.work()
    await give(client, post, report(str(post.server.received[-1].mail["Message-ID"]), address))
    await client.delete(f"/mailboxes/{post.mailbox['id']}")
    await send(client, thread)
    await send(client, other, cc=[{"email": address}])
    await deliver_due(db, clock, {"email": channel_of(database, clock)})
    await post.work()
    assert await kept_of(db, workspace, address) == list(TABLES)
    context = Context(Principal(workspace.id, "rule", rule="erase"), clock, "erase")
    await erase_contact(db, context, address)
    assert await kept_of(db, workspace, address) == []


async def test_nor_in_what_was_told_of_lifting_it(
    client: httpx.AsyncClient, make: Factory, db: Any, workspace: Workspace, clock: SteppedClock
) -> None:
    contact = await make.contact()
    address = contact["email"]
    bounced = await make.bounced_address(address=address, reason=f"550 {address}")
    caught = await make.caught_mail(recipients=["x@mail.example", address], subject="For you")
    for path in (f"/bounced-addresses/{bounced['id']}", f"/caught-mail/{caught['id']}"):
        assert (await client.delete(path)).is_success
    told = [row["data"] for row in await db.fetch(LIFTED, workspace.id)]
    assert [address in each for each in told] == [True, True]
    context = Context(Principal(workspace.id, "rule", rule="erase"), clock, "erase")
    await erase_contact(db, context, address)
    told = [row["data"] for row in await db.fetch(LIFTED, workspace.id)]
    assert [address in each or "For you" in each for each in told] == [False, False]
