"""Mail as a channel: by the mailboxes of a workspace, or caught where there is none."""

import asyncio
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

import structlog

from looplane.caught_mail.commands import NewCaughtMail, catch, let_go
from looplane.caught_mail.rules import DAYS as CAUGHT_MAIL_DAYS
from looplane.delivery.email import rules, sql
from looplane.delivery.email.drafts.commands import Drafting, draft_all
from looplane.delivery.email.drafts.sql import FIND_WORKSPACE
from looplane.delivery.email.files.commands import GoneError, MailFiles, NoRoomError, read_files
from looplane.delivery.email.limits.commands import (
    Mailboxes,
    find_bounced,
    name_messages,
    postponed,
    reserve,
    resume,
)
from looplane.delivery.email.limits.rules import Wanted, is_exempt
from looplane.delivery.email.schemas import Draft, FindNotices, Mailbox, Notice, Outgoing
from looplane.delivery.schemas import Attempted, DueDelivery
from looplane.kit.clock import Clock, iso
from looplane.kit.context import Context
from looplane.kit.database import Connection, Database
from looplane.kit.mail import MailPerson, to_bytes
from looplane.kit.principal import Principal
from looplane.kit.secrets import CannotOpenError, Secrets
from looplane.kit.smtp import SmtpFault
from looplane.kit.smtp_connections import SmtpConnections
from looplane.mailboxes.commands import record_change, server_of
from looplane.mailboxes.rules import message_id
from looplane.mailboxes.sql import FIND_ALL

_log = structlog.get_logger("looplane.mail")
_RULE = "mail"


async def no_notices(_con: Connection, _deliveries: Sequence[DueDelivery]) -> Mapping[UUID, Notice]:
    """Finds none: nothing tells the team by mail."""
    return {}


@dataclass(frozen=True, slots=True)
class MailSetup:
    """What the channel is set up with; with `is_told` the log says what was caught."""

    database: Database
    clock: Clock
    secrets: Secrets
    connections: SmtpConnections
    site: str
    is_told: bool = True
    keep_caught_mail_days: int = CAUGHT_MAIL_DAYS
    # What of files is held at once, by all channels of a process.
    files: MailFiles | None = None
    find_notices: FindNotices = no_notices


