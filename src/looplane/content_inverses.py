"""How what stood in a container that was deleted is in it again: all of it in a few statements.

The container's own event takes back what the same write told of its contents, of which there may be
thousands.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from looplane.events import Event, as_write, types_of
from looplane.inverses import Inverse, Inverses, PastEvent, first_id_before, require_untouched
from looplane.kit.clock import later_than
from looplane.kit.context import Context
from looplane.kit.database import Connection, Row
from looplane.resource_inverses import hold, restore
from looplane.resources import Resource


@dataclass(frozen=True, slots=True)
class Contents:
    """Things of a `noun`, which say in `field` in which container they are.

    `move` puts the things $2 into the container $3, as the write $4 tells. $1 is the workspace.
    """

    container: Resource
    noun: Resource
    field: str
    move: str

    @property
    def find(self) -> str:
        """What the write $2 took out of the container $4, held; null where it was deleted since.

        $1 workspace, $3 the first id that its events can have.
        """
        return f"""
select e.subject_id, e.id as event_id, e.version as left_at, x.version, x.updated_at,
  x.{self.field} as container_id
from events e left join lateral (
  select * from {self.noun.table} x
  where x.workspace_id = $1 and x.id = e.subject_id and x.deleted_at is null for update) x on true
where e.workspace_id = $1 and e.write_id = $2 and e.id >= $3
  and e.type = '{self.noun.event_type("updated")}' and e.before->>'{self.field}' = $4::uuid::text
order by e.subject_id"""

    def restore(self) -> Inverse:
        """Shows a container again, with what was in it. Raises Conflict where that was touched."""
        show = restore(self.container)

        async def inverse(con: Connection, context: Context, event: PastEvent) -> tuple[str, ...]:
            types = await show(con, context, event)
            return (*types, *await self._put_back(con, context, event))

        return inverse

    def unless_told_along(self, inverses: Inverses) -> Inverses:
        """The inverses of the noun: what its container's event takes back is left to that."""
        updated = self.noun.event_type("updated")
        plain = inverses[updated]
        assert plain is not None, "it is taken back by itself"
        with_it = {self.container.event_type(verb) for verb in ("deleted", "restored")}

        async def inverse(con: Connection, context: Context, event: PastEvent) -> tuple[str, ...]:
            if self.field in event.after and with_it & event.beside:
                return ()
            return await plain(con, context, event)

        return {**inverses, updated: inverse}

    async def _put_back(
        self, con: Connection, context: Context, event: PastEvent
    ) -> tuple[str, ...]:
        id = event.subject_id
        write = (event.write_id, first_id_before(event.id))
        rows = await con.fetch(self.find, context.workspace_id, *write, id)
        if not rows:
            return ()
        for row in rows:
            if row["version"] != row["left_at"]:
                await self._require_untouched(con, context, event, row)
        updated = self.noun.event_type("updated")
        was, becomes = {self.field: None}, {self.field: id}
        events = [Event(updated, row["subject_id"], was, becomes) for row in rows]
        now = later_than(max(row["updated_at"] for row in rows), context.clock)
        ids: Sequence[object] = [row["subject_id"] for row in rows]
        write_now = as_write(context, now, events)
        await con.execute(self.move, context.workspace_id, ids, id, write_now)
        return types_of(events)

    async def _require_untouched(
        self, con: Connection, context: Context, event: PastEvent, row: Row
    ) -> None:
        """Raises Conflict where the thing in `row` went elsewhere, or went, and names it."""
        left = PastEvent(
            self.noun.event_type("updated"),
            row["subject_id"],
            row["subject_id"],
            row["left_at"],
            {self.field: str(event.subject_id)},
            {self.field: None},
            id=row["event_id"],
            write_id=event.write_id,
        )
        await hold(con, context, self.noun, left)
        await require_untouched(con, context, left, {self.field: row["container_id"]})
