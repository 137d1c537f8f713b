"""How a thread is answered."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

import orjson

from looplane.deliveries.commands import plan_delivery
from looplane.deliveries.schemas import MessageChannel, NewDelivery
from looplane.events import Event, as_write, types_of
from looplane.kit.context import Context
from looplane.kit.database import Connection
from looplane.kit.errors import PreconditionFailed
from looplane.kit.ids import new_id
from looplane.kit.references import reference_id
from looplane.kit.responses import Answer, or_404
from looplane.messages import rules, sql
from looplane.messages.schemas import Attachment, MessageCreate
from looplane.threads import rules as thread_rules
from looplane.threads.children.commands import decide_thread, hold_thread, touch_thread
from looplane.threads.sql import THREAD

_EXPECTED = "expected_last_message_id"
Found = Mapping[str, Any]


async def send_thread_message(
    con: Connection,
    context: Context,
    thread_id: UUID,
    body: MessageCreate,
    files: Sequence[sql.File] | None = None,
) -> Answer:
    """Answers a thread: the message, what it does to the thread, and the plan to deliver it.

    With `files` these go with it, and not those of the body.
    Raises NotFound, ValidationFailed, and PreconditionFailed where somebody was faster.
    """
    sent = body.model_dump(exclude_unset=True, by_alias=True)
    expected = reference_id(sent, _EXPECTED)
    async with con.transaction():
        # First held, then looked at: what came in while we waited for it is seen.
        thread = await hold_thread(con, context, thread_id)
        args = (context.workspace_id, thread_id, expected, context.member_id)
        found = dict(or_404(await con.fetchrow(sql.FIND_THREAD, *args), THREAD.noun))
        channel = rules.channel_of(found["origin"])
        target = rules.target_of(channel, found, sent)
        set_up = context.channels if found["has_slack"] else context.channels - {"slack"}
        faults = rules.sending_faults(channel, target, sent, set_up)
        context.raise_faults([*faults, *_expectation_faults(sent, expected, found)])
        _check_expectation(expected, found)
        assert target is not None, "what goes nowhere is a fault"
        columns = _message(context, found, channel, body)
        files = _files(body.attachments) if files is None else files
        id, changed = columns["id"], decide_thread(found, thread_rules.answered, thread)
        events = [Event("message.sent", id, aggregate_id=thread_id), *changed.events]
        write = as_write(context, thread.now, events)
        await sql.insert_message(con, context, columns, write, files)
        version = await touch_thread(con, context, thread, write, changed.columns)
        delivery = NewDelivery("message", channel, target, id, thread_id, lane=thread_id)
        await plan_delivery(con, context, write, delivery)
    answer = {"id": str(id), "thread_id": str(thread_id), "channel": channel}
    return Answer(orjson.dumps(answer).decode(), version, types_of(events))


def _expectation_faults(sent: Mapping[str, Any], expected: UUID | None, found: Found) -> list[str]:
    if sent.get(_EXPECTED) is None or found["is_expected_there"]:
        return []
    if expected == found["thread_id"] and not found["has_opening"]:
        return []
    return [f"{_EXPECTED}: there is no such message in this thread"]


def _check_expectation(expected: UUID | None, found: Found) -> None:
    last = rules.last_message_id(found)
    if expected not in {None, last}:
        msg = f"There is a newer message: the last one is {last}. Nothing was sent."
        raise PreconditionFailed(msg, headers={"ETag": f'"{found["version"]}"'})


def _message(
    context: Context, found: Found, channel: MessageChannel, body: MessageCreate
) -> dict[str, Any]:
    """The columns of a new message of ours."""
    is_mail = channel == "email"
    to = {"email": found["contact_email"], "name": found["contact_name"] or "", "mailboxHash": ""}
    names = (found["title"], found["last_subject"])
    subject = rules.subject_of_answer(names, found["workspace_name"])
    return {
        "id": new_id(),
        "thread_id": found["thread_id"],
        "type": rules.MESSAGE_TYPES[channel],
        "direction": "outbound",
        "subject": subject if is_mail else "",
        "from": found["sender"],
        "to": [to] if is_mail else [],
        "cc": [each.model_dump(by_alias=True) for each in body.cc],
        "bcc": [each.model_dump(by_alias=True) for each in body.bcc],
        "html": body.content,
        "user_id": context.member_id,
        "external_id": None,
        "is_opening": False,
    }


def _files(attachments: list[Attachment]) -> list[sql.File]:
    return [
        sql.File(
            each.name,
            each.content_type,
            rules.decoded_size(each.content),
            each.content,
            each.content_id,
        )
        for each in attachments
    ]
