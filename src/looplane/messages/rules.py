"""By which channel a thread is answered, and what an answer is called. Pure."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any
from uuid import UUID

from looplane.deliveries.schemas import MessageChannel
from looplane.kit.schema import MAX_TITLE_LENGTH
from looplane.threads.children.schemas import MessageType

Sent = Mapping[str, Any]

# Threads of all other origins (forms, the portal, imports, programs) have no channel of their own,
# and a contact with an address: they are answered by mail.
_CHANNELS: dict[str, MessageChannel] = {
    "slack": "slack",
    "slack_connect": "slack",
    "live_chat": "live_chat",
    "widget": "live_chat",
    "ai_chat": "live_chat",
    "teams": "teams",
}
# What a message is called that goes or comes by a channel.
MESSAGE_TYPES: dict[MessageChannel, MessageType] = {
    "email": "email",
    "slack": "slack",
    "live_chat": "live_chat",
    "teams": "chat",
}
_OF_MAIL = ("cc", "bcc")
_REPLY = "Re: "
MAX_SUBJECT_LENGTH = MAX_TITLE_LENGTH  # it becomes the title of a thread


def channel_of(origin: str) -> MessageChannel:
    """The channel by which a thread of this origin is answered."""
    return _CHANNELS.get(origin, "email")


def target_of(channel: MessageChannel, found: Mapping[str, Any], sent: Sent) -> str | None:
    """To whom or where an answer goes; None where the thread does not say."""
    target: str | None = str(found["thread_id"])
    if channel == "email":
        target = found["contact_email"]
    elif channel == "slack":
        target = sent.get("channel_id") or found["external_ids"].get("slack_channel")
    return target


def sending_faults(
    channel: MessageChannel, target: str | None, sent: Sent, set_up: Collection[str]
) -> list[str]:
    """What is wrong with a message that is to go by this channel."""
    faults = []
    if channel not in set_up:
        faults.append(f"thread_id: it is answered by {channel}, and that is not set up")
    elif target is None and channel == "email":
        faults.append("thread_id: it has no contact whom an answer could be mailed to")
    elif target is None:
        faults.append("channel_id: is required, since the thread has no Slack channel of its own")
    if channel != "email":
        faults += [f"{name}: goes only with a mail" for name in _OF_MAIL if sent.get(name)]
    if channel != "slack" and sent.get("channel_id") is not None:
        faults.append("channel_id: goes only with a thread that is answered by slack")
    return faults


def last_message_id(found: Mapping[str, Any]) -> UUID:
    """The last message of a thread, which may be what the thread itself says."""
    id, at = found["last_message_id"], found["last_message_at"]
    opening = (found["thread_created_at"], found["thread_id"])
    if id is None or (not found["has_opening"] and opening > (at, id)):
        thread_id: UUID = found["thread_id"]
        return thread_id
    return UUID(str(id))


def subject_of_answer(names: Sequence[str | None], workspace: str) -> str:
    """The subject of an answer to a thread, by the first of its `names` that is one."""
    name = next(filter(None, names), f"Your message to {workspace}")
    subject = name if name.lower().startswith(_REPLY.strip().lower()) else f"{_REPLY}{name}"
    return subject[:MAX_SUBJECT_LENGTH]


def decoded_size(content: str) -> int:
    """How many bytes a text of base64 stands for."""
    return len(content) // 4 * 3 - content.count("=", -2)
