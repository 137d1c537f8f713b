"""What is posted in Slack. Pure."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from looplane.kit.database import Row
from looplane.kit.ids import parse_id
from looplane.notices.rules import MEMBER
from looplane.notices.words.rules import NoticeWords

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
    # To whom it goes where it goes to one person, whom Slack knows by this address.
    email: str | None = None

    @property
    def arguments(self) -> dict[str, Any]:
        """What `chat.postMessage` takes."""
        answers = {} if self.thread_ts is None else {"thread_ts": self.thread_ts}
        plain = {"unfurl_links": False, "unfurl_media": False}
        return {"channel": self.channel, "text": self.text, **plain, **answers}


def escaped(text: str) -> str:
    """Words as they stand: none of them calls anybody or becomes a link."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def message_text(row: Row) -> str:
    """The words of a member's answer."""
    return escaped(row["text"])


def broadcast_text(row: Row) -> str:
    """What is said of a changelog."""
    title = f"*{escaped(row['title'])}*"
    return f"{title}\n{escaped(row['message'])}" if row["message"] else title


def notice_text(words: NoticeWords) -> str:
    """What a notice says, with its link."""
    excerpt = f"\n> {escaped(' '.join(words.excerpt.split()))}" if words.excerpt else ""
    return f"{escaped(words.sentence)}{excerpt}\n<{words.link}|Open it in the inbox>"


def member_of(target: str) -> UUID | None:
    """The member whom a target names; None where it is a channel."""
    return parse_id(target.removeprefix(MEMBER)) if target.startswith(MEMBER) else None


def thread_ts_of(external_id: str | None) -> str | None:
    """The message in Slack to which this one answers; None where its name does not say."""
    found = _TIMESTAMP.search(external_id or "")
    return found[1] if found else None


def user_of(answered: Mapping[str, Any]) -> str | None:
    """Whom an answer of Slack's names; None where it names nobody."""
    user = answered.get("user")
    id = user.get("id") if isinstance(user, Mapping) else None
    return id if isinstance(id, str) and id else None
