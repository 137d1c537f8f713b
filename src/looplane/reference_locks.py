"""What a body refers to, kept from being deleted while it is written."""

from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass

from looplane.events import Values
from looplane.kit.context import Context
from looplane.kit.database import Connection
from looplane.kit.references import (
    reference_id,
    reference_ids,
    unknown_reference,
    unknown_references,
)
from looplane.resources import Resource


@dataclass(frozen=True, slots=True)
class LockedReferences:
    """What a body refers to: the ids that are there, and a fault for each that is not."""

    ids: Mapping[str, object]
    faults: Sequence[str] = ()


@asynccontextmanager
async def locked_references(
    con: Connection, context: Context, resource: Resource, sent: Values
) -> AsyncIterator[LockedReferences]:
    """What was sent and is there, in a transaction in which nobody can delete it."""
    named = [name for name in resource.references if sent.get(name) not in (None, [])]
    if not named:
        yield LockedReferences({})
        return
    async with con.transaction():
        ids = [
            reference_ids(sent, name) if each.is_list else reference_id(sent, name)
            for name, each in resource.references.items()
        ]
        row = await con.fetchrow(resource.hold_references, context.workspace_id, *ids)
        assert row is not None, "a select without a table answers one row"
        faults = []
        for name in named:
            each = resource.references[name]
            unknown = unknown_references if each.is_list else unknown_reference
            faults += unknown(sent, name, each.noun, row[name])
        yield LockedReferences({name: _in_order(row[name]) for name in named}, faults)


def _in_order(found: object) -> object:
    """A set of ids is always in the same order."""
    return sorted(found) if isinstance(found, list) else found
