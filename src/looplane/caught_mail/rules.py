"""What a caught mail is made of. Pure."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import SMTPUTF8
from typing import Any

from looplane.kit.text import storable

# What is kept of a workspace at the most: so many of the newest, of so many bytes together.
MAX_MAILS = 1_000
MAX_BYTES = 200_000_000
# How long, where the operator does not say otherwise.
DAYS = 30
_MAX_SOURCE_LENGTH = 1_000_000  # characters


def kept_since(now: datetime, days: int) -> datetime:
    """From when on mail is kept; with 0 days all of it is."""
    return now - timedelta(days=days) if days else datetime.min.replace(tzinfo=UTC)


def taken_apart(source: bytes) -> Mapping[str, Any]:
    """The source of a mail, and its parts."""
    text = storable(source.decode(errors="replace"))
    message = message_from_bytes(source, policy=SMTPUTF8)
    parts = [_part(part) for part in message.walk() if not part.is_multipart()]
    return {
        "source": text[:_MAX_SOURCE_LENGTH],
        "is_cut": len(text) > _MAX_SOURCE_LENGTH,
        "parts": parts,
    }


def _part(part: EmailMessage) -> dict[str, object]:
    content = part.get_payload(decode=True)
    content = content if isinstance(content, bytes) else b""
    is_words = part.get_content_maintype() == "text" and not part.is_attachment()
    content_id = part.get("Content-ID")
    return {
        "content_type": part.get_content_type(),
        "name": part.get_filename(),
        "cid": str(content_id).strip("<>") if content_id else None,
        "size": len(content),
        "text": storable(content.decode(errors="replace")) if is_words else None,
    }
