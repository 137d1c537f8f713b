"""Every list of threads."""

from dataclasses import replace

from looplane.kit.context import Context
from looplane.kit.database import Connection
from looplane.kit.responses import Answer
from looplane.kit.sqltext import json_object
from looplane.threads.listing.schemas import ThreadQuery
from looplane.threads.listing.sql import add_conditions, conditions_of
from looplane.threads.listing.views.sql import asked_for
from looplane.threads.sql import THREAD, thread_body

# As the member $2 sees them.
LISTING = replace(THREAD.listing, body=json_object(thread_body("$2")))


async def list_threads(con: Connection, context: Context, query: ThreadQuery) -> Answer:
    """A page of threads as the caller sees them. Raises ValidationFailed, Unprocessable."""
    asked = await asked_for(con, context, query)
    conditions = await conditions_of(con, context, asked.query)
    await add_conditions(con, context, asked.also, conditions)
    listing = replace(LISTING, basis=asked.basis)
    return Answer(await listing.fetch(con, conditions, query))
