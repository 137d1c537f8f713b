"""HTTP: taking a write back."""

from typing import Annotated

from starlette.responses import Response

from looplane.kit.api import Api, require_scopes
from looplane.kit.errors import ScopeRequired
from looplane.kit.schema import Id
from looplane.kit.writes import Write
from looplane.undo.commands import undo
from looplane.undo.schemas import UndoOut

api = Api("undo")
Writing = Annotated[Write, require_scopes()]


@api.post("/undo/{token}", "undo", UndoOut, ScopeRequired)
async def undo_write(token: Id, write: Writing) -> Response:
    """Take back what a write did, by the `X-Looplane-Undo` of its answer.

    It is a new change with new events, and can be taken back itself. For 10 minutes it works for
    the key that wrote, and for others of its member, if they have the scopes to write the same:
    403 otherwise, and 404 for everybody else. 409 names what newer touched the same fields, and
    then nothing is written. What a bulk write did to each thing is taken back by itself, and `data`
    says what became of it.
    """
    return await undo(write, token)
