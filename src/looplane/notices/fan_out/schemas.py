"""Events as they are told."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID


@dataclass(frozen=True, slots=True)
class FannedEvent:
    """An event that is told, as it was written; `data` is the resource as it was then."""

    id: UUID
    type: str
    subject_id: UUID
    aggregate_id: UUID
    write_id: UUID
    actor: Mapping[str, Any]
    created_at: datetime
    before: Mapping[str, Any] | None = None
    after: Mapping[str, Any] | None = None
    data: Mapping[str, Any] | None = field(default=None, repr=False)
