"""What can be done with folders of snippets, beside what can be done with every thing."""

from uuid import UUID

from looplane import changes
from looplane.content_inverses import Contents
from looplane.events import Event, as_write
from looplane.inverses import Inverses
from looplane.kit.clock import later_than
from looplane.kit.context import Context
from looplane.kit.database import Connection
from looplane.kit.responses import Answer
from looplane.resource_inverses import inverses_of
from looplane.snippet_folders.sql import SNIPPET_FOLDER
from looplane.snippets import sql as snippets


async def delete_snippet_folder(con: Connection, context: Context, id: UUID) -> Answer:
    """Deletes a folder; what is in it stays, in none. Raises NotFound, PreconditionFailed."""
    async with con.transaction():
        folder = await changes.lock(con, context, SNIPPET_FOLDER, id)
        held = await con.fetch(snippets.HOLD_IN_FOLDER, context.workspace_id, id)
        events = [
            Event(snippets.SNIPPET.event_type("updated"), each["id"], {"folder_id": id}, _NO_FOLDER)
            for each in held
        ]
        # The last, so that whoever takes it all back from its end has the folder first.
        events += [Event(SNIPPET_FOLDER.event_type("deleted"), id)]
        latest = max(each["updated_at"] for each in (folder, *held))
        write = as_write(context, later_than(latest, context.clock), events)
        ids = [each["id"] for each in held]
        await con.execute(snippets.MOVE, context.workspace_id, ids, None, write)
        await con.execute(SNIPPET_FOLDER.delete, context.workspace_id, id, write)
    return changes.deleted(id, events)


_NO_FOLDER: dict[str, object] = {"folder_id": None}
_CONTENTS = Contents(SNIPPET_FOLDER, snippets.SNIPPET, "folder_id", snippets.MOVE)
# Of folders, and of snippets, which come and go with them.
INVERSES: Inverses = {
    **inverses_of(SNIPPET_FOLDER, delete=delete_snippet_folder),
    SNIPPET_FOLDER.event_type("deleted"): _CONTENTS.restore(),
    **_CONTENTS.unless_told_along(inverses_of(snippets.SNIPPET)),
}
