"""From content to rows: what was said in threads, to customers and among the team."""

import re
from datetime import datetime, timedelta
from html import unescape

import nh3

from looplane.deliveries.rules import RETRY_AFTER
from looplane.demo.rows import Row, ago, ident, staff
from looplane.demo.schemas import Contact, Content, Member, Message, Thread
from looplane.kit.html import CLEANER_VERSION, clean

# What a message is, by where its thread comes from. Elsewhere the first one is feedback and
# whatever follows goes by e-mail.
_TYPES = {
    "email": "email",
    "slack": "slack",
    "slack_connect": "slack",
    "teams": "chat",
    "live_chat": "live_chat",
    "ai_chat": "live_chat",
}
# Why a delivery failed, as the channel would say it.
_REASON = "The mail server of {domain} did not answer."
_LINE_ENDS = re.compile(r"<br>|</(?:p|li|tr|pre)>")
_BETWEEN_CELLS = re.compile(r"</t[hd]>(?=<t[hd]>)")


def messages(content: Content, now: datetime) -> list[Row]:
    """Rows of `messages`."""
    return [
        _message(content, thread, position, now)
        for thread in content.threads
        for position in range(len(thread.messages))
    ]


def comments(content: Content, now: datetime) -> list[Row]:
    """Rows of `comments`."""
    return [
        {
            "id": ident("comment", f"{thread.slug}/{position}"),
            "thread_id": ident("thread", thread.slug),
            "author_id": ident("member", comment.author),
            "content": clean("".join(comment.html)),
            "html_version": CLEANER_VERSION,
            "created_at": ago(now, hours=comment.age_hours),
            "updated_at": ago(now, hours=comment.age_hours),
        }
        for thread in content.threads
        for position, comment in enumerate(thread.comments)
    ]


def comment_mentions(content: Content, _now: datetime) -> list[Row]:
    """Rows of `comment_mentions`; the names in the text are looked up."""
    return [
        {
            "comment_id": ident("comment", f"{thread.slug}/{position}"),
            "member_id": ident("member", member),
            "is_listed": member in comment.mention_ids,
            "is_written": member in comment.mentions,
        }
        for thread in content.threads
        for position, comment in enumerate(thread.comments)
        for member in dict.fromkeys([*comment.mentions, *comment.mention_ids])
    ]


def message_deliveries(content: Content, now: datetime) -> list[Row]:
    """Rows of `deliveries` for mails of the team."""
    contacts = {contact.slug: contact for contact in content.contacts}
    return [
        {
            "id": ident("delivery", f"{thread.slug}/{position}"),
            "event_id": ident("event", f"message/{thread.slug}/{position}"),
            "kind": "message",
            "target": contacts[thread.contact].email,
            "subject_id": ident("message", f"{thread.slug}/{position}"),
            "thread_id": ident("thread", thread.slug),
            "state": message.delivery,
            **_outcome(message, contacts[thread.contact], ago(now, hours=message.age_hours)),
        }
        for thread in content.threads
        for position, message in enumerate(thread.messages)
        if message.delivery is not None
    ]


def _outcome(message: Message, contact: Contact, created_at: datetime) -> Row:
    if message.delivery == "delivered":
        outcome: Row = {"attempts": 1, "delivered_by": "console", "updated_at": created_at}
    else:
        outcome = {
            "attempts": len(RETRY_AFTER) + 1,
            "reason": _REASON.format(domain=contact.email.partition("@")[2]),
            "updated_at": created_at + sum(RETRY_AFTER, timedelta()),
        }
    return {**outcome, "created_at": created_at}


def _message(content: Content, thread: Thread, position: int, now: datetime) -> Row:
    message = thread.messages[position]
    kind = _TYPES.get(thread.origin, "email" if position else "feedback")
    outbound = message.sender in staff(content)
    html = clean("".join(message.html))
    return {
        "id": ident("message", f"{thread.slug}/{position}"),
        "thread_id": ident("thread", thread.slug),
        "type": kind,
        "direction": "outbound" if outbound else "inbound",
        "text": _plain(html),
        "html": html,
        "html_version": CLEANER_VERSION,
        "is_opening": position == 0,
        # A live chat knows its visitor, and nobody of the team by id.
        "user_id": ident("member", message.sender) if outbound and kind != "live_chat" else None,
        "created_at": ago(now, hours=message.age_hours),
        **_envelope(content, thread, message, is_email=kind == "email"),
        "subject": _subject(content, thread, position) if kind == "email" else "",
    }


def _subject(content: Content, thread: Thread, position: int) -> str:
    title = thread.title or f"Your message to {content.workspace.name}"
    return title if position == 0 or title.startswith("Re: ") else f"Re: {title}"


def _envelope(content: Content, thread: Thread, message: Message, *, is_email: bool) -> Row:
    everybody: list[Member | Contact] = [*content.workspace.members, *content.contacts]
    people = {person.slug: person for person in everybody}
    mailbox = _recipient(content.workspace.mailbox, content.workspace.name)
    customer = people[thread.contact]
    to = _recipient(customer.email, customer.name) if message.sender in staff(content) else mailbox
    sender = people[message.sender]
    return {
        "from": {"email": sender.email, "name": sender.name or ""},
        "to": [to] if is_email else [],
        "cc": [_recipient(people[slug].email, people[slug].name) for slug in message.cc],
    }


def _recipient(email: str, name: str | None) -> dict[str, str]:
    return {"email": email, "name": name or "", "mailboxHash": ""}


def _plain(html: str) -> str:
    lines = _BETWEEN_CELLS.sub("\t", _LINE_ENDS.sub("\n", html))
    return unescape(nh3.clean(lines, tags=set())).strip()
