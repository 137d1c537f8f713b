"""How a request reads and writes: dry runs, stored answers, collisions."""

import hashlib
from collections.abc import Awaitable, Callable, Container
from contextlib import AbstractAsyncContextManager, nullcontext
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from typing import Any
from uuid import UUID

from starlette.responses import Response

from looplane.kit import idempotency
from looplane.kit.attempts import again_on_collision, rolled_back
from looplane.kit.context import Context
from looplane.kit.database import Connection, Database
from looplane.kit.errors import ApiError, Conflict, Unprocessable, ValidationFailed
from looplane.kit.etags import is_unchanged
from looplane.kit.parts import Parts
from looplane.kit.responses import Answer, JsonResponse, NotModified

# The header with what takes a write back.
UNDO = "X-Looplane-Undo"
# How long a stored answer is given again.
LIFETIME = timedelta(hours=24)

Command = Callable[..., Awaitable[Answer]]
Act = Callable[[], Awaitable[Answer]]
Claiming = Callable[[], AbstractAsyncContextManager[Connection]]


@dataclass(frozen=True, slots=True)
class Read:
    """A request that reads, from a caller who may.

    `state` is what the application holds beside the database, and `last_event_id` where a stream
    of events was cut off.
    """

    database: Database
    context: Context
    known_etags: frozenset[str] | None = None
    state: Any = None
    last_event_id: str | None = None

    async def __call__(self, query: Command, *args: object) -> Response:
        """Answers with what `query` finds, or 304 where the caller has it."""
        async with self.database.reading() as con:
            answer = await query(con, self.context, *args)
        return self.respond(answer)

    def respond(self, answer: Answer) -> Response:
        """The answer, or 304 where the caller has it."""
        headers = answer.all_headers()
        if is_unchanged(self.known_etags, headers["ETag"]):
            return NotModified(headers["ETag"])
        return JsonResponse(answer.body, headers)


@dataclass(frozen=True, slots=True)
class Write:
    """A request that writes, from a caller who may; committed before the answer leaves.

    `present` answers the thing as it is now, for a dry run, where there is such a thing. `state` is
    what the application holds beside the database. A write all of whose events are of
    `undoable` types can be taken back. `spend` takes further requests from the limit of the key.
    `note` is told of the workspace, once events are committed.
    """

    database: Database
    context: Context
    idempotency_key: str | None = None
    fingerprint: bytes = b""
    dry_run: bool = False
    present: Callable[[], Awaitable[Response]] | None = None
    state: Any = None
    undoable: Container[str] = frozenset()
    spend: Callable[[int], None] = lambda _: None
    note: Callable[[UUID], None] = lambda _: None

    async def __call__(self, command: Command, *args: object) -> Response:
        """Runs `command`, again when another write got in between.

        Raises Conflict while the same Idempotency-Key is at work or collisions do not end,
        Unprocessable when that key came with another request.
        """
        subject = next((each for each in args if isinstance(each, UUID)), None)

        async def attempt() -> JsonResponse:
            async with self.database.writing(subject) as con:
                act = partial(command, con, self.context, *args)
                rehearse = partial(rolled_back, con, act)
                return await self._run(act, rehearse, lambda: nullcontext(con))

        return await self._finish(await again_on_collision(attempt))

    async def in_parts(self, command: Command, *args: object) -> Response:
        """Runs `command`, which gets Parts where others get a connection, and commits by them.

        The Idempotency-Key is claimed while it runs, and the answer stored at the end. Where it
        ends half-way nothing is stored, and the same request once more does the rest: what is done
        is left as it is. Raises as a call does, but for collisions.
        """
        if (stored := await self.stored_answer()) is not None:
            return stored
        is_rehearsal = self.dry_run or bool(self.context.faults)
        note = partial(self.note, self.context.workspace_id)
        parts = Parts(self.database, self.context.cause, is_rehearsal, self.spend, note)
        act = partial(command, parts, self.context, *args)
        return await self._finish(await self._run(act, act, self.database.claiming))

    async def stored_answer(self) -> Response | None:
        """What this request was answered before, if it was: for what comes before the command.

        Raises Unprocessable when its Idempotency-Key came with another request.
        """
        if self.idempotency_key is None or self.dry_run:
            return None
        async with self.database.reading() as con:
            return await self._find_stored(con)

    async def _run(self, act: Act, rehearse: Act, claiming: Claiming) -> JsonResponse:
        """What `act` answers, or `rehearse`, which does the same and leaves nothing."""
        if self.context.faults:
            return await self._judge(rehearse)
        if self.dry_run:
            return await self._rehearse(rehearse)
        if self.idempotency_key is not None:
            async with claiming() as con:
                return await self._run_once(con, act)
        answer = await act()
        return JsonResponse(answer.shown_once or answer.body, self._headers(answer), answer.events)

    async def _judge(self, rehearse: Act) -> JsonResponse:
        """What is well formed is judged beside what is not; nothing is written."""
        try:
            await rehearse()
        except ValidationFailed:
            raise
        except ApiError:
            pass  # a request with faults has faults, whatever else there is to say
        raise ValidationFailed(self.context.faults)

    async def _rehearse(self, rehearse: Act) -> JsonResponse:
        """The same write to the last check, of which nothing stays."""
        answer = await rehearse()
        # Each type once: there may be as many events as things in a group, and a header is short.
        would = {"X-Looplane-Would": ", ".join(dict.fromkeys(answer.events))}
        return JsonResponse(answer.body, {**answer.headers, **would})

    async def _finish(self, response: JsonResponse) -> Response:
        """Says that there are events, where there are.

        After a dry run the ETag is of what is there, so that it can be used in If-Match.
        """
        if response.events:
            self.note(self.context.workspace_id)
        if self.present is not None:
            response.headers["ETag"] = (await self.present()).headers["ETag"]
        return response

    async def _run_once(self, con: Connection, act: Act) -> JsonResponse:
        """The write and its stored answer in one transaction: both are there, or neither.

        What is written by parts is there before.
        """
        now = self.context.clock()
        async with con.transaction():
            claimed = await idempotency.claim(con, *self._slot)
            if (stored := await self._find_stored(con)) is not None:
                return stored
            if not claimed:
                msg = "A request with this Idempotency-Key is still running."
                raise Conflict(msg, headers={"Retry-After": "1"})
            answer = await act()
            headers = self._headers(answer)
            await idempotency.insert(con, *self._slot, self.fingerprint, headers, answer.body, now)
        return JsonResponse(answer.shown_once or answer.body, headers, answer.events)

    def _headers(self, answer: Answer) -> dict[str, str]:
        headers = answer.all_headers()
        if answer.events and all(each in self.undoable for each in answer.events):
            headers[UNDO] = str(self.context.write_id)
        return headers

    @property
    def _slot(self) -> tuple[UUID, UUID | None, str]:
        caller_id = self.context.principal.caller_id
        return self.context.workspace_id, caller_id, str(self.idempotency_key)

    async def _find_stored(self, con: Connection) -> JsonResponse | None:
        stored = await idempotency.get(con, *self._slot, self.context.clock() - LIFETIME)
        if stored is None:
            return None
        if stored["request_hash"] != self.fingerprint:
            msg = "This Idempotency-Key was used for another request."
            raise Unprocessable(msg)
        return JsonResponse(stored["body"], {**stored["headers"], "Idempotent-Replayed": "true"})


def fingerprint(method: str, target: bytes, body: bytes) -> bytes:
    """What makes two requests the same."""
    return hashlib.sha256(b"\n".join((method.encode(), target, body))).digest()
