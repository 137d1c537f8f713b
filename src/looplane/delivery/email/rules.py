"""What mails look like, and what becomes of one by what its server said. Pure."""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any
from uuid import UUID

from jinja2 import Environment, PackageLoader, StrictUndefined, select_autoescape

from looplane.delivery.email.schemas import Draft, Notice, Outgoing, Words
from looplane.delivery.schemas import Attempted, DueDelivery
from looplane.kit.mail import Mail, MailPerson, ascii_address, line, spelled_address
from looplane.kit.secrets import Secrets
from looplane.kit.smtp import Accepted, Envelope, SmtpFault
from looplane.mailboxes.rules import reply_address

# Where nothing is set up that mail could come from.
NO_ONE = MailPerson("support@looplane.invalid", "Looplane")
NO_ROOM = Attempted(
    "failed",
    "Other mails with large files are on their way; it leaves after them.",
    timedelta(seconds=10),
    is_postponed=True,
)
FILE_GONE = Attempted("refused", "A file that was to go with it is gone.")
# So many attempts wait for all recipients of a copy; later ones go without those put off.
_WAITS_FOR_ALL = 3

_templates = Environment(
    loader=PackageLoader("looplane.delivery.email"),
    autoescape=select_autoescape(["html"]),
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
    keep_trailing_newline=True,
)


def rendered(template: str, subject: str, **values: object) -> Words:
    """The words of a template, which has an HTML and a text form."""
    named = {"subject": line(subject), **values}
    text, html = (
        _templates.get_template(f"{template}.{kind}").render(named) for kind in ("txt", "html")
    )
    return Words(line(subject), text, html)


def message_words(subject: str, text: str, html: str) -> Words:
    """A message of a thread: what was written, and nothing around it; `html` is clean."""
    return rendered("message", subject or "(no subject)", text=text, html=html)


def sign_in_words(workspace: str, name: str, link: str) -> Words:
    """A link that signs in."""
    names = {"workspace": line(workspace), "name": line(name)}
    return rendered("sign_in_link", f"Sign in to {workspace}", **names, link=link)


def invite_words(workspace: str, invite: Mapping[str, Any], link: str) -> Words:
    """An invite; `invite` has the name, who invites, and until when it is good."""
    # Whoever chooses a name must not put lines of their own into what others are told.
    names = {name: line(invite[name] or "") for name in ("name", "inviter")}
    subject = f"{names['inviter'] or workspace} invites you to {workspace}"
    words = {"workspace": line(workspace), "invite": {**invite, **names}}
    return rendered("invite", subject, **words, link=link)


def notice_words(workspace: str, notice: Notice, settings_link: str) -> Words:
    """What the team is told."""
    return rendered(
        "notice",
        notice.subject,
        workspace=line(workspace),
        notice=notice,
        settings_link=settings_link,
    )


def broadcast_words(workspace: str, broadcast: Mapping[str, Any], unsubscribe: str) -> Words:
    """A changelog for those who have subscribed; its `html` is clean."""
    return rendered(
        "broadcast",
        broadcast["subject"] or broadcast["title"],
        workspace=line(workspace),
        broadcast=broadcast,
        unsubscribe=unsubscribe,
    )


def waits_for_all(attempt: int) -> bool:
    """Whether those who get a copy keep a mail back when they are put off."""
    return attempt <= _WAITS_FOR_ALL


def request_of(outgoing: Outgoing) -> dict[str, object]:
    """What was sent, for people to read."""
    mail, server = outgoing.mail, outgoing.mailbox.server
    return {
        "server": f"{server.host}:{server.port}",
        "from": mail.sender.email,
        "to": [each.email for each in mail.to],
        "others": len(outgoing.others),
        "subject": mail.subject,
        "message_id": mail.message_id,
    }


def not_written(error: ValueError) -> Attempted:
    """What a mail came to that cannot be one."""
    return Attempted("refused", f"It cannot be written as a mail: {error}")


def taken(accepted: Accepted, request: Mapping[str, object]) -> Attempted:
    """What a mail came to that the server took."""
    answer: dict[str, object] = {"code": accepted.code, "text": accepted.answer}
    answer |= {"refused": accepted.refused} if accepted.refused else {}
    return Attempted("delivered", request=request, answer=answer)


def not_taken(fault: SmtpFault, request: Mapping[str, object], *, is_default: bool) -> Attempted:
    """What a mail came to that the server did not take.

    A server that is at fault is tried again, whatever it said: what is wrong is mended there. One
    that is not the default one's keeps nobody else's mail.
    """
    is_refused = fault.is_permanent and not fault.is_of_server
    return Attempted(
        "refused" if is_refused else "failed",
        str(fault),
        is_target_down=is_default and is_down(fault),
        request=request,
        answer={"code": fault.code, "text": fault.answer, "step": fault.step},
    )


def is_down(fault: SmtpFault) -> bool:
    """Whether any other mail would meet the same; a sender is put off for one mail alone."""
    return fault.is_of_server and (fault.step != "sender" or fault.is_permanent)


def choose(mailboxes: Mapping[UUID, Mapping[str, Any]], draft: Draft) -> Mapping[str, Any]:
    """The mailbox with an address that was asked for, or the default one."""
    by_address = {spelled_address(each["address"]): each for each in mailboxes.values()}
    for asked in map(spelled_address, draft.asked_senders):
        local, _, domain = asked.rpartition("@")
        for address in (asked, f"{local.partition('+')[0]}@{domain}"):
            if address in by_address:
                return by_address[address]
    return next(each for each in mailboxes.values() if each["is_default"])


def mail_of(
    secrets: Secrets, delivery: DueDelivery, draft: Draft, mailbox: MailPerson, name: str
) -> Mail:
    """The mail of a draft that leaves by a mailbox, and is called so; without its files."""
    reply_to = None
    if delivery.kind == "message" and delivery.thread_id is not None:
        args = (delivery.workspace_id, delivery.thread_id, mailbox.email)
        reply_to = reply_address(secrets, *args)
    return Mail(
        name,
        MailPerson(mailbox.email, draft.sender_name or mailbox.name),
        [draft.to],
        draft.words.subject,
        draft.words.text,
        draft.words.html,
        delivery.created_at,
        cc=draft.cc,
        reply_to=reply_to,
        in_reply_to=draft.in_reply_to,
        references=draft.references,
        headers=draft.headers,
    )


def others_of(draft: Draft) -> list[str]:
    """Who gets it as well, each once."""
    others = {spelled_address(each.email): each.email for each in (*draft.cc, *draft.bcc)}
    others.pop(spelled_address(draft.to.email), None)
    return list(others.values())


def envelope_of(outgoing: Outgoing, attempt: int) -> Envelope:
    """Who sends and who gets it, as the server is told."""
    mail = outgoing.mail
    recipients = [ascii_address(each.email) for each in mail.to]
    others = [ascii_address(each) for each in outgoing.others]
    sender = ascii_address(mail.sender.email)
    return Envelope(sender, recipients, others, waits_for_all(attempt))


def is_utf8(people: Sequence[MailPerson]) -> bool:
    """Whether an address has more than ASCII before its @."""
    return not "".join(ascii_address(each.email) for each in people).isascii()
