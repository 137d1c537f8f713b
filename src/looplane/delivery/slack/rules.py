"""What is posted in Slack. Pure."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

# Slack cuts off what is longer, and says nothing.
MAX_TEXT_LENGTH = 40_000
# The id of a message there, at the end of the name that it has here.
_TIMESTAMP = re.compile(r"(?:^|[:/])([0-9]{1,12}\.[0-9]{1,6})\Z")


@dataclass(frozen=True, slots=True)
class Post:
    """What is posted, where, and by which token."""

    token: str = field(repr=False)
    channel: str
    text: str
    thread_ts: str | None = None

    @property
    def arguments(self) -> dict[str, Any]:
        """What `chat.postMessage` takes."""
        answers = {} if self.thread_ts is None else {"thread_ts": self.thread_ts}
        plain = {"unfurl_links": False, "unfurl_media": False}
        return {"channel": self.channel, "text": self.text, **plain, **answers}


def escaped(text: str) -> str:
    """Words as they stand: none of them calls anybody or becomes a link."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def message_text(row: Mapping[str, Any]) -> str:
    """The words of a member's answer."""
    return escaped(row["text"])


def broadcast_text(row: Mapping[str, Any]) -> str:
    """What is said of a changelog."""
    title = f"*{escaped(row['title'])}*"
    return f"{title}\n{escaped(row['message'])}" if row["message"] else title


def thread_ts_of(external_id: str | None) -> str | None:
    """The message in Slack to which this one answers; None where its name does not say."""
    found = _TIMESTAMP.search(external_id or "")
    return found[1] if found else None
