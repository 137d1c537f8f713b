"""What can be done with mailboxes."""

import asyncio
from collections.abc import Mapping
from contextlib import suppress
from datetime import datetime
from typing import Any
from uuid import UUID

import orjson
from starlette.responses import Response

from looplane import changes
from looplane.events import Event, Values, as_write
from looplane.kit.clock import later_than
from looplane.kit.context import Context
from looplane.kit.database import Connection, Row
from looplane.kit.ids import new_id
from looplane.kit.mail import Mail, MailPerson, ascii_address, to_bytes
from looplane.kit.responses import Answer, or_404
from looplane.kit.secrets import CannotOpenError, Secrets
from looplane.kit.smtp import Envelope, SmtpFault, SmtpServer
from looplane.kit.smtp_connections import SmtpConnections
from looplane.kit.writes import Write
from looplane.mailboxes import rules, sql
from looplane.mailboxes.schemas import MailboxCreate, MailboxPatch, MailboxTest
from looplane.mailboxes.sql import MAILBOX

_TEST_SECONDS = 10.0
_OF_SERVER = ("smtp_host", "smtp_port", "security", "username", "password")


async def create_mailbox(
    con: Connection, context: Context, secrets: Secrets, body: MailboxCreate
) -> Answer:
    """Sets a mailbox up. Raises ValidationFailed, Conflict for an address that has one."""
    values = {**dict.fromkeys(MAILBOX.columns), **body.model_dump(), "status": "active"}
    faults = _login_faults(values)
    values["password"] = _sealed(secrets, context, values["password"])
    values["made_default_at"] = context.clock() if values.get("is_default") else None
    return await changes.create(con, context, MAILBOX, values, faults=faults)


async def update_mailbox(
    con: Connection, context: Context, secrets: Secrets, id: UUID, patch: MailboxPatch
) -> Answer:
    """Changes a mailbox; mail that waits leaves by what it is then.

    Raises NotFound, PreconditionFailed, ValidationFailed, Conflict.
    """
    sent = patch.model_dump(exclude_unset=True)
    chosen = sent.pop("is_default", None)
    decision = changes.Decision(
        columns=lambda row: {
            **_with_more(row, {**sent, **_password(secrets, context, row, sent)}),
            **({"made_default_at": context.clock()} if chosen and not row["is_default"] else {}),
        },
        faults=lambda row: [
            *_login_faults({"username": row["username"], **sent}),
            *_default_faults(chosen),
        ],
        more_events=lambda row: _events_of(row, sent),
        find=sql.FIND,
    )
    return await changes.update(con, context, MAILBOX, id, sent, decision)


def _password(secrets: Secrets, context: Context, row: Row, sent: Values) -> dict[str, object]:
    """A password that was sent, sealed; the same one stays as it is. It goes with its user."""
    if "username" in sent and sent["username"] is None:
        return {"password": None}
    if "password" not in sent:
        return {}
    password, kept = sent["password"], row["password"]
    if password is not None and kept is not None:
        place = rules.password_place(context.workspace_id)
        with suppress(CannotOpenError):
            sealed = bytes.fromhex(kept.removeprefix(rules.HEX))
            if secrets.open(sealed, place) == str(password).encode():
                return {"password": kept}
    return {"password": _sealed(secrets, context, None if password is None else str(password))}


def _with_more(row: Row, changed: Values) -> Values:
    """What changes, and what that sets off: another server is not the one that was down."""
    more: dict[str, object] = {}
    if "status" in changed and changed["status"] != row["status"]:
        is_paused = changed["status"] == "paused"
        more |= {"status_reason": rules.PAUSED_BY_HAND if is_paused else None, "paused_until": None}
    if any(name in changed and changed[name] != row[name] for name in _OF_SERVER):
        more |= {"down_since": None, "down_reason": None}
    return {**changed, **more}


def _events_of(row: Row, sent: Values) -> list[str]:
    is_paused = sent.get("status") == "paused" and row["status"] != "paused"
    return [MAILBOX.event_type("paused")] if is_paused else []


def _login_faults(values: Mapping[str, Any]) -> list[str]:
    if values.get("password") is not None and values.get("username") is None:
        return ["password: goes only with a username"]
    return []


