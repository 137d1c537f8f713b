"""Where somebody comes, goes, or begins something else. Pure."""

from collections.abc import Sequence
from uuid import UUID


def changed_threads(
    was_at: UUID | None, did: str | None, thread_id: UUID, doing: str
) -> Sequence[UUID]:
    """The threads at which others see something else after a beat of a tab that was elsewhere."""
    if doing == "left":
        return [thread_id] if was_at == thread_id else []
    if was_at == thread_id:
        return [] if did == doing else [thread_id]
    return [thread_id] if was_at is None else [was_at, thread_id]
