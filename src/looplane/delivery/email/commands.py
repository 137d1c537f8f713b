"""Mail as a channel: by the mailboxes of a workspace, or caught where there is none."""

import asyncio
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import structlog

from looplane.caught_mail.commands import NewCaughtMail, catch
from looplane.caught_mail.rules import DAYS as CAUGHT_MAIL_DAYS
from looplane.delivery.email import rules, sql
from looplane.delivery.email.drafts.commands import Drafting, draft_all
from looplane.delivery.email.drafts.sql import FIND_WORKSPACE
from looplane.delivery.email.limits import sql as limits_sql
from looplane.delivery.email.limits.commands import Mailboxes, postponed, reserve, resume
from looplane.delivery.email.limits.rules import Wanted, is_exempt
from looplane.delivery.email.schemas import Draft, FindNotices, Mailbox, Notice, Outgoing
from looplane.delivery.schemas import Attempted, DueDelivery
from looplane.kit.clock import Clock, iso
from looplane.kit.context import Context
from looplane.kit.database import Connection, Database
from looplane.kit.mail import MailPerson, spelled_address, to_bytes
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
    find_notices: FindNotices = no_notices


class EmailChannel:
    """Mails deliveries, or keeps them for the team to look at."""

    name = "email"
    most_at_once = 4
    seconds = 30.0

    def __init__(self, setup: MailSetup) -> None:
        self._setup = setup

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
            source = await asyncio.to_thread(to_bytes, loaded.mail, is_utf8=envelope.is_utf8)
            accepted = await self._setup.connections.send(mailbox.server, envelope, source)
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
        bounced = await _find_bounced(con, context, drafts)
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
        key, secrets, sender = context.workspace_id, self._setup.secrets, rules.NO_ONE.email
        names: dict[UUID, str] = {}
        caught, loaded = [], dict[UUID, Any]()
        for each in some:
            draft = drafts[each.id]
            name = draft.message_id or message_id(secrets, key, each.id, sender)
            mail = rules.mail_of(secrets, each, draft, rules.NO_ONE, name)
            people = [draft.to, *draft.cc, *draft.bcc]
            try:
                source = await asyncio.to_thread(to_bytes, mail, is_utf8=rules.is_utf8(people))
            except ValueError as error:
                loaded[each.id] = rules.not_written(error)
                continue
            names[each.id] = name
            what = (sender, [person.email for person in people], draft.words.subject)
            caught.append(NewCaughtMail(each.id, each.kind, *what, source))
            loaded[each.id] = Attempted("delivered", answer={"caught": True})
            self._tell(each, draft)
        if caught:
            days = self._setup.keep_caught_mail_days
            await catch(con, key, context.clock(), caught, days)
            await _name(con, context, [each for each in some if each.id in names], names)
        return loaded

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
        await _name(con, context, leaving, reserved.message_ids)
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
        return Outgoing(by, mail, rules.others_of(draft))

    async def _mark(self, workspace_id: UUID, mailbox_id: UUID, reason: str | None) -> None:
        """Says of a mailbox, once, that its server cannot be used, or can again."""
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


async def _find_bounced(
    con: Connection, context: Context, drafts: Mapping[UUID, Draft]
) -> dict[UUID, Attempted]:
    """Notices to addresses that mail came back from: nobody is bothered there again.

    What a person writes is tried all the same.
    """
    addresses = {
        id: spelled_address(each.to.email) for id, each in drafts.items() if each.is_notice
    }
    if not addresses:
        return {}
    args = (context.workspace_id, list(addresses.values()))
    found = {r["address"]: r["reason"] for r in await con.fetch(limits_sql.FIND_BOUNCED, *args)}
    return {
        id: Attempted("refused", f"Mail to this address came back before: {found[address]}")
        for id, address in addresses.items()
        if address in found
    }


async def _name(
    con: Connection,
    context: Context,
    some: Sequence[DueDelivery],
    names: Mapping[UUID, str | None],
) -> None:
    """Keeps with messages what their mails are called, so that answers find their threads."""
    messages = [each for each in some if each.kind == "message"]
    if messages:
        ids = [each.subject_id for each in messages]
        named = [names[each.id] for each in messages]
        await con.execute(limits_sql.NAME_MESSAGES, context.workspace_id, ids, named)
