"""The page on which a subscription to changelogs is ended, without a key: by the link of a mail."""

from functools import partial
from uuid import UUID

from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import BaseRoute, Route

from looplane import changes
from looplane.contacts.sql import CONTACT
from looplane.kit.attempts import again_on_collision
from looplane.kit.context import Context
from looplane.kit.errors import NotFound
from looplane.kit.principal import Principal
from looplane.kit.responses import Answer
from looplane.mailboxes.rules import read_unsubscribe_token

LINKS = "/unsubscribe/"
_RULE = "unsubscribe"
_HEADERS = {
    "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; form-action 'self';"
    " base-uri 'none'; frame-ancestors 'none'",
    "X-Robots-Tag": "noindex",
}
_PAGE = """<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>Unsubscribe</title>
<style>
:root {{ color-scheme: light dark; }}
body {{ margin: 20vh auto 0; padding: 0 16px; max-width: 440px;
  font: 16px/1.5 system-ui, sans-serif; }}
button {{ font: inherit; font-weight: 600; padding: 10px 18px; border: 0; border-radius: 6px;
  background: #3a5bc7; color: #fff; cursor: pointer; }}
</style>
<main>{}</main>
</html>
"""
# Looking at it changes nothing: programs open links before people do.
_ASK = """<h1>Unsubscribe?</h1>
<p>You will get no more news at this address. Answers to what you write are not affected.</p>
<form method="post"><button>Unsubscribe</button></form>"""
_DONE = """<h1>You are unsubscribed</h1><p>No more news will reach you at this address.</p>"""


def unsubscribe_routes() -> list[BaseRoute]:
    """Where subscriptions are ended; a POST of a mail program's own is enough (RFC 8058)."""
    return [Route(LINKS + "{token}", _serve, methods=["GET", "POST"])]


async def _serve(request: Request) -> Response:
    state = request.app.state
    whose = read_unsubscribe_token(state.secrets, request.path_params["token"])
    if whose is None:
        msg = "This link is not one of ours, or was cut off."
        raise NotFound(msg)
    if request.method != "POST":
        return HTMLResponse(_PAGE.format(_ASK), headers=_HEADERS)
    state.visits.take(request.scope.get("looplane.client", ""))
    await again_on_collision(partial(_unsubscribe, request, *whose))
    state.note_events(whose[0])
    return HTMLResponse(_PAGE.format(_DONE), headers=_HEADERS)


async def _unsubscribe(request: Request, workspace_id: UUID, contact_id: UUID) -> Answer:
    """Ends it, if it has not ended; who is gone is no more subscribed."""
    state = request.app.state
    principal = Principal(workspace_id, "rule", rule=_RULE)
    context = Context(principal, state.clock, request.scope.get("looplane.request_id", _RULE))
    async with state.database.writing(contact_id) as con:
        try:
            return await changes.update(con, context, CONTACT, contact_id, {"is_subscribed": False})
        except NotFound:
            return Answer("")
