"""How what an event tells of is taken back: as a new change, with new events.

Each noun says by the types of its events how they are taken back. A type with None is told along
with another event of the same write, which takes it back as well; what has a type that is not named
cannot be taken back.
"""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from looplane.kit.context import Context
from looplane.kit.database import Connection


@dataclass(frozen=True, slots=True)
class PastEvent:
    """An event that is to be taken back, as it was stored; `data` is the resource as it was then.

    `write_types` are the types of all events of its write that are about the same aggregate.
    """

    type: str
    subject_id: UUID
    aggregate_id: UUID
    version: int | None
    before: Mapping[str, Any] = field(default_factory=dict)
    after: Mapping[str, Any] = field(default_factory=dict)
    internal_before: Mapping[str, Any] = field(default_factory=dict)
    data: Mapping[str, Any] = field(default_factory=dict)
    write_types: frozenset[str] = frozenset()


# Takes an event back, in a transaction of the caller; answers the types of the events that this
# made. Raises Conflict where what it changed is not as it left it, and whatever a write raises.
Inverse = Callable[[Connection, Context, PastEvent], Awaitable[tuple[str, ...]]]
Inverses = Mapping[str, Inverse | None]
