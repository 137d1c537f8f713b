"""How somebody signs in: with a password, by a link, or by an invite."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from uuid import UUID

import orjson
import structlog
from starlette.responses import Response

from looplane.kit.context import Context
from looplane.kit.database import Connection, Row
from looplane.kit.errors import SecondFactorRequired, Unauthenticated
from looplane.kit.principal import Principal
from looplane.kit.responses import Answer, or_404
from looplane.kit.visits import Visit
from looplane.members.invites.commands import accept_invite, find_invite
from looplane.members.profile.commands import update_own
from looplane.members.sql import FIND_BY_EMAIL
from looplane.sessions.attempts.commands import (
    forget_attempts,
    of_code,
    of_password,
    take_attempt,
)
from looplane.sessions.commands import enter, open_session
from looplane.sessions.credentials.commands import put_password
from looplane.sessions.credentials.rules import password_faults
from looplane.sessions.links.commands import find_link, make_link, use_link
from looplane.sessions.rules import named_workspace
from looplane.sessions.second_factor.commands import remove_second_factor, require_code
from looplane.sessions.sign_in import rules, sql
from looplane.sessions.sign_in.schemas import SignIn, SignInByInvite, SignInByLink

_log = structlog.get_logger("looplane.sessions")


async def sign_in(visit: Visit, body: SignIn) -> Response:
    """Signs in with an address and a password, and with a code where there is a second factor.

    Whoever cannot is told so in the same words, after the same time but where several workspaces
    know the address. Raises Unauthenticated, SecondFactorRequired, RateLimited.
    """
    visit.raise_faults()
    await take_attempt(visit.database, of_password(body.email), visit.clock())
    async with visit.database.reading() as con:
        rows = await con.fetch(sql.FIND_MEMBERS, body.email, named_workspace(body.workspace_id))
    found, *others = await _find_right(visit, rows, body.password)
    renewed = await visit.state.passwords.renewed(found["password_hash"], body.password)
    return await enter(visit, _open, body, found, renewed, others)


async def _find_right(visit: Visit, rows: Sequence[Row], password: str) -> list[Row]:
    """The members whose password it is, of those with the address. Raises Unauthenticated.

    An address is not proved where an invite is accepted, so that what is known of it in one
    workspace keeps nobody out of another one, and tells nobody of another one.
    """
    with_password = [each for each in rows if each["password_hash"]]
    verify = visit.state.passwords.verify
    right = [each for each in with_password if await verify(each["password_hash"], password)]
    if right:
        return right
    if not with_password:
        await visit.state.passwords.verify(None, password)  # which takes as long
    reason = "password" if with_password else "no password" if rows else "address"
    member = str(rows[0]["member_id"]) if rows else None
    _log.info("sign-in refused", member=member, reason=reason, address=visit.address)
    raise _wrong()


async def _open(  # noqa: PLR0913  # what was found before
    con: Connection, visit: Visit, body: SignIn, found: Row, renewed: str, others: Sequence[Row]
) -> Answer:
    """Opens the session of who has the password, if that is still the one that was looked at."""
    whose, now = (found["workspace_id"], found["member_id"]), visit.clock()
    async with con.transaction():
        if not await con.fetchval(sql.HOLD_SAME, *whose, found["password_hash"]):
            raise _wrong()
        await require_code(con, visit.state.secrets, whose, body.code, now)
        if renewed != found["password_hash"]:
            await put_password(con, whose, renewed, now)
        await forget_attempts(con, of_password(body.email))
        answer = await open_session(con, visit, *whose, "password")
    open_ones = [each for each in others if not each["is_archived"]]
    names = [
        {"id": str(each["workspace_id"]), "name": each["workspace_name"]} for each in open_ones
    ]
    told = {**orjson.loads(answer.body), "other_workspaces": names}
    return replace(answer, body=orjson.dumps(told).decode())


def _wrong() -> Unauthenticated:
    msg = "The address or the password is wrong, or there is no password: have a link mailed."
    return Unauthenticated(msg)


async def sign_in_by_link(visit: Visit, body: SignInByLink) -> Response:
    """Signs in who has the token of a link, once; at the first run they say who they are.

    Raises Unauthenticated, SecondFactorRequired, ValidationFailed, RateLimited, and Conflict for an
    address that another member has.
    """
    visit.raise_faults()
    async with visit.database.reading() as con:
        link = await find_link(con, body.token, visit.clock())
    if link is None:
        raise _unknown()
    visit.raise_faults(rules.link_faults(body, link["purpose"], link["email"]))
    if link["has_second_factor"]:
        await _take_code(visit, link["member_id"], body.code)
    password = body.password and await visit.state.passwords.hash(body.password)
    return await enter(visit, _open_by_link, body, password)


async def _take_code(visit: Visit, member_id: UUID, code: str | None) -> None:
    """Counts a try of a code, which the link outlasts where it is wrong."""
    if code is None:
        msg = "Send a code of the second factor too."
        raise SecondFactorRequired(msg)
    await take_attempt(visit.database, of_code(member_id), visit.clock())


async def _open_by_link(
    con: Connection, visit: Visit, body: SignInByLink, password: str | None
) -> Answer:
    async with con.transaction():
        link = await use_link(con, body.token, visit.clock())
        if link is None:
            raise _unknown()
        whose = (link["workspace_id"], link["member_id"])
        await require_code(con, visit.state.secrets, whose, body.code, visit.clock())
        sent = {"name": body.name, "email": body.email}
        changed = {name: value for name, value in sent.items() if value is not None}
        events = await _introduce(con, visit, whose, changed) if changed else ()
        if password is not None:
            await put_password(con, whose, password, visit.clock())
        await forget_attempts(con, of_code(whose[1]))
        return replace(await open_session(con, visit, *whose, "link"), events=events)


async def _introduce(
    con: Connection, visit: Visit, whose: tuple[UUID, UUID], changed: dict[str, str]
) -> tuple[str, ...]:
    """Gives a member the name and the address that they say; the events of it."""
    principal = Principal(whose[0], "person", member_id=whose[1])
    return (await update_own(con, Context(principal, visit.clock, visit.cause), changed)).events


def _unknown() -> Unauthenticated:
    msg = "This link is unknown, was used already, or has expired; ask for a new one."
    return Unauthenticated(msg)


async def make_way_back(
    con: Connection, workspace_id: UUID, email: str, now: datetime, *, without_second_factor: bool
) -> str:
    """Makes a link for the member with this address, by the operator; its token.

    Their second factor is taken away where they have lost it. Raises NotFound.
    """
    id = await con.fetchval(FIND_BY_EMAIL, workspace_id, email)
    member_id = or_404(id, f"member with the address {email}")
    async with con.transaction():
        if without_second_factor:
            await remove_second_factor(con, (workspace_id, member_id), now)
        return await make_link(con, workspace_id, member_id, "sign_in", now)


async def sign_in_by_invite(visit: Visit, body: SignInByInvite) -> Response:
    """Makes who has the token of an invite a member with a password, and signs them in.

    Raises NotFound, ValidationFailed, and Conflict for an invite that was accepted or has expired.
    """
    visit.raise_faults()
    async with visit.database.reading() as con:
        invite = await find_invite(con, body.token, visit.clock())
    visit.raise_faults(password_faults("password", body.password, invite["email"]))
    password = await visit.state.passwords.hash(body.password)
    return await enter(visit, _open_by_invite, body, invite["workspace_id"], password)


async def _open_by_invite(
    con: Connection, visit: Visit, body: SignInByInvite, workspace_id: UUID, password: str
) -> Answer:
    async with con.transaction():
        joined = await accept_invite(con, visit.clock, body.token, visit.cause, body.name)
        whose = (workspace_id, UUID(orjson.loads(joined.body)["id"]))
        await put_password(con, whose, password, visit.clock())
        answer = await open_session(con, visit, *whose, "invite")
    return replace(answer, events=joined.events)
