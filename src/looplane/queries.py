"""How the rows of a noun are read: one of them, or a page of its list."""

from uuid import UUID

from looplane.kit.conditions import Conditions
from looplane.kit.context import Context
from looplane.kit.database import Connection
from looplane.kit.paging import PageQuery
from looplane.kit.responses import Answer, or_404
from looplane.kit.schema import StrictModel
from looplane.resources import Resource

# As many rows as one look for recent changes takes; where there are more, the list is walked.
_MAX_RECENT = 2000


async def get(con: Connection, context: Context, resource: Resource, id: UUID) -> Answer:
    """One thing. Raises NotFound."""
    row = or_404(await con.fetchrow(resource.get, context.workspace_id, id), resource.noun)
    return Answer(row["body"], row["version"])


async def list_page(
    con: Connection, context: Context, resource: Resource, query: PageQuery
) -> Answer:
    """A page of things, the newest first. Raises Unprocessable."""
    conditions = await conditions_of(con, context, resource, query)
    return Answer(await resource.listing.fetch(con, conditions, query))


async def conditions_of(
    con: Connection, context: Context, resource: Resource, query: PageQuery, *more: object
) -> Conditions:
    """The filters of `query` that the resource declares, and its dates; `more` is $2 and on."""
    conditions = Conditions(resource.alias, context.workspace_id, *more)
    for name, declared in resource.filters.items():
        if (value := getattr(query, name)) is not None:
            add = conditions.search if declared.is_search(value) else conditions.add
            add(declared.clause, declared.convert(value))
    await add_dates(con, context, resource, query, conditions)
    return conditions


async def add_dates(
    con: Connection,
    context: Context,
    resource: Resource,
    query: StrictModel,
    conditions: Conditions,
) -> bool:
    """Adds to `conditions` the bounds of `query` for when a thing was made or changed.

    True where these are found already, by their ids, because few have changed.
    """
    alias = resource.alias
    # The interval keeps an index in the order of changes from being used for `updated_at`: it would
    # be read to the end, and its rows sorted, for each page.
    for name, column in (("created", "created_at"), ("updated", "updated_at + interval '0'")):
        for bound, sign in (("after", ">"), ("before", "<")):
            if (moment := getattr(query, f"{name}_{bound}", None)) is not None:
                clause = f"{alias}.{column} {sign} {{0}}"
                conditions.add(clause, moment, name=f"{name}_{bound}")
    span = [getattr(query, f"updated_{bound}", None) for bound in ("after", "before")]
    if any(span):
        args = (context.workspace_id, *span, _MAX_RECENT)
        changed = await con.fetchval(resource.changed_within, *args)
        if len(changed) < _MAX_RECENT:
            conditions.add(f"{alias}.id = any ({{0}})", changed)
            return True
    return False