def _default_faults(chosen: object) -> list[str]:
    if chosen is False:
        return ["is_default: make another mailbox the default one instead"]
    return []


def _sealed(secrets: Secrets, context: Context, password: str | None) -> str | None:
    """A password as its column takes it."""
    if password is None:
        return None
    place = rules.password_place(context.workspace_id)
    return rules.HEX + secrets.seal(password.encode(), place).hex()


def server_of(secrets: Secrets, workspace_id: UUID, mailbox: Mapping[str, Any]) -> SmtpServer:
    """Where a mailbox hands its mail over. Raises CannotOpenError."""
    password = None
    if mailbox["password"] is not None:
        sealed = mailbox["password"]
        password = secrets.open(sealed, rules.password_place(workspace_id)).decode()
    return SmtpServer(
        mailbox["smtp_host"],
        mailbox["smtp_port"],
        mailbox["security"],
        mailbox["username"],
        password,
    )


async def test_mailbox(write: Write, id: UUID, body: MailboxTest) -> Response:
    """Connects, signs in and, if it is asked to, mails; says what is wrong where that fails.

    It holds no connection to the database meanwhile. Raises ValidationFailed, NotFound,
    PreconditionFailed, Unprocessable.
    """
    context = write.context
    context.raise_faults()
    async with write.database.reading() as con:
        found = await con.fetchrow(sql.FIND_SERVER, context.workspace_id, id)
    mailbox = dict(or_404(found, MAILBOX.noun))
    context.precondition.check(mailbox["version"])
    if (stored := await write.stored_answer()) is not None:
        return stored
    to = None if write.dry_run else body.to
    fault = await _fault_of(write, mailbox, to)
    said = {
        "ok": fault is None,
        "step": fault and fault.step,
        "message": str(fault) if fault else rules.test_result(to),
        "sent_to": None if fault else to,
    }
    return await write(_as_answer, orjson.dumps(said).decode())


async def _as_answer(_con: Connection, _context: Context, body: str) -> Answer:
    return Answer(body)


async def _fault_of(write: Write, mailbox: Mapping[str, Any], to: str | None) -> SmtpFault | None:
    connections: SmtpConnections = write.state.smtp
    try:
        server = server_of(write.state.secrets, write.context.workspace_id, mailbox)
        async with asyncio.timeout(_TEST_SECONDS):
            if to is None:
                await connections.try_out(server)
            else:
                envelope = Envelope(ascii_address(mailbox["address"]), [ascii_address(to)])
                mail = to_bytes(_test_mail(write, mailbox, to), is_utf8=envelope.is_utf8)
                await connections.send_alone(server, envelope, mail)
    except SmtpFault as fault:
        return fault
    except CannotOpenError:
        msg = "The password was kept with another LOOPLANE_SECRET_KEY: enter it anew."
        return SmtpFault(msg, "authenticate")
    except TimeoutError:
        msg = "The server did not answer in time."
        return SmtpFault(msg, "connect")
    return None


def _test_mail(write: Write, mailbox: Mapping[str, Any], to: str) -> Mail:
    context, address = write.context, str(mailbox["address"])
    text, html = rules.test_words(str(mailbox["name"]))
    return Mail(
        rules.message_id(write.state.secrets, context.workspace_id, new_id(), address),
        MailPerson(address, str(mailbox["name"])),
        [MailPerson(to)],
        rules.TEST_SUBJECT,
        text,
        html,
        context.clock(),
        headers={"Auto-Submitted": "auto-generated"},
    )


async def record_change(  # noqa: PLR0913  # what changes, and of what it tells
    con: Connection,
    context: Context,
    mailbox: Mapping[str, Any],
    after: Mapping[str, Any],
    verb: str,
    now: datetime,
) -> bool:
    """Changes a mailbox as mail leaves by it, with one event; False where it moved meanwhile."""
    id = mailbox["id"]
    events = [Event(MAILBOX.event_type(verb), id, {name: mailbox[name] for name in after}, after)]
    write = as_write(context, later_than(mailbox["updated_at"], lambda: now), events)
    args = (mailbox["version"], dict(after), write)
    written = await con.fetchrow(MAILBOX.update, context.workspace_id, id, *args)
    return written is not None
