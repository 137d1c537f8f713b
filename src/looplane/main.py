"""The whole program as one ASGI application: composition only."""

from functools import partial

from fastapi import FastAPI
from starlette.routing import Router
from starlette.types import Receive, Scope, Send

from looplane.channels import set_up_channels
from looplane.companies.routes import api as companies
from looplane.companies.sql import COMPANY
from looplane.contacts.routes import api as contacts
from looplane.contacts.sql import CONTACT
from looplane.customer_needs.routes import api as customer_needs
from looplane.keys import sql as keys
from looplane.keys.routes import api as me
from looplane.kit.authentication import Authenticator
from looplane.kit.clock import Clock, system_clock
from looplane.kit.config import Settings
from looplane.kit.database import Database
from looplane.kit.html_cleaner import HtmlCleaner
from looplane.kit.limits import RateLimiter
from looplane.kit.migrations import read_migrations
from looplane.kit.request_middleware import RequestMiddleware
from looplane.members.routes import api as members
from looplane.messages.routes import api as messages
from looplane.projects.routes import api as projects
from looplane.projects.sql import PROJECT
from looplane.site import site_routes
from looplane.tag_groups.routes import api as tag_groups
from looplane.tag_groups.sql import TAG_GROUP
from looplane.tags.routes import api as tags
from looplane.tags.sql import TAG
from looplane.threads.children.sql import MESSAGE_EVENTS, NEED_EVENTS
from looplane.threads.routes import api as threads
from looplane.threads.sql import THREAD
from looplane.threads.update.sql import UPDATE_FUNCTION as THREAD_UPDATE

API_ROOT = "/api/v2"
CONTRACT = f"{API_ROOT}/openapi.json"
APIS = (
    threads,
    messages,
    contacts,
    companies,
    tag_groups,
    tags,
    projects,
    customer_needs,
    members,
    me,
)
FUNCTIONS = (THREAD_UPDATE,)
RESOURCES = (THREAD, CONTACT, COMPANY, TAG_GROUP, TAG, PROJECT)
EVENT_TYPES = (
    *(each for noun in RESOURCES for each in noun.event_types),
    *NEED_EVENTS,
    *MESSAGE_EVENTS,
)
MIGRATIONS = read_migrations(FUNCTIONS)


def create_api() -> FastAPI:
    """The API's operations alone, as the contract lists them."""
    api = FastAPI(openapi_url=None, docs_url=None, redoc_url=None)
    api.router.redirect_slashes = False
    for noun in APIS:
        api.router.routes.extend(noun.routes)
    return api


class Application:
    """The whole application on an open database, as ASGI."""

    def __init__(self, database: Database, settings: Settings, clock: Clock) -> None:
        self._html_cleaner = HtmlCleaner()
        self._api = create_api()
        state = self._api.state
        state.database, state.clock, state.html_cleaner = database, clock, self._html_cleaner
        state.authenticator = Authenticator(partial(keys.find_principal, database))
        state.channels = frozenset(set_up_channels(settings))
        state.limiter = RateLimiter(settings.reads_per_minute, settings.writes_per_minute)
        self._site = Router(site_routes(CONTRACT), redirect_slashes=False)
        self._middleware = RequestMiddleware(self._choose, settings.cors_origins)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await self._middleware(scope, receive, send)

    async def aclose(self) -> None:
        """Ends what was started beside this process."""
        await self._html_cleaner.aclose()

    async def _choose(self, scope: Scope, receive: Receive, send: Send) -> None:
        scope["app"] = self._api
        if scope["path"].startswith(f"{API_ROOT}/") and scope["path"] != CONTRACT:
            scope["root_path"] = API_ROOT
            # The router alone: what FastAPI puts around it, the middleware does already.
            await self._api.router(scope, receive, send)
        else:
            await self._site(scope, receive, send)


def create_app(database: Database, settings: Settings, clock: Clock = system_clock) -> Application:
    """The whole application on an open database; to be closed in the end."""
    return Application(database, settings, clock)
