"""How what an event tells of is taken back: as a new change, with new events.

Each noun says by the types of its events how they are taken back. A type with None is told along
with another event of the same write, which takes it back as well; what has a type that is not named
cannot be taken back.
"""

import itertools
from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import orjson

from looplane.kit.clock import iso
from looplane.kit.context import Context
from looplane.kit.database import Connection, Row
from looplane.kit.errors import Conflict
from looplane.kit.json import to_json

# As many newer changes as a refusal names, and as many fields of each; and as many as are read.
_MAX_NAMED = 20
_MAX_FIELDS = 3
_MAX_READ = 1000
# How far the clocks of two servers may be apart: ids are made by them.
_CLOCK_SKEW = timedelta(hours=1)
_NIL = UUID(int=0)

# What became of subject $3 after its version $5, but for the writes $9: whatever touched one of the
# fields $6, or of the texts $7 in the language $8, and whatever made an end of it or brought it
# back. Everything, where $6 and $7 are null. By version, for the positions of two transactions may
# be the other way round. $1 workspace, $2 aggregate, $4 the first id that may be newer.
FIND_NEWER = r"""
select e.id, e.write_id, e.takes_back, e.type, e.actor, e.created_at, e.visible_to,
  array(select jsonb_object_keys(coalesce(e.after, '{}')) order by 1) as fields
from events e
where e.workspace_id = $1 and e.aggregate_id = $2 and e.subject_id = $3 and e.id >= $4
  and e.version > $5 and e.write_id <> all ($9::uuid[])
  and (($6::text[] is null and $7::text[] is null)
    or e.after ?| $6 or e.type ~ '\.(deleted|removed|revoked|restored)$'
    or e.after ?| $7 and $8::text is not distinct from
      case when e.before->'language' = e.after->'language' then e.after->>'language' end)
order by e.version, e.id limit $10"""

# The last version of subject $3 that an event tells of. $1 workspace, $2 aggregate, $4 as above.
LAST_VERSION = """
select max(version) from events
where workspace_id = $1 and aggregate_id = $2 and subject_id = $3 and id >= $4"""


@dataclass(frozen=True, slots=True)
class PastEvent:
    """An event that is to be taken back, as it was stored; `data` is the resource as it was then.

    `write_types` are the types of all events of its write that are about the same aggregate, and
    those `beside` it are of all in its transaction.
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
    beside: frozenset[str] = frozenset()
    id: UUID = _NIL
    write_id: UUID = _NIL
    visible_to: UUID | None = None

    @property
    def language(self) -> str | None:
        """The language in which texts were changed, where that is not the thing's own."""
        told = self.after.get("language")
        return told if told is not None and told == self.before.get("language") else None


# Takes an event back, in a transaction of the caller; answers the types of the events that this
# made. Raises Conflict where what it changed is not as it left it, and whatever a write raises.
Inverse = Callable[[Connection, Context, PastEvent], Awaitable[tuple[str, ...]]]
Inverses = Mapping[str, Inverse | None]


async def require_untouched(
    con: Connection,
    context: Context,
    event: PastEvent,
    present: Mapping[str, object] | None = None,
    texts: Collection[str] = (),
) -> None:
    """Raises Conflict where something newer touched what `event` told of, and names it.

    Of an event that tells of no fields, such as a deletion, that is everything newer. The caller
    holds the row of the subject to the end of its transaction, and writes afterwards. `present` are
    fields as they are now: what is not as the event left it is refused as well, though no event
    tells. Of `texts` each language has its own.
    """
    newer = await find_newer(con, context, event, texts)
    if newer:
        raise superseded(event, newer)
    names = sorted(
        name
        for name in event.after.keys() & (present or {}).keys()
        if not _is_same(event.after[name], (present or {})[name])
    )
    if names:
        msg = f"What {event.type} changed is not as it was left any more."
        raise Conflict(msg, issues=[f"{name}: has another value by now" for name in names])


def require_kept(event: PastEvent, names: Collection[str]) -> None:
    """Raises Conflict where what an event does not tell of is not kept with it.

    So it is of what an older program wrote, which knew of no way back.
    """
    if not event.internal_before.keys() >= set(names):
        msg = f"What was before {event.type} is not kept: an older version of Looplane wrote it."
        raise Conflict(msg)


async def find_newer(
    con: Connection, context: Context, event: PastEvent, texts: Collection[str] = ()
) -> list[Row]:
    """What became of the subject of `event` since, the oldest first.

    What was taken back since counts as little as what took it back.
    """
    fields = event.after.keys() - ({"language"} if event.language else set())
    own, translated = fields - set(texts), fields & set(texts)
    rows: list[Row] = await con.fetch(
        FIND_NEWER,
        context.workspace_id,
        event.aggregate_id,
        event.subject_id,
        first_id_before(event.id),
        event.version or 0,
        list(own) if fields else None,
        list(translated) if fields else None,
        event.language,
        [event.write_id, context.write_id],
        _MAX_READ,
    )
    return _standing(rows) or rows[_MAX_READ - 1 :]


def _standing(rows: Sequence[Row]) -> list[Row]:
    """The rows but for writes that were taken back by others of them, and for those others."""
    standing: dict[UUID, list[Row]] = {}
    over: set[UUID] = set()
    for row in rows:
        if row["takes_back"] in standing:
            del standing[row["takes_back"]]
            over.add(row["write_id"])
        elif row["write_id"] not in over:
            standing.setdefault(row["write_id"], []).append(row)
    return list(itertools.chain.from_iterable(standing.values()))


async def last_version(con: Connection, context: Context, event: PastEvent) -> int | None:
    """The last version of the subject that an event tells of."""
    subject = (event.aggregate_id, event.subject_id, first_id_before(event.id))
    version: int | None = await con.fetchval(LAST_VERSION, context.workspace_id, *subject)
    return version


def superseded(event: PastEvent, newer: Collection[Row]) -> Conflict:
    """The error for an event whose subject is not as it left it, which names what did that."""
    named = [_named(row, event) for row in list(newer)[:_MAX_NAMED]]
    more = [f"events: there are more than these {_MAX_NAMED}"] if len(newer) > _MAX_NAMED else []
    return Conflict(f"Something newer touched what {event.type} did.", issues=[*named, *more])


def first_id_before(id: UUID) -> UUID:
    """The first id of an hour before `id`, which prunes the months of events before it."""
    moment = (id.int >> 80) - int(_CLOCK_SKEW.total_seconds() * 1000)
    return UUID(int=max(moment, 0) << 80)


def _named(row: Row, event: PastEvent) -> str:
    """Which event, of which fields, when, and by whom."""
    touched = [name for name in row["fields"] if not event.after or name in event.after]
    if len(touched) > _MAX_FIELDS:
        touched[_MAX_FIELDS:] = [f"{len(touched) - _MAX_FIELDS} more"]
    fields = f" of {', '.join(touched)}" if touched else ""
    when: datetime = row["created_at"]
    return f"evt_{row['id'].hex}: {row['type']}{fields} at {iso(when)} by {_who(row['actor'])}"


def _who(actor: Mapping[str, Any]) -> str:
    if actor.get("rule"):
        return f"the rule {actor['rule']}"
    member = f" of the member {actor['member_id']}" if actor.get("member_id") else ""
    return f"the key {actor['key_id']}{member}"


def _is_same(left: object, right: object) -> bool:
    """Whether two values are the same as JSON; a list of texts is a set."""
    values = [orjson.loads(to_json(each)) for each in (left, right)]
    for each in values:
        if isinstance(each, list) and all(isinstance(item, str) for item in each):
            each.sort()
    return bool(values[0] == values[1])
