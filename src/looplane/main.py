"""The whole program as one ASGI application: composition only."""

from functools import partial

from fastapi import FastAPI
from starlette.routing import Router
from starlette.types import Receive, Scope, Send

from looplane.companies.routes import api as companies
from looplane.contacts.routes import api as contacts
from looplane.customer_needs.routes import api as customer_needs
from looplane.keys import sql as keys
from looplane.keys.routes import api as me
from looplane.kit.authentication import Authenticator
from looplane.kit.clock import Clock, system_clock
from looplane.kit.config import Settings
from looplane.kit.database import Database
from looplane.kit.edge import Edge
from looplane.kit.html_cleaner import HtmlCleaner
from looplane.kit.limits import RateLimiter
from looplane.members.routes import api as members
from looplane.projects.routes import api as projects
from looplane.site import site_routes
from looplane.tag_groups.routes import api as tag_groups
from looplane.tags.routes import api as tags
from looplane.threads.routes import api as threads
from looplane.threads.update.sql import UPDATE_FUNCTION as THREAD_UPDATE

API_ROOT = "/api/v2"
CONTRACT = f"{API_ROOT}/openapi.json"
APIS = (threads, contacts, companies, tag_groups, tags, projects, customer_needs, members, me)
FUNCTIONS = (THREAD_UPDATE,)


def create_api() -> FastAPI:
    """The API's operations alone, as the contract lists them."""
    api = FastAPI(openapi_url=None, docs_url=None, redoc_url=None)
    api.router.redirect_slashes = False
    for noun in APIS:
        api.router.routes.extend(noun.routes)
    return api


def create_app(database: Database, settings: Settings, clock: Clock = system_clock) -> Edge:
    """The whole application on an open database."""
    api = create_api()
    api.state.database = database
    api.state.clock = clock
    api.state.authenticator = Authenticator(partial(keys.find, database))
    api.state.limiter = RateLimiter(settings.reads_per_minute, settings.writes_per_minute)
    api.state.html_cleaner = HtmlCleaner()
    site = Router(site_routes(), redirect_slashes=False)

    async def choose(scope: Scope, receive: Receive, send: Send) -> None:
        scope["app"] = api
        if scope["path"].startswith(f"{API_ROOT}/") and scope["path"] != CONTRACT:
            scope["root_path"] = API_ROOT
            # The router alone: what FastAPI puts around it, the edge does already.
            await api.router(scope, receive, send)
        else:
            await site(scope, receive, send)

    return Edge(choose)
