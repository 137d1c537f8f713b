"""What mails say, by the kinds of what is delivered: all of a kind at once."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from looplane.delivery.email import rules
from looplane.delivery.email.drafts import sql
from looplane.delivery.email.drafts.broadcasts.commands import draft_broadcasts
from looplane.delivery.email.files.sql import FIND_SIZES
from looplane.delivery.email.schemas import Draft, Drafted, DraftFile, FindNotices
from looplane.delivery.schemas import Attempted, DueDelivery
from looplane.kit.context import Context
from looplane.kit.database import Connection, Row
from looplane.kit.errors import ApiError
from looplane.kit.mail import MESSAGE_ID, MailPerson
from looplane.kit.secrets import Secrets
from looplane.members.invites.commands import issue_invite_token
from looplane.sessions.links.commands import issue_mailed_link
from looplane.sessions.links.rules import link_address

_AUTOMATIC = {"Auto-Submitted": "auto-generated"}


@dataclass(frozen=True, slots=True)
class Drafting:
    """What all drafts of a workspace are made with; `site` is our address in a browser."""

    con: Connection
    context: Context
    workspace: str
    site: str
    secrets: Secrets
    find_notices: FindNotices


async def draft_all(drafting: Drafting, deliveries: Sequence[DueDelivery]) -> Drafted:
    """The mails of deliveries of one workspace; what is gone is missing."""
    drafted: dict[UUID, Draft | Attempted] = {}
    for kind, draft in _OF_KINDS.items():
        if some := [each for each in deliveries if each.kind == kind]:
            drafted |= await draft(drafting, some)
    return drafted


async def _draft_messages(drafting: Drafting, some: Sequence[DueDelivery]) -> Drafted:
    args = (drafting.context.workspace_id, [each.subject_id for each in some])
    messages = {row["id"]: row for row in await drafting.con.fetch(sql.FIND_MESSAGES, *args)}
    sizes = {row["id"]: row["size"] for row in await drafting.con.fetch(FIND_SIZES, *args)}
    return {
        each.id: _of_message(each, messages[each.subject_id], sizes)
        for each in some
        if each.subject_id in messages
    }


def _of_message(delivery: DueDelivery, message: Row, sizes: Mapping[UUID, int]) -> Draft:
    earlier = [each for each in message["earlier"] if MESSAGE_ID.fullmatch(each)]
    to: Mapping[str, str] = next(iter(message["to"]), {})
    return Draft(
        rules.message_words(message["subject"], message["text"], message["html"]),
        MailPerson(delivery.target, to.get("name", "")),
        cc=_people(message["cc"]),
        bcc=_people(message["bcc"]),
        sender_name=(message["from"] or {}).get("name") or None,
        asked_senders=[each["email"] for each in message["reached"] or ()],
        message_id=message["external_id"],
        references=earlier[::-1],
        in_reply_to=earlier[0] if earlier else None,
        files=[_file(each, sizes) for each in message["attachments"]],
    )


def _people(shown: Sequence[Mapping[str, Any]]) -> list[MailPerson]:
    return [MailPerson(each["email"], each.get("name", "")) for each in shown]


def _file(shown: Mapping[str, Any], sizes: Mapping[UUID, int]) -> DraftFile:
    id, content_id = UUID(shown["id"]), shown.get("ContentID") or None
    return DraftFile(id, shown["Name"], shown["ContentType"], sizes.get(id, 0), content_id)


async def _draft_invites(drafting: Drafting, some: Sequence[DueDelivery]) -> Drafted:
    ids = [each.subject_id for each in some]
    rows = await drafting.con.fetch(sql.FIND_INVITES, drafting.context.workspace_id, ids)
    invites = {row["id"]: row for row in rows}

    async def draft(delivery: DueDelivery) -> Draft:
        invite = invites[delivery.subject_id]
        token = await issue_invite_token(drafting.con, drafting.context, invite["id"])
        link = link_address(drafting.site, "invite", token)
        words = rules.invite_words(drafting.workspace, dict(invite), link)
        to = MailPerson(delivery.target, invite["name"])
        return Draft(words, to, headers=_AUTOMATIC, link=link)

    return await _each(draft, [each for each in some if each.subject_id in invites])


async def _draft_links(drafting: Drafting, some: Sequence[DueDelivery]) -> Drafted:
    context, ids = drafting.context, [each.subject_id for each in some]
    rows = await drafting.con.fetch(sql.FIND_MEMBERS, context.workspace_id, ids)
    members = {row["id"]: row for row in rows}

    async def draft(delivery: DueDelivery) -> Draft:
        member = members[delivery.subject_id]
        args = (context.workspace_id, member["id"], context.clock())
        token = await issue_mailed_link(drafting.con, *args)
        link = link_address(drafting.site, "sign_in", token)
        words = rules.sign_in_words(drafting.workspace, member["name"] or "", link)
        to = MailPerson(delivery.target, member["name"] or "")
        return Draft(words, to, headers=_AUTOMATIC, link=link)

    return await _each(draft, [each for each in some if each.subject_id in members])


async def _each(
    draft: Callable[[DueDelivery], Awaitable[Draft]], some: Sequence[DueDelivery]
) -> Drafted:
    """A draft for each; one that there is nothing to mail for any more says why that is."""
    drafted: dict[UUID, Draft | Attempted] = {}
    for each in some:
        try:
            drafted[each.id] = await draft(each)
        except ApiError as error:
            drafted[each.id] = Attempted("canceled", error.message)
    return drafted


async def _draft_notices(drafting: Drafting, some: Sequence[DueDelivery]) -> Drafted:
    notices = await drafting.find_notices(drafting.con, some)
    settings_link = f"{drafting.site}/settings"
    return {
        each.id: Draft(
            rules.notice_words(drafting.workspace, notices[each.id], settings_link),
            MailPerson(each.target),
            headers=_AUTOMATIC,
            is_notice=True,
        )
        for each in some
        if each.id in notices
    }


async def _draft_broadcasts(drafting: Drafting, some: Sequence[DueDelivery]) -> Drafted:
    con, context = drafting.con, drafting.context
    return await draft_broadcasts(
        con, context, drafting.workspace, drafting.site, drafting.secrets, some
    )


_OF_KINDS: Mapping[str, Callable[[Drafting, Sequence[DueDelivery]], Awaitable[Drafted]]] = {
    "message": _draft_messages,
    "invite": _draft_invites,
    "sign_in_link": _draft_links,
    "notice": _draft_notices,
    "broadcast": _draft_broadcasts,
}
