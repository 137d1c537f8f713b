"""Tries to sign in, counted in the database: for all processes, and beyond a restart."""

from datetime import datetime
from uuid import UUID

from looplane.kit.database import Connection, Database
from looplane.sessions.attempts import rules, sql


def of_password(email: str) -> str:
    """What is guessed at by who signs in with an address and a password."""
    return f"password of {email}"


def of_link(email: str, workspace_id: UUID | None) -> str:
    """What is tried by who has links mailed to an address, in the workspace that is named.

    Each is counted by itself, so that nobody uses up the owner's tries where there is no mail.
    """
    return f"link to {email} in {workspace_id}"


def of_own_password(member_id: UUID) -> str:
    """What is guessed at by who has a session of a member already."""
    return f"own password {member_id}"


def of_code(member_id: UUID) -> str:
    """What is guessed at by who has all of a member but their second factor."""
    return f"code {member_id}"


async def take_attempt(database: Database, account: str, now: datetime) -> None:
    """Counts one try, before it is known how it ends. Raises RateLimited.

    It is committed at once, on a connection of its own.
    """
    pauses = (rules.FREE, rules.FIRST_PAUSE, rules.LONGEST_PAUSE)
    async with database.writing() as con:
        if await con.fetchval(sql.TAKE, account, now, now - rules.FORGOTTEN_AFTER, *pauses):
            return
        until = await con.fetchval(sql.FIND_PAUSE, account)
    raise rules.refused(until or now, now)


async def forget_attempts(con: Connection, account: str) -> None:
    """Counts from the beginning again: the last try was right."""
    await con.execute(sql.FORGET, account)


async def sweep_attempts(con: Connection, now: datetime) -> None:
    """Deletes what is forgotten."""
    await con.execute(sql.DELETE_OLD, now - rules.FORGOTTEN_AFTER, now)
