"""The second factor: how it is set up, asked for, and ended."""

from datetime import datetime
from functools import partial
from uuid import UUID

import orjson
import structlog
from starlette.responses import Response

from looplane.kit.context import Context
from looplane.kit.database import Connection, Row
from looplane.kit.errors import Conflict, SecondFactorRequired, ValidationFailed
from looplane.kit.keys import digest
from looplane.kit.one_time_codes import (
    code_uri,
    new_code_secret,
    new_recovery_code,
    plain_recovery_code,
    step_of,
)
from looplane.kit.responses import Answer
from looplane.kit.secrets import CannotOpenError, Secrets
from looplane.kit.writes import Write
from looplane.sessions.attempts.commands import forget_attempts, of_code, take_attempt
from looplane.sessions.credentials.commands import prove_password
from looplane.sessions.second_factor import rules, sql
from looplane.sessions.second_factor.schemas import (
    SecondFactorConfirm,
    SecondFactorEnd,
    SecondFactorStart,
)

Whose = tuple[UUID, UUID]

_log = structlog.get_logger("looplane.sessions")


async def start_second_factor(write: Write, body: SecondFactorStart) -> Response:
    """Makes a secret for an app, which counts once a code of it came.

    Raises ValidationFailed, RateLimited, and Conflict where there is one already.
    """
    write.context.raise_faults()
    member = await prove_password(write, body.password)
    return await write(partial(_start, secrets=write.state.secrets, email=member["email"]))


async def _start(con: Connection, context: Context, *, secrets: Secrets, email: str) -> Answer:
    whose, secret = _whose(context), new_code_secret()
    sealed = secrets.seal(secret.encode(), _place(whose))
    if not await con.fetchval(sql.SET_PENDING, *whose, sealed, context.clock()):
        msg = "There is a second factor already; end that one first."
        raise Conflict(msg)
    return _shown_once(secret=secret, uri=code_uri(secret, email, rules.ISSUER))


async def confirm_second_factor(write: Write, body: SecondFactorConfirm) -> Response:
    """Turns the second factor on, by a first code of it; answers the codes for recovery, once.

    Raises ValidationFailed, RateLimited, and Conflict where none was started.
    """
    write.context.raise_faults()
    await _take_attempt(write)
    return await write(partial(_confirm, secrets=write.state.secrets, code=body.code))


async def _confirm(con: Connection, context: Context, *, secrets: Secrets, code: str) -> Answer:
    whose, now = _whose(context), context.clock()
    codes = [new_recovery_code() for _ in range(rules.CODES)]
    async with con.transaction():
        row = await con.fetchrow(sql.HOLD, *whose)
        if row is None or row["totp_pending"] is None:
            msg = "No second factor was started; start one first."
            raise Conflict(msg)
        step = _step(secrets, whose, row["totp_pending"], rules.code_of_app(code) or "", now)
        if step is None:
            raise ValidationFailed(["code: is not the one that the app shows now"])
        await con.execute(sql.CONFIRM, *whose, step, now)
        await con.execute(sql.DELETE_CODES, *whose)
        await con.execute(sql.INSERT_CODES, *whose, [digest(each) for each in codes], now)
        await forget_attempts(con, of_code(whose[1]))
    _log.info("second factor on", workspace=str(whose[0]), member=str(whose[1]))
    return _shown_once(recovery_codes=codes)


async def end_second_factor(write: Write, body: SecondFactorEnd) -> Response:
    """Turns the second factor off. Raises ValidationFailed, RateLimited, Conflict."""
    write.context.raise_faults()
    await prove_password(write, body.password)
    await _take_attempt(write)
    return await write(partial(_end, secrets=write.state.secrets, code=body.code))


async def _end(con: Connection, context: Context, *, secrets: Secrets, code: str) -> Answer:
    whose, now = _whose(context), context.clock()
    async with con.transaction():
        row = await con.fetchrow(sql.HOLD, *whose)
        if row is None or row["totp_secret"] is None:
            msg = "There is no second factor."
            raise Conflict(msg)
        if not await _use_code(con, secrets, whose, row, code, now):
            raise ValidationFailed(["code: is wrong, or was used already"])
        await remove_second_factor(con, whose, now)
        await forget_attempts(con, of_code(whose[1]))
    _log.info("second factor off", workspace=str(whose[0]), member=str(whose[1]))
    return Answer(orjson.dumps({"id": str(context.member_id), "deleted": True}).decode())


async def remove_second_factor(con: Connection, whose: Whose, now: datetime) -> None:
    """Takes the second factor of a member away, with its codes for recovery."""
    await con.execute(sql.REMOVE, *whose, now)
    await con.execute(sql.DELETE_CODES, *whose)


async def require_code(
    con: Connection, secrets: Secrets, whose: Whose, code: str | None, now: datetime
) -> None:
    """Uses up the code of a member who has a second factor, in the transaction of signing in.

    Raises SecondFactorRequired without one, and for one that is wrong or was used.
    """
    row = await con.fetchrow(sql.HOLD, *whose)
    if row is None or row["totp_secret"] is None:
        return
    if code is None:
        msg = "Send a code of the second factor too."
        raise SecondFactorRequired(msg)
    if not await _use_code(con, secrets, whose, row, code, now):
        _log.info("sign-in refused", member=str(whose[1]), reason="code")
        msg = "This code is wrong, or was used already; wait for the next one."
        raise SecondFactorRequired(msg)


async def _use_code(  # noqa: PLR0913  # a code, whose, and by what it is known
    con: Connection, secrets: Secrets, whose: Whose, row: Row, code: str, now: datetime
) -> bool:
    """Whether a code is right; then it is no longer. The row of credentials is held."""
    if (digits := rules.code_of_app(code)) is None:
        hashed = digest(plain_recovery_code(code))
        return await con.fetchval(sql.USE_CODE, *whose, hashed, now) is not None
    step = _step(secrets, whose, row["totp_secret"], digits, now)
    if step is None or step <= (row["totp_last_step"] or 0):
        return False
    await con.execute(sql.USE_STEP, *whose, step, now)
    return True


def _step(secrets: Secrets, whose: Whose, sealed: bytes, digits: str, now: datetime) -> int | None:
    """The step of time whose code this is; None for a wrong one."""
    try:
        secret = secrets.open(sealed, _place(whose)).decode()
    except CannotOpenError:
        # It cannot be helped here, and the codes for recovery are no matter of the key.
        _log.warning("a second factor was sealed with another key", member=str(whose[1]))
        return None
    return step_of(secret, digits, now)


async def _take_attempt(write: Write) -> None:
    account = of_code(_whose(write.context)[1])
    await take_attempt(write.database, account, write.context.clock())


def _whose(context: Context) -> Whose:
    assert context.member_id is not None, "a session has a member"
    return context.workspace_id, context.member_id


def _place(whose: Whose) -> str:
    return f"totp {whose[0]} {whose[1]}"


def _shown_once(**secrets: object) -> Answer:
    """An answer with what is kept nowhere, and with null for it where that is rehearsed."""
    kept = orjson.dumps(dict.fromkeys(secrets)).decode()
    return Answer(kept, shown_once=orjson.dumps(secrets).decode())
