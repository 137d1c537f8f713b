"""What may become of a view. Pure."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from looplane.threads.listing.schemas import ThreadFilter

# The tabs that show threads of the caller's own.
_OF_MEMBER = {"my", "needs-response"}


def needs_member(filters: ThreadFilter) -> bool:
    """Whether they show threads of the caller's own."""
    return filters.tab in _OF_MEMBER


def sharing_faults(sent: Mapping[str, Any], member_id: UUID | None) -> list[str]:
    """A key of no member has no views of its own."""
    if sent.get("is_shared") is not False or member_id is not None:
        return []
    return ["is_shared: a key that belongs to no member has shared views only"]


def steps(sent: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The changes that an update is made of, one after the other.

    Whoever sees a view by one of its two sides alone is told nothing of what else changes: a view
    is shared at the end, and it is personal before anything else changes.
    """
    others = {name: value for name, value in sent.items() if name not in {"is_shared", "owner_id"}}
    sharing = {name: value for name, value in sent.items() if name not in others}
    parts = [others, sharing] if sent.get("is_shared") else [sharing, others]
    return [each for each in parts if each] or [{}]
