"""The whole program as one ASGI application: composition only."""

import asyncio
from collections.abc import Iterable
from functools import partial
from operator import attrgetter

from starlette.applications import Starlette
from starlette.datastructures import State
from starlette.routing import BaseRoute, Router
from starlette.types import Receive, Scope, Send

from looplane.channels import SET_UP
from looplane.event_feed.hints.commands import Hints
from looplane.event_feed.tail.commands import Tail
from looplane.file_site import FOLDER, file_routes
from looplane.files.commands import Intake
from looplane.health_site import health_routes
from looplane.keys.sql import find_principal, record_uses
from looplane.kit.api import Api
from looplane.kit.authentication import Authenticator
from looplane.kit.bodies import MAX_WHOLE
from looplane.kit.callers import Callers
from looplane.kit.clock import Clock, system_clock
from looplane.kit.config import Settings
from looplane.kit.connections import raise_file_limit
from looplane.kit.database import Database
from looplane.kit.html_cleaner import HtmlCleaner
from looplane.kit.key_uses import KeyUses
from looplane.kit.limits import RateLimiter, VisitLimiter
from looplane.kit.outbound import Outbound
from looplane.kit.passwords import Passwords
from looplane.kit.places import Places
from looplane.kit.request import MAX_BODY
from looplane.kit.request_middleware import RequestMiddleware
from looplane.kit.secrets import Secrets
from looplane.kit.slack_api import SlackApi
from looplane.kit.smtp_connections import SmtpConnections
from looplane.kit.storage import storage_of
from looplane.nouns import APIS, APP_APIS, INVERSES, SCOPES_OF_EVENT_TYPES, SCOPES_OF_EVENTS
from looplane.sessions.commands import find_session, record_session_uses
from looplane.site import WithoutRanges, site_routes
from looplane.tables import MIGRATIONS
from looplane.undo.rules import TakingBack
from looplane.unsubscribe_site import LINKS, unsubscribe_routes
from looplane.web_site import web_routes

API_ROOT = "/api/v2"
# What the inbox needs beyond the API.
APP_ROOT = "/api/app"
CONTRACT = f"{API_ROOT}/openapi.json"
LARGE_BODIES = {
    (route.method, root + route.path): route.most_bytes
    for root, nouns in ((API_ROOT, APIS), (APP_ROOT, APP_APIS))
    for noun in nouns
    for route in noun.routes
    if route.most_bytes > MAX_BODY
}


def create_api() -> Starlette:
    """The API's operations alone, as the contract lists them."""
    return _create(APIS)


def create_app_api() -> Starlette:
    """The operations that the inbox has beyond the API."""
    return _create(APP_APIS)


def _create(nouns: Iterable[Api]) -> Starlette:
    api = Starlette(routes=[route for noun in nouns for route in noun.routes])
    api.router.redirect_slashes = False
    return api


class Application:
    """The whole application on an open database, as ASGI."""

    def __init__(self, database: Database, settings: Settings, clock: Clock) -> None:
        self._html_cleaner = HtmlCleaner()
        self._api, self._app_api = create_api(), create_app_api()
        state = self._app_api.state = self._api.state
        state.database, state.clock, state.html_cleaner = database, clock, self._html_cleaner
        self._key_uses = KeyUses(clock, partial(record_uses, database))
        record = partial(record_session_uses, database)
        self._session_uses = KeyUses(clock, record, attrgetter("session_id"))
        state.callers = Callers(
            Authenticator(partial(find_principal, database), clock, self._key_uses.note),
            Authenticator(
                partial(find_session, database), clock, self._session_uses.note, "session"
            ),
        )
        state.passwords, state.secrets = Passwords(), Secrets(settings)
        state.slack = SlackApi(settings.slack_url)
        _set_limits(state, settings)
        state.has_secure_cookies = settings.address.startswith("https:")
        state.undoable = INVERSES.keys()
        self._tail = state.tail = Tail(database)
        self._hints = Hints(database, self._tail.hint, self._tail.hint_presence)
        self._tail.changed, state.note_events = self._hints.listen, self._hints.note
        state.note_presence = self._hints.note_presence
        state.scopes_of_event_types = SCOPES_OF_EVENT_TYPES
        state.taking_back = TakingBack(INVERSES, SCOPES_OF_EVENTS)
        state.channels = SET_UP
        self._outbound = Outbound(settings.outbound_allow)
        self._smtp = state.smtp = SmtpConnections(settings.outbound_allow)
        state.files = Intake(
            storage_of(settings), self._outbound, settings.address, settings.uploads_per_day
        )
        self._files = Router(file_routes(), redirect_slashes=False)
        self._site = WithoutRanges(Router(_site_routes(database), redirect_slashes=False))
        self._middleware = RequestMiddleware(
            self._choose, settings.cors_origins, LARGE_BODIES, secret_folders=(FOLDER, LINKS)
        )

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await self._middleware(scope, receive, send)

    async def keep(self) -> None:
        """Does what is due beside the requests, until cancelled."""
        async with asyncio.TaskGroup() as group:
            for each in (self._key_uses, self._session_uses, self._hints):
                group.create_task(each.keep())

    def end_streams(self) -> None:
        """Lets nobody wait for events any more; who comes from now on is answered at once."""
        self._tail.end()

    async def aclose(self) -> None:
        """Ends what was started beside this process, and writes what is in memory alone."""
        await self._tail.aclose()
        await self._key_uses.aclose()
        await self._session_uses.aclose()
        await self._html_cleaner.aclose()
        await self._outbound.aclose()
        await self._smtp.aclose()
        self._api.state.passwords.close()

    async def _choose(self, scope: Scope, receive: Receive, send: Send) -> None:
        scope["app"] = self._api
        # The routers alone: what Starlette puts around them, the middleware does already.
        if scope["path"].startswith(f"{API_ROOT}/") and scope["path"] != CONTRACT:
            scope["root_path"] = API_ROOT
            await self._api.router(scope, receive, send)
        elif scope["path"].startswith(f"{APP_ROOT}/"):
            scope["app"], scope["root_path"] = self._app_api, APP_ROOT
            await self._app_api.router(scope, receive, send)
        elif scope["path"].startswith(FOLDER):
            await self._files(scope, receive, send)
        else:
            await self._site(scope, receive, send)


def _site_routes(database: Database) -> list[BaseRoute]:
    health = health_routes(database, MIGRATIONS)
    return [*site_routes(CONTRACT), *health, *unsubscribe_routes(), *web_routes()]


def _set_limits(state: State, settings: Settings) -> None:
    limits = (settings.reads_per_minute, settings.writes_per_minute)
    state.limiter = RateLimiter(*limits, settings.uploads_per_minute)
    state.visits = VisitLimiter(settings.visits_per_minute)
    state.large_bodies = asyncio.Semaphore(MAX_WHOLE)
    state.places = places_of(settings)
    state.stream_seconds, state.hold_seconds = settings.stream_seconds, settings.hold_seconds


def places_of(settings: Settings) -> Places:
    """As many as may follow; half of the connections are for others."""
    room = raise_file_limit() // 2
    return Places(min(settings.followers or room, room), settings.followers_per_key)


def create_app(database: Database, settings: Settings, clock: Clock = system_clock) -> Application:
    """The whole application on an open database; to be closed in the end."""
    return Application(database, settings, clock)
