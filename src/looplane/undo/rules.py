"""Who may take a write back, and for how long. Pure."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from looplane.inverses import Inverses
from looplane.kit.database import Row
from looplane.kit.errors import Conflict, ScopeRequired
from looplane.kit.principal import Principal

# How long a write can be taken back.
LIFETIME = timedelta(minutes=10)
# Nouns that are touched by a write of another one, whose scope is enough for it.
_TOUCHED_BY = {"comment": {"thread"}, "thread": {"contact", "customer_need"}}


@dataclass(frozen=True, slots=True)
class TakingBack:
    """How events are taken back, by their types, and what a key needs for it.

    `scopes` are those to read and to write, by the first part of a type.
    """

    inverses: Inverses
    scopes: Mapping[str, tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Group:
    """What a write did in one transaction: the types of its events, by what they are about."""

    id: UUID
    position: int
    types: Mapping[UUID, list[str]]


def groups_of(rows: Iterable[Row]) -> list[Group]:
    """The events of a write by transaction; a group is called by the id of its first event."""
    groups: dict[int, Group] = {}
    for row in rows:
        group = groups.setdefault(row["position"], Group(row["id"], row["position"], {}))
        types: Any = group.types
        types.setdefault(row["subject_id"], []).append(row["type"])
    return list(groups.values())


def is_own(principal: Principal, actor: Mapping[str, Any]) -> bool:
    """Whether the key that wrote is the one that calls, or another one of its member."""
    if actor.get("key_id") == str(principal.key_id):
        return True
    return principal.member_id is not None and actor.get("member_id") == str(principal.member_id)


def require_scopes(principal: Principal, types: Iterable[str], taking_back: TakingBack) -> None:
    """Raises ScopeRequired where the key may not write what the events are about."""
    written = {each.partition(".")[0] for each in types}
    touched = set[str]().union(*(_TOUCHED_BY.get(each, set()) for each in written))
    nouns = sorted(written - touched)
    needed = dict.fromkeys(taking_back.scopes[noun][1] for noun in nouns)
    if lacking := [scope for scope in needed if scope not in principal.scopes]:
        msg = f"This key lacks the scope {', '.join(lacking)}, which taking this back needs."
        raise ScopeRequired(msg)


def require_in_time(written_at: datetime, now: datetime) -> None:
    """Raises Conflict where the write is too long ago."""
    if now > written_at + LIFETIME:
        minutes = int(LIFETIME.total_seconds()) // 60
        msg = f"A write can be taken back for {minutes} minutes, and this one is older."
        raise Conflict(msg)
