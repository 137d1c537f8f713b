"""Signing in with a password, and setting one."""

from datetime import datetime
from functools import partial
from uuid import UUID

import structlog
from starlette.responses import Response

from looplane.kit.context import Context
from looplane.kit.database import Connection, Row
from looplane.kit.errors import Conflict, ValidationFailed
from looplane.kit.responses import Answer, or_404
from looplane.kit.writes import Write
from looplane.sessions.attempts.commands import forget_attempts, of_own_password, take_attempt
from looplane.sessions.commands import end_others, ending, get_session
from looplane.sessions.credentials import rules, sql
from looplane.sessions.credentials.schemas import PasswordChange

_log = structlog.get_logger("looplane.sessions")


async def put_password(
    con: Connection, whose: tuple[UUID, UUID], hashed: str, now: datetime
) -> None:
    """Stores the hash of a member's password, whatever was there."""
    await con.execute(sql.PUT, *whose, hashed, now)


async def set_password(write: Write, body: PasswordChange) -> Response:
    """Gives the member who calls another password, and ends their other sessions.

    Raises ValidationFailed, RateLimited, and Conflict where another one was set meanwhile.
    """
    write.context.raise_faults()
    own = await _find_own(write)
    faults = rules.password_faults("new_password", body.new_password, own["email"])
    faults += await _former_faults(write, own, body.current_password)
    write.context.raise_faults(faults)
    hashed = await write.state.passwords.hash(body.new_password)
    return await ending(write, partial(_set, hashed=hashed, former=own["password_hash"]))


async def _former_faults(write: Write, own: Row, sent: str | None) -> list[str]:
    """What is wrong with the password that a change says is the present one."""
    present = own["password_hash"]
    if sent is None:
        is_free = present is None or rules.is_fresh_from_link(own, write.context.clock())
        return [] if is_free else ["current_password: is required, as one is set"]
    if await _is_right(write, present, sent):
        return []
    return ["current_password: is not the present one"]


async def _set(
    con: Connection, context: Context, ended: list[bytes], *, hashed: str, former: str | None
) -> Answer:
    whose = (context.workspace_id, context.member_id)
    async with con.transaction():
        if not await con.fetchval(sql.PUT_IN_PLACE, *whose, hashed, context.clock(), former):
            msg = "The password was changed meanwhile."
            raise Conflict(msg)
        ended[:] = await end_others(con, context)
        _log.info("password set", workspace=str(whose[0]), member=str(whose[1]))
        return await get_session(con, context)


async def prove_password(write: Write, password: str) -> Row:
    """Looks whether this is the password of the member who calls; what is known of them.

    Raises ValidationFailed where it is not, Conflict where they have none, RateLimited.
    """
    own = await _find_own(write)
    if own["password_hash"] is None:
        msg = "Set a password first."
        raise Conflict(msg)
    if not await _is_right(write, own["password_hash"], password):
        raise ValidationFailed(["password: is not the present one"])
    return own


async def _find_own(write: Write) -> Row:
    principal = write.context.principal
    async with write.database.reading() as con:
        row = await con.fetchrow(sql.FIND_OWN, principal.workspace_id, principal.session_id)
    return or_404(row, "session")


async def _is_right(write: Write, hashed: str | None, password: str) -> bool:
    """Whether it is; each try counts, since a session may be in the hands of somebody else."""
    member_id = write.context.member_id
    assert member_id is not None, "a session has a member"
    account = of_own_password(member_id)
    await take_attempt(write.database, account, write.context.clock())
    if not await write.state.passwords.verify(hashed, password):
        _log.info("password refused", member=str(member_id))
        return False
    async with write.database.writing() as con:
        await forget_attempts(con, account)
    return True
