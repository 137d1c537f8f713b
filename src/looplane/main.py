"""The whole program as one ASGI application: composition only."""

import asyncio
from functools import partial

from fastapi import FastAPI
from starlette.routing import Router
from starlette.types import Receive, Scope, Send

from looplane.broadcasts.routes import api as broadcasts
from looplane.changelog_tags.routes import api as changelog_tags
from looplane.changelog_tags.sql import CHANGELOG_TAG
from looplane.changelogs.routes import api as changelogs
from looplane.changelogs.sql import CHANGELOG
from looplane.channels import set_up_channels
from looplane.comments.routes import api as comments
from looplane.comments.sql import COMMENT
from looplane.companies.merges.routes import api as company_merges
from looplane.companies.routes import api as companies
from looplane.companies.sql import COMPANY
from looplane.contacts.blocked_senders.routes import api as blocked_senders
from looplane.contacts.blocked_senders.sql import BLOCKED_SENDER
from looplane.contacts.memberships.routes import api as memberships
from looplane.contacts.routes import api as contacts
from looplane.contacts.sql import CONTACT
from looplane.customer_needs.of_contact.routes import api as contact_needs
from looplane.customer_needs.routes import api as customer_needs
from looplane.doc_articles.routes import api as doc_articles
from looplane.doc_articles.sql import ARTICLE
from looplane.doc_drafts.routes import api as doc_drafts
from looplane.doc_drafts.sql import DRAFT
from looplane.doc_groups.routes import api as doc_groups
from looplane.doc_groups.sql import DOC_GROUP
from looplane.file_site import FOLDER, file_routes
from looplane.files.commands import Intake
from looplane.files.routes import api as files
from looplane.files.sql import FILE
from looplane.issues.routes import api as issues
from looplane.issues.sql import ISSUE
from looplane.keys import sql as keys
from looplane.keys.routes import api as me, keys_api
from looplane.kit.authentication import Authenticator
from looplane.kit.bodies import MAX_WHOLE
from looplane.kit.clock import Clock, system_clock
from looplane.kit.config import Settings
from looplane.kit.database import Database
from looplane.kit.html_cleaner import HtmlCleaner
from looplane.kit.key_uses import KeyUses
from looplane.kit.limits import RateLimiter
from looplane.kit.migrations import read_migrations
from looplane.kit.outbound import Outbound
from looplane.kit.request import MAX_BODY
from looplane.kit.request_middleware import RequestMiddleware
from looplane.kit.storage import storage_of
from looplane.members.invites.sql import INVITE
from looplane.members.routes import api as members
from looplane.members.sql import MEMBER
from looplane.messages.routes import api as messages
from looplane.portal.routes import api as portal
from looplane.portal.sql import PORTAL_INSTANCE
from looplane.projects.routes import api as projects
from looplane.projects.sql import PROJECT
from looplane.site import WithoutRanges, site_routes
from looplane.snippet_folders.routes import api as snippet_folders
from looplane.snippet_folders.sql import SNIPPET_FOLDER
from looplane.snippets.routes import api as snippets
from looplane.snippets.sql import SNIPPET
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
    comments,
    blocked_senders,
    contacts,
    memberships,
    contact_needs,
    companies,
    company_merges,
    tag_groups,
    tags,
    projects,
    issues,
    customer_needs,
    snippet_folders,
    snippets,
    changelog_tags,
    changelogs,
    broadcasts,
    doc_groups,
    doc_articles,
    doc_drafts,
    portal,
    members,
    keys_api,
    files,
    me,
)
FUNCTIONS = (THREAD_UPDATE,)
RESOURCES = (
    THREAD,
    COMMENT,
    CONTACT,
    BLOCKED_SENDER,
    COMPANY,
    TAG_GROUP,
    TAG,
    PROJECT,
    ISSUE,
    CHANGELOG,
    CHANGELOG_TAG,
    DOC_GROUP,
    ARTICLE,
    DRAFT,
    MEMBER,
    INVITE,
    keys.KEY,
    SNIPPET_FOLDER,
    SNIPPET,
    FILE,
    PORTAL_INSTANCE,
)
EVENT_TYPES = (
    *(each for noun in RESOURCES for each in noun.event_types),
    *NEED_EVENTS,
    *MESSAGE_EVENTS,
)
MIGRATIONS = read_migrations(FUNCTIONS)
LARGE_BODIES = {
    (route.method, API_ROOT + route.path): route.most_bytes
    for noun in APIS
    for route in noun.routes
    if route.most_bytes > MAX_BODY
}


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
        self._key_uses = KeyUses(clock, partial(keys.record_uses, database))
        find = partial(keys.find_principal, database)
        state.authenticator = Authenticator(find, clock, self._key_uses.note)
        state.channels = frozenset(set_up_channels(settings))
        limits = (settings.reads_per_minute, settings.writes_per_minute)
        state.limiter = RateLimiter(*limits, settings.uploads_per_minute)
        state.large_bodies = asyncio.Semaphore(MAX_WHOLE)
        self._outbound = Outbound(settings.outbound_allow)
        state.files = Intake(
            storage_of(settings), self._outbound, settings.address, settings.uploads_per_day
        )
        self._files = Router(file_routes(), redirect_slashes=False)
        self._site = WithoutRanges(Router(site_routes(CONTRACT), redirect_slashes=False))
        self._middleware = RequestMiddleware(
            self._choose, settings.cors_origins, LARGE_BODIES, secret_folder=FOLDER
        )

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await self._middleware(scope, receive, send)

    async def keep(self) -> None:
        """Does what is due beside the requests, until cancelled."""
        await self._key_uses.keep()

    async def aclose(self) -> None:
        """Ends what was started beside this process, and writes what is in memory alone."""
        await self._key_uses.aclose()
        await self._html_cleaner.aclose()
        await self._outbound.aclose()

    async def _choose(self, scope: Scope, receive: Receive, send: Send) -> None:
        scope["app"] = self._api
        if scope["path"].startswith(f"{API_ROOT}/") and scope["path"] != CONTRACT:
            scope["root_path"] = API_ROOT
            # The router alone: what FastAPI puts around it, the middleware does already.
            await self._api.router(scope, receive, send)
        elif scope["path"].startswith(FOLDER):
            await self._files(scope, receive, send)
        else:
            await self._site(scope, receive, send)


def create_app(database: Database, settings: Settings, clock: Clock = system_clock) -> Application:
    """The whole application on an open database; to be closed in the end."""
    return Application(database, settings, clock)
