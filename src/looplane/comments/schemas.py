"""Internal comments on the wire."""

from typing import Any

from looplane.kit.schema import Closed
from looplane.members.schemas import UserRef


class CommentOut(Closed):
    id: str
    thread_id: str
    author: UserRef | None
    content: str
    attachments: list[Any]
    created_at: str
    updated_at: str
