"""Mails of a broadcast: first a delivery for each who has subscribed, then the mail of each."""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any
from uuid import UUID

from looplane.broadcasts.rules import TARGETS
from looplane.delivery.email import rules
from looplane.delivery.email.drafts import sql
from looplane.delivery.email.schemas import Draft, Drafted
from looplane.delivery.schemas import Attempted, DueDelivery
from looplane.kit.context import Context
from looplane.kit.database import Connection
from looplane.kit.ids import new_id
from looplane.kit.mail import MailPerson
from looplane.kit.secrets import Secrets
from looplane.mailboxes.rules import unsubscribe_token

# So many mails wait for the server while some of a broadcast are still to be planned: an answer to
# a customer waits behind no more of them.
_AHEAD = 40
_TICK = timedelta(seconds=1)
_SUBSCRIBERS = TARGETS["email"]


async def draft_broadcasts(  # noqa: PLR0913  # what all drafts are made with
    con: Connection,
    context: Context,
    workspace: str,
    site: str,
    secrets: Secrets,
    some: Sequence[DueDelivery],
) -> Drafted:
    """The mails of those who are still subscribed; the rest is canceled."""
    drafted: dict[UUID, Draft | Attempted] = {}
    mails = [each for each in some if each.target != _SUBSCRIBERS]
    for parent in (each for each in some if each.target == _SUBSCRIBERS):
        drafted[parent.id] = await _spread(con, context, parent)
    if mails:
        drafted |= await _draft_mails(con, context, workspace, site, secrets, mails)
    return drafted


async def _draft_mails(  # noqa: PLR0913  # as above
    con: Connection,
    context: Context,
    workspace: str,
    site: str,
    secrets: Secrets,
    mails: Sequence[DueDelivery],
) -> Drafted:
    key, drafted = context.workspace_id, dict[UUID, Draft | Attempted]()
    ids, addresses = {each.subject_id for each in mails}, [each.target.lower() for each in mails]
    broadcasts = {row["id"]: row for row in await con.fetch(sql.FIND_BROADCASTS, key, list(ids))}
    found = await con.fetch(sql.FIND_SUBSCRIBERS, key, addresses)
    contacts = {row["address"]: row for row in found}
    for each in mails:
        broadcast, contact = broadcasts.get(each.subject_id), contacts.get(each.target.lower())
        if broadcast is None or not broadcast["is_shown"]:
            drafted[each.id] = Attempted("canceled", "The changelog is not published any more.")
        elif contact is None:
            drafted[each.id] = Attempted("canceled", "They have unsubscribed meanwhile.")
        else:
            link = f"{site}/unsubscribe/{unsubscribe_token(secrets, key, contact['id'])}"
            to = MailPerson(each.target, contact["name"])
            drafted[each.id] = _draft(workspace, dict(broadcast), to, link)
    return drafted


def _draft(workspace: str, broadcast: Mapping[str, Any], to: MailPerson, link: str) -> Draft:
    return Draft(
        rules.broadcast_words(workspace, broadcast, link),
        to,
        sender_name=broadcast["sender_name"],
        asked_senders=[broadcast["from_email"]] if broadcast["from_email"] else [],
        headers={
            "List-Unsubscribe": f"<{link}>",
            "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
            "Precedence": "bulk",
        },
        is_notice=True,
    )


async def _spread(con: Connection, context: Context, parent: DueDelivery) -> Attempted:
    """Plans a delivery for some more of the subscribers; it goes on as these leave."""
    key = (parent.workspace_id, parent.id)
    room = _AHEAD - await con.fetchval(sql.COUNT_WAITING, *key, context.clock(), _AHEAD)
    ids = [new_id() for _ in range(room)]
    if ids and await con.fetchval(sql.INSERT_RECIPIENTS, *key, ids, context.clock()) < room:
        return Attempted("delivered", answer={"planned_for": "all who have subscribed"})
    return Attempted("failed", "The others follow as these leave.", _TICK, is_postponed=True)