class EmailChannel:
    """Mails deliveries, or keeps them for the team to look at."""

    name = "email"
    most_at_once = 4
    seconds = 30.0

    def __init__(self, setup: MailSetup) -> None:
        self._setup = setup
        self._files = setup.files or MailFiles(setup.database)

    async def load(self, con: Connection, deliveries: Sequence[DueDelivery]) -> Mapping[UUID, Any]:
        """Mails that are ready to leave; what is caught is delivered with that."""
        loaded: dict[UUID, Any] = {}
        by_workspace: dict[UUID, list[DueDelivery]] = defaultdict(list)
        for each in deliveries:
            by_workspace[each.workspace_id].append(each)
        for workspace_id, some in by_workspace.items():
            try:
                async with con.transaction():
                    loaded |= await self._load(con, workspace_id, some)
            except Exception as error:
                if con.is_closed():
                    raise
                # What is wrong in one workspace is no matter of the others.
                _log.exception("mail cannot be made", workspace=str(workspace_id))
                failed = Attempted("failed", f"It could not be made: {type(error).__name__}.")
                loaded |= dict.fromkeys((each.id for each in some), failed)
        return loaded

    async def send(self, delivery: DueDelivery, loaded: Any) -> Attempted:  # noqa: ANN401  # what `load` gave
        """Hands a mail over to the server of its mailbox."""
        assert isinstance(loaded, Outgoing), "what is loaded is a mail"
        request, mailbox = rules.request_of(loaded), loaded.mailbox
        try:
            envelope = rules.envelope_of(loaded, delivery.attempt)
            async with self._files.attached(delivery.workspace_id, loaded) as mail:
                source = await asyncio.to_thread(to_bytes, mail, is_utf8=envelope.is_utf8)
                accepted = await self._setup.connections.send(mailbox.server, envelope, source)
        except NoRoomError:
            return rules.NO_ROOM
        except GoneError:
            return rules.FILE_GONE
        except ValueError as error:
            return rules.not_written(error)
        except SmtpFault as fault:
            if rules.is_down(fault) and not mailbox.is_down:
                await self._mark(delivery.workspace_id, mailbox.id, str(fault))
            return rules.not_taken(fault, request, is_default=mailbox.is_default)
        if mailbox.is_down:
            await self._mark(delivery.workspace_id, mailbox.id, None)
        return rules.taken(accepted, request)

    async def _load(
        self, con: Connection, workspace_id: UUID, some: Sequence[DueDelivery]
    ) -> dict[UUID, Any]:
        context = self._context(workspace_id)
        mailboxes = await self._find_mailboxes(con, context)
        loaded, ready = _held_back(context, mailboxes, some)
        workspace = await con.fetchval(FIND_WORKSPACE, workspace_id)
        setup = self._setup
        drafting = Drafting(con, context, workspace, setup.site, setup.secrets, setup.find_notices)
        drafted = await draft_all(drafting, ready)
        drafts = {id: each for id, each in drafted.items() if isinstance(each, Draft)}
        loaded |= {id: each for id, each in drafted.items() if isinstance(each, Attempted)}
        bounced = await find_bounced(con, context, drafts)
        loaded |= bounced
        of_drafts = [each for each in ready if each.id in drafts and each.id not in bounced]
        if not mailboxes:
            return loaded | await self._catch(con, context, of_drafts, drafts)
        return loaded | await self._hand_over(con, context, mailboxes, of_drafts, drafts)

    def _context(self, workspace_id: UUID) -> Context:
        return Context(Principal(workspace_id, "rule", rule=_RULE), self._setup.clock, _RULE)

    async def _find_mailboxes(self, con: Connection, context: Context) -> Mailboxes:
        """Those of the workspace, after the pauses of some have ended."""
        rows = await con.fetch(FIND_ALL, context.workspace_id)
        resumed = [await resume(con, context, dict(row), context.clock()) for row in rows]
        if any(resumed):
            rows = await con.fetch(FIND_ALL, context.workspace_id)
        return {row["id"]: dict(row) for row in rows}

    async def _catch(
        self,
        con: Connection,
        context: Context,
        some: Sequence[DueDelivery],
        drafts: Mapping[UUID, Draft],
    ) -> dict[UUID, Any]:
        """Keeps mails that nothing is set up to send."""
        loaded: dict[UUID, Any] = {}
        for each in some:
            # One by one: what all of them have in files may be more than there is memory for.
            loaded[each.id] = await self._catch_one(con, context, each, drafts[each.id])
        days = self._setup.keep_caught_mail_days
        await let_go(con, context.workspace_id, context.clock(), days)
        return loaded

    async def _catch_one(
        self, con: Connection, context: Context, delivery: DueDelivery, draft: Draft
    ) -> Attempted:
        key, secrets, sender = context.workspace_id, self._setup.secrets, rules.NO_ONE.email
        name = draft.message_id or message_id(secrets, key, delivery.id, sender)
        mail = rules.mail_of(secrets, delivery, draft, rules.NO_ONE, name)
        people = [draft.to, *draft.cc, *draft.bcc]
        try:
            whole = replace(mail, files=await read_files(con, key, draft.files))
            source = await asyncio.to_thread(to_bytes, whole, is_utf8=rules.is_utf8(people))
        except ValueError as error:
            return rules.not_written(error)
        except GoneError:
            return rules.FILE_GONE
        what = (sender, [person.email for person in people], draft.words.subject)
        caught = NewCaughtMail(delivery.id, delivery.kind, *what, source)
        await catch(con, key, context.clock(), caught)
        await name_messages(con, context, [delivery], {delivery.id: name})
        self._tell(delivery, draft)
        return Attempted("delivered", answer={"caught": True})

    def _tell(self, delivery: DueDelivery, draft: Draft) -> None:
        """So that who has no mail yet can sign in."""
        if self._setup.is_told:
            link = {"link": draft.link} if draft.link else {}
            what = {"kind": delivery.kind, "id": str(delivery.subject_id)}
            subject = draft.words.subject
            _log.info("mail caught", **what, recipient=delivery.target, subject=subject, **link)

    async def _hand_over(
        self,
        con: Connection,
        context: Context,
        mailboxes: Mailboxes,
        some: Sequence[DueDelivery],
        drafts: Mapping[UUID, Draft],
    ) -> dict[UUID, Any]:
        """Mails, each by its mailbox, as far as that is active and within its limits."""
        chosen = {each.id: rules.choose(mailboxes, drafts[each.id]) for each in some}
        loaded: dict[UUID, Any] = {}
        wanted = []
        for each in some:
            mailbox, draft = chosen[each.id], drafts[each.id]
            if mailbox["status"] == "paused" and not is_exempt(each.kind):
                loaded[each.id] = _paused(context, mailbox)
                continue
            made = message_id(
                self._setup.secrets, context.workspace_id, each.id, mailbox["address"]
            )
            name = draft.message_id or made
            what = (each.id, each.kind, mailbox["id"], each.thread_id, name, draft.to.email)
            wanted.append(Wanted(*what))
        reserved = await reserve(con, context, mailboxes, wanted)
        leaving = [each for each in some if each.id in reserved.message_ids]
        await name_messages(con, context, leaving, reserved.message_ids)
        for each in leaving:
            name = reserved.message_ids[each.id]
            loaded[each.id] = self._outgoing(context, each, drafts[each.id], chosen[each.id], name)
        return loaded | dict(reserved.waiting)

    def _outgoing(
        self,
        context: Context,
        delivery: DueDelivery,
        draft: Draft,
        mailbox: Mapping[str, Any],
        name: str,
    ) -> Outgoing | Attempted:
        try:
            server = server_of(self._setup.secrets, context.workspace_id, mailbox)
        except CannotOpenError:
            reason = "The mailbox's password was kept with another key: enter it anew."
            return Attempted("failed", reason, is_target_down=True)
        sender = MailPerson(mailbox["address"], mailbox["name"])
        mail = rules.mail_of(self._setup.secrets, delivery, draft, sender, name)
        is_down = mailbox["down_since"] is not None
        by = Mailbox(mailbox["id"], server, mailbox["is_default"], is_down)
        return Outgoing(by, mail, rules.others_of(draft), draft.files)

    async def _mark(self, workspace_id: UUID, mailbox_id: UUID, reason: str | None) -> None:
        """Says of a mailbox that its server cannot be used, or can again; else the next mail does.

        What has left must not leave once more because this fails.
        """
        try:
            await self._write_mark(workspace_id, mailbox_id, reason)
        except Exception:  # noqa: BLE001  # whatever it is, the mail has left or has not
            _log.exception("what a mail server does is not noted", mailbox=str(mailbox_id))

    async def _write_mark(self, workspace_id: UUID, mailbox_id: UUID, reason: str | None) -> None:
        context = self._context(workspace_id)
        async with self._setup.database.writing() as con, con.transaction():
            mailbox = await con.fetchrow(sql.HOLD_MAILBOX, workspace_id, mailbox_id)
            if mailbox is None or (mailbox["down_since"] is None) == (reason is None):
                return
            now = context.clock()
            after = {"down_since": reason and now, "down_reason": reason}
            verb = "up" if reason is None else "down"
            await record_change(con, context, dict(mailbox), after, verb, now)


def _held_back(
    context: Context, mailboxes: Mailboxes, some: Sequence[DueDelivery]
) -> tuple[dict[UUID, Any], list[DueDelivery]]:
    """What waits whoever it is from, since all mailboxes are paused; and the rest.

    Tokens are made for nothing that does not leave.
    """
    if not mailboxes or any(each["status"] == "active" for each in mailboxes.values()):
        return {}, list(some)
    default = next(each for each in mailboxes.values() if each["is_default"])
    waiting = [each for each in some if not is_exempt(each.kind)]
    held = {each.id: _paused(context, default) for each in waiting}
    return held, [each for each in some if each.id not in held]


def _paused(context: Context, mailbox: Mapping[str, Any]) -> Attempted:
    until = mailbox["paused_until"]
    reason = f"{mailbox['address']} is paused: {mailbox['status_reason']}"
    if until is not None:
        reason += f" It goes on at {iso(until)}."
    return postponed(reason, context.clock(), until)
