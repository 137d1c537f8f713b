"""Two requests at once, in an order that a test chooses: one stands still between two statements.

What comes in between goes through another pool, as in another process of ours, where nothing but
the database keeps it from getting in the way.
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

import httpx

from looplane.kit.clock import Clock
from looplane.kit.database import Database, open_database
from looplane.main import Application, create_app
from tests.conftest import Workspace, connected
from tests.factory import Factory
from tests.field_values import furnish_names
from tests.operations import World, populate
from tests.processes import PATIENCE
from tests.unlimited import UNLIMITED
from tests.witness import events_of

# Whether somebody waits for what the server process $1 holds.
_BLOCKS = (
    "select exists (select from pg_locks where not granted and $1 = any (pg_blocking_pids(pid)))"
)

Send = Callable[[], Awaitable[httpx.Response]]


class _Transaction:
    """A transaction that stands still before its commit."""

    def __init__(self, transaction: Any, before: Callable[[], Awaitable[None]]) -> None:
        self._transaction, self._before = transaction, before

    def __getattr__(self, name: str) -> Any:
        return getattr(self._transaction, name)

    async def __aenter__(self) -> None:
        await self._transaction.__aenter__()

    async def __aexit__(self, *error: object) -> None:
        if error[0] is None:
            await self._before()
        await self._transaction.__aexit__(*error)


class _Connection:
    """A connection that stands still before each statement."""

    def __init__(self, con: Any, before: Callable[[Any], Awaitable[None]]) -> None:
        self._con, self._before = con, before

    def __getattr__(self, name: str) -> Any:
        found = getattr(self._con, name)
        if name == "transaction":
            return lambda **options: _Transaction(found(**options), lambda: self._before(self._con))
        if name not in {"execute", "fetch", "fetchrow", "fetchval"}:
            return found

        async def ask(*args: Any, **options: Any) -> Any:
            await self._before(self._con)
            return await found(*args, **options)

        return ask


class SteppedDatabase(Database):
    """A database whose writes stand still wherever `before` waits."""

    before: Callable[[Any], Awaitable[None]] | None = None
    app: Application | None = None

    @asynccontextmanager
    async def writing(self, subject: UUID | None = None) -> AsyncIterator[Any]:
        async with super().writing(subject) as con:
            yield con if self.before is None else _Connection(con, self.before)

    @asynccontextmanager
    async def writing_part(self, subject: UUID) -> AsyncIterator[Any]:
        async with super().writing_part(subject) as con:
            yield con if self.before is None else _Connection(con, self.before)


@asynccontextmanager
async def stepped_database(dsn: str) -> AsyncIterator[SteppedDatabase]:
    """A pool of its own."""
    opened = await open_database(dsn, 4)
    stepped = SteppedDatabase(dsn, opened.pool, opened.pooling)
    yield stepped
    if stepped.app is not None:
        await stepped.app.aclose()
    await opened.pool.close()


@dataclass
class _Rivals:
    """Who comes in between, before which statements (all where None), one after the other."""

    sends: Sequence[Send]
    step: int | None
    watch: Any
    seen: int = 0
    tasks: list[asyncio.Task[httpx.Response]] = field(default_factory=list)

    async def before(self, con: Any) -> None:
        self.seen += 1
        if self.step is not None and self.seen - 1 != self.step:
            return
        if len(self.tasks) < len(self.sends) and all(each.done() for each in self.tasks):
            send = self.sends[len(self.tasks)]
            self.tasks.append(asyncio.create_task(_sent(send)))
            await self._done_or_blocked(self.tasks[-1], con.get_server_pid())

    async def _done_or_blocked(self, task: asyncio.Task[httpx.Response], pid: int) -> None:
        async with asyncio.timeout(PATIENCE):
            while not (await asyncio.wait({task}, timeout=0.005))[0]:
                if await self.watch.fetchval(_BLOCKS, pid):
                    return


async def _sent(send: Send) -> httpx.Response:
    return await send()


@dataclass(frozen=True)
class Meeting:
    """What became of a request and of those that came in between; none did where it was over."""

    answer: httpx.Response
    rivals: list[httpx.Response]

    @property
    def statuses(self) -> tuple[int, ...]:
        """The status of the request, then those of its rivals."""
        return tuple(each.status_code for each in (self.answer, *self.rivals))


@dataclass(frozen=True)
class Stage:
    """Where two callers meet: the first one stands still, the second one comes in between.

    `watch` is a connection to look behind both.
    """

    database: SteppedDatabase
    watch: Any
    first: httpx.AsyncClient
    second: httpx.AsyncClient
    world: World

    async def subject(self, path: str) -> str:
        """The path of a new thing, for the path of an operation on one."""
        make, thread = self.world.make, self.world.ids["thread"]
        noun = path.rpartition("/{")[0]
        makers: dict[str, Callable[[], Awaitable[dict[str, Any]]]] = {
            "/threads": make.thread,
            "/views": make.view,
            "/contacts": make.contact,
            "/companies": make.company,
            "/tags/groups": make.tag_group,
            "/tags": lambda: make.tag(tag_group_id=self.world.ids["empty group"]),
            "/projects": make.project,
            "/issues": make.issue,
            "/docs/groups": make.doc_group,
            "/docs/articles": make.doc_article,
            "/changelogs": make.changelog,
            "/changelog-tags": make.changelog_tag,
            "/members": make.joined_member,
            "/keys": make.api_key,
            "/slack/connections": make.slack_connection,
            "/threads/{thread_id}/comments": lambda: make.comment(thread),
            "/snippets/folders": make.snippet_folder,
            "/portal/instances": make.portal_instance,
            "/snippets": make.snippet,
            "/mailboxes": make.mailbox,
            "/webhooks": make.webhook,
        }
        return f"{noun.format(thread_id=thread)}/{(await makers[noun]())['id']}"

    async def meet(self, send: Send, *rivals: Send, step: int | None = None) -> Meeting:
        """Sends a request, and each rival before its statement number `step`, or before every one.

        Statements are counted from 0, commits among them. A rival that has to wait for the request
        is waited for in the end.
        """
        between = _Rivals(rivals, step, self.watch)
        self.database.before = between.before
        try:
            answer = await send()
        finally:
            self.database.before = None
            others = await asyncio.gather(*between.tasks)
        return Meeting(answer, others)

    async def version(self, path: str) -> int:
        """The version of a thing."""
        etag = (await self.second.get(path)).headers["etag"]
        return int(etag.removeprefix("W/").strip('"').partition("-")[0])

    async def chain(self, id: str) -> list[str]:
        """The types of the events of a thing, of which each version has those of one write.

        Fails unless each write begins where the last one ended, and is later.
        """
        told = await events_of(self.watch, id)
        told.sort(key=lambda each: each["version"])
        writes = list(dict.fromkeys((each["version"], each["write_id"]) for each in told))
        assert [version for version, _ in writes] == [*range(1, len(writes) + 1)]
        moments = list(dict.fromkeys(each["created_at"] for each in told))
        said = [(each["version"], each["type"], each["created_at"]) for each in told]
        assert moments == sorted(moments), said
        assert len(moments) == len(writes), said
        known: dict[str, Any] = {}
        for _, write in writes:
            first = next(each for each in told if each["write_id"] == write)
            for name, value in (first["before"] or {}).items():
                assert known.get(name, value) == value, name
            known |= first["after"] or {}
        return [each["type"] for each in told]


@asynccontextmanager
async def set_stage(
    stepped: SteppedDatabase, clock: Clock, make: Factory, workspace: Workspace
) -> AsyncIterator[Stage]:
    """A stage in the workspace of `make`, with one of each kind of thing."""
    if stepped.app is None:
        stepped.app = create_app(stepped, UNLIMITED, clock)
    async with connected(stepped.app, workspace.key) as first:
        await first.get("/me")  # the key is known
        world = await populate(make, workspace.member_id)
        await furnish_names(world)
        yield Stage(stepped, make.db, first, make.client, world)
