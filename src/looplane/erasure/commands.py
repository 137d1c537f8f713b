"""How a person is forgotten."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from looplane.contacts.sql import CONTACT
from looplane.erasure import sql
from looplane.kit.context import Context
from looplane.kit.database import Connection, Row
from looplane.kit.ids import parse_id
from looplane.kit.responses import or_404
from looplane.kit.row_count import row_count
from looplane.outgoing_files.sql import DELETE_THESE


@dataclass(frozen=True, slots=True)
class Erasure:
    """What was erased: the contact, and how many rows of each kind had their words.

    Of several contacts with one address it is the one that was named, or else the latest.
    """

    contact_id: UUID
    threads: int
    messages: int
    comments: int
    events: int


async def erase_contact(con: Connection, context: Context, text: str) -> Erasure:
    """Removes the words and the names of the contact with this id or address, for good.

    All contacts with that address are meant, those that were deleted too.

    Their threads stay, without words, so that what asks for projects goes on counting. Events keep
    what happened, when and by whom. The ids of their companies stay, for they name nobody, and
    a block of their address: it is the team's word about mail. Again for the same contact erases
    what came since. Raises NotFound.
    """
    workspace_id = context.workspace_id
    async with con.transaction():
        await con.execute(sql.LIFT_TIME_LIMIT)
        ids, addresses, threads = await _hold(con, workspace_id, text)
        now = context.clock()
        await con.execute(sql.ERASE_CONTACT, workspace_id, ids, now)
        await con.execute(sql.ERASE_THREADS, workspace_id, threads, now, sql.ERASED)
        await con.execute(sql.ERASE_WRITTEN_MENTIONS, workspace_id, threads)
        await con.execute(sql.ERASE_LISTED_MENTIONS, workspace_id, threads)
        await _erase_unsent(con, workspace_id, addresses, threads)
        await con.execute(sql.DELETE_FILES, workspace_id, threads)
        await _erase_deliveries(con, workspace_id, threads, addresses, now)
        named = await con.fetch(sql.ERASE_NAMES, workspace_id, addresses)
        messages_named = await _erase_mails(con, workspace_id, addresses, threads, named)
        erased = [
            await con.execute(sql.ERASE_MESSAGES, workspace_id, threads, sql.ERASED),
            await con.execute(sql.ERASE_COMMENTS, workspace_id, threads, now, sql.ERASED),
            await con.execute(sql.ERASE_THREAD_EVENTS, workspace_id, threads),
            await con.execute(sql.ERASE_COMMENT_EVENTS, workspace_id, threads),
            await con.execute(sql.ERASE_CONTACT_EVENTS, workspace_id, ids),
            await con.execute(sql.ERASE_MESSAGE_EVENTS, workspace_id, threads, messages_named),
            await con.execute(sql.ERASE_FORMER_CONTACT, workspace_id, ids, threads),
        ]
        await con.execute(sql.DELETE_ANSWERS, workspace_id, [*ids, *threads], addresses)
        await con.execute(sql.CHANGE_EDITION, workspace_id)
    messages, comments, *events = map(row_count, erased)
    return Erasure(ids[0], len(threads), messages, comments, sum(events))


async def _erase_unsent(
    con: Connection, workspace_id: UUID, addresses: list[str], threads: list[UUID]
) -> None:
    """What was written and not sent, with the files that went there, or were to go.

    A file stays that its member is about to send to others.
    """
    files = [row["id"] for row in await con.fetch(sql.HOLD_OUTGOING, workspace_id, threads)]
    await con.execute(sql.DELETE_UNSENT, workspace_id, threads)
    await con.execute(sql.DELETE_HELD, workspace_id, threads)
    await con.execute(DELETE_THESE, workspace_id, files)
    await con.execute(sql.ERASE_UNSENT_NAMES, workspace_id, addresses)
    await con.execute(sql.ERASE_HELD_NAMES, workspace_id, addresses)


async def _erase_mails(
    con: Connection,
    workspace_id: UUID,
    addresses: list[str],
    threads: list[UUID],
    named: Sequence[Row],
) -> list[UUID]:
    """Removes what is kept of mails to them, and of what was said of their deliveries.

    The ids of the messages of others that `named` them.
    """
    messages = [row["id"] for row in named]
    await con.execute(sql.DELETE_CAUGHT, workspace_id, addresses, threads)
    await con.execute(sql.ERASE_SENT_MAILS, workspace_id, addresses, threads)
    await con.execute(sql.DELETE_BOUNCED, workspace_id, addresses)
    await con.execute(sql.ERASE_MAIL_EVENTS, workspace_id, addresses)
    await con.execute(sql.ERASE_ATTEMPTS_OF_MESSAGES, workspace_id, messages)
    return messages


async def _erase_deliveries(
    con: Connection, workspace_id: UUID, threads: list[UUID], addresses: list[str], now: datetime
) -> None:
    """What goes to them, what was tried, and the bytes that were sent."""
    gone = await con.fetch(sql.ERASE_DELIVERIES, workspace_id, threads, addresses, now)
    await con.execute(sql.ERASE_ATTEMPTS, workspace_id, [row["id"] for row in gone])
    await con.execute(sql.DELETE_BODIES, workspace_id)


async def _hold(
    con: Connection, workspace_id: UUID, text: str
) -> tuple[list[UUID], list[str], list[UUID]]:
    """The contacts, their addresses of now and before, and their threads.

    Nobody else changes them now: whoever was writing to them is done, and whoever is to write finds
    no such contact.
    """
    named = (workspace_id, parse_id(text), text)
    # Threads before contacts, as all do who hold both.
    await con.execute(sql.HOLD_THREADS, *named)
    found = await con.fetch(sql.HOLD_CONTACTS, *named)
    ids: list[UUID] = or_404([row["id"] for row in found] or None, CONTACT.noun)
    former = await con.fetch(sql.FIND_FORMER_ADDRESSES, workspace_id, ids)
    threads = await con.fetch(sql.FIND_THREADS, workspace_id, ids)
    return ids, [*{row["address"] for row in (*found, *former)}], [row["id"] for row in threads]
