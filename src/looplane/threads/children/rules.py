"""What hangs on a thread, of what is known of the thread. Pure."""

from collections.abc import Mapping
from typing import Any


def opening(thread: Mapping[str, Any], words: str) -> dict[str, Any]:
    """What a thread says, as the message with which it began; `words` are those of its text."""
    contact = thread["contact"]
    sender = contact and {"email": contact["email"], "name": contact["name"] or ""}
    return {
        "id": thread["id"],
        "thread_id": thread["id"],
        "type": "feedback",
        "direction": "inbound",
        "subject": "",
        "from": sender,
        **{name: [] for name in ("to", "cc", "bcc", "attachments")},
        "text": words,
        "html": thread["text"],
        "user_id": None,
        "delivery": None,
        "created_at": thread["created_at"],
    }
