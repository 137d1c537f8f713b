"""HTTP: broadcasts of changelogs."""

from typing import Annotated

from starlette.responses import Response

from looplane.broadcasts import commands
from looplane.broadcasts.schemas import ChangelogBroadcastCreate, ChangelogBroadcastOut
from looplane.kit.api import Api, require_scopes
from looplane.kit.errors import Conflict
from looplane.kit.schema import Id
from looplane.kit.writes import Write

api = Api("changelogs")
Writing = Annotated[Write, require_scopes("changelogs:write")]


@api.post("/changelogs/{id}/broadcast", "changelogs-broadcast", ChangelogBroadcastOut, Conflict)
async def broadcast_changelog(
    id: Id, broadcast: ChangelogBroadcastCreate, write: Writing
) -> Response:
    """Send a published changelog to those who have subscribed; it cannot be undone.

    Who is subscribed when it is delivered gets it. `ETag` and `If-Match` are about the changelog.
    """
    return await write(commands.broadcast_changelog, id, broadcast)
