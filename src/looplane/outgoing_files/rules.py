"""What may go with a message, and what it is called. Pure."""

import re
from collections.abc import Mapping, Sequence
from typing import Any

from looplane.kit.schema import MAX_NAME_LENGTH
from looplane.messages.rules import decoded_size
from looplane.messages.schemas import MEDIA_TYPE
from looplane.outgoing_files.schemas import MAX_SIZE

# What one member may have here at once, with what was sent and is not swept yet.
MAX_KEPT = 1_000_000_000
_UNKNOWN_TYPE = "application/octet-stream"

Attachments = Sequence[Mapping[str, Any]]


def clean_name(name: str) -> str:
    """A name that a mail takes: the last part of a path, in signs that are seen."""
    last = re.split(r"[/\\]", name)[-1]
    plain = "".join(each for each in last if each.isprintable()).strip()
    return plain[:MAX_NAME_LENGTH] or "file"


def clean_type(content_type: str) -> str:
    """A media type; that of bytes for what is none."""
    is_one = re.fullmatch(MEDIA_TYPE, content_type)
    return content_type if is_one and len(content_type) <= MAX_NAME_LENGTH else _UNKNOWN_TYPE


def in_words(size: int) -> str:
    """A size in megabytes, rounded up: what is too large never reads as what is allowed."""
    return f"{-(-size // 100_000) / 10:g} MB"


def attachment_faults(attachments: Attachments, sizes: Mapping[str, int]) -> list[str]:
    """What is wrong with how attachments name their bytes; `sizes` are of the files there are."""
    faults = []
    for i, each in enumerate(attachments):
        if ("file_id" in each) == ("Content" in each):
            faults.append(f"attachments.{i}: give one of Content and file_id")
        elif "file_id" in each and each["file_id"] not in sizes:
            faults.append(
                f"attachments.{i}.file_id: there is no such outgoing file in this workspace"
            )
    return faults


def size_faults(attachments: Attachments, sizes: Mapping[str, int]) -> list[str]:
    """What is wrong where all together are more than a mail takes."""
    size = sum(_size_of(each, sizes) for each in attachments)
    if size <= MAX_SIZE:
        return []
    return [f"attachments: have {in_words(size)} together, at most {in_words(MAX_SIZE)} go"]


def with_sizes(attachments: Attachments, sizes: Mapping[str, int]) -> list[dict[str, Any]]:
    """Attachments as they are kept: of each file that they name they say the size."""
    return [
        {**each, "ContentLength": sizes[each["file_id"]]} if "file_id" in each else {**each}
        for each in attachments
    ]


def _size_of(attachment: Mapping[str, Any], sizes: Mapping[str, int]) -> int:
    if "Content" in attachment:
        return decoded_size(attachment["Content"])
    return sizes.get(attachment.get("file_id", ""), 0)
