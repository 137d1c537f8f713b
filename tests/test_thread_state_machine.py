"""Random writes, messages, clock steps and wake-ups against a plain model of a thread."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import httpx
from hypothesis import HealthCheck, given, settings, strategies as st

from looplane.kit.clock import iso
from looplane.threads.commands import wake_due_threads
from tests.conftest import SteppedClock, Workspace
from tests.factory import Factory

TABS = ("open", "new", "needs-response", "my", "snoozed", "done")
Step = tuple[str, Any]


@dataclass
class Model:
    """A thread as the table of states describes it, kept apart from the code that decides."""

    me: str
    updated_at: datetime
    state: str = "new"
    until: datetime | None = None
    remembered: datetime | None = None
    changed_at: datetime | None = None
    assignee: str | None = None
    is_read: bool = False
    came_in: datetime | None = None
    went_out: datetime | None = None

    def become(self, state: str, now: datetime, until: datetime | None = None) -> None:
        if state != self.state:
            self.changed_at = now
        self.state, self.until = state, until
        self.remembered = until or self.remembered

    def patch(self, body: dict[str, Any], now: datetime) -> bool:
        """Whether the write is taken; if it is not, nothing changes."""
        before = replace(self)
        # No two changes of a thread are at the same moment.
        now = max(now, self.updated_at + timedelta(milliseconds=1))
        taken = self._take(body, now)
        if self != before:
            self.updated_at = now
        return taken

    def _take(self, body: dict[str, Any], now: datetime) -> bool:
        status, until, close = (body.get(k) for k in ("status", "snoozed_until", "closed_loop"))
        is_done = self.state in {"done", "closed"}
        if status == "snoozed":
            if until is None or until <= now or close:
                return False
            self.become("snoozed", now, until)
        elif until is not None:
            if status is not None or self.state != "snoozed" or until <= now or close:
                return False
            self.become("snoozed", now, until)
        elif status == "open":
            if close:
                return False
            if self.state != "new":
                self.become("open", now)
        elif status == "done" or is_done:
            if close is None:
                close = self.state == "closed"
            self.become("closed" if close else "done", now)
        elif close:
            return False
        if "assignee_id" in body:
            self.assignee = body["assignee_id"]
        return True

    def wake(self, now: datetime) -> None:
        if self.until is not None and self.until <= now:
            self.updated_at = max(now, self.updated_at + timedelta(milliseconds=1))
            self.become("open", self.updated_at)
            self.is_read = False

    @property
    def status(self) -> str:
        return {"new": "open", "closed": "done"}.get(self.state, self.state)

    @property
    def waits(self) -> bool:
        if self.went_out is None:
            return True
        return self.came_in is not None and self.came_in > self.went_out

    @property
    def views(self) -> set[str]:
        mine = self.status == "open" and self.assignee == self.me
        return (
            {self.status}
            | ({"new"} if self.state == "new" else set())
            | ({"my"} if mine else set())
            | ({"needs-response"} if mine and self.waits else set())
        )

    @property
    def tab(self) -> str:
        """The most specific of the views."""
        order = ("done", "snoozed", "new", "needs-response", "my", "open")
        return next(tab for tab in order if tab in self.views)


_maybe = st.sampled_from
PATCHES = st.fixed_dictionaries(
    {},
    optional={
        "status": _maybe(["open", "snoozed", "done"]),
        "snoozed_until": _maybe([-2, 0, 1, 3, 30]),
        "closed_loop": st.booleans(),
        "assignee": _maybe(["me", "other", None]),
    },
)
STEPS = st.one_of(
    st.tuples(st.just("patch"), PATCHES),
    st.tuples(st.just("patch"), PATCHES),
    st.tuples(st.just("snooze"), _maybe([1, 3, 30])),
    st.tuples(st.just("step"), _maybe([1, 2, 40])),
    st.tuples(st.just("wake"), st.none()),
    st.tuples(st.just("message"), _maybe(["inbound", "outbound"])),
    st.tuples(st.just("read"), st.none()),
)


class Run:
    """One sequence, on the model and on the program."""

    def __init__(self, client: httpx.AsyncClient, db: Any, clock: SteppedClock, id: str) -> None:
        self.client, self.db, self.clock = client, db, clock
        self.path, self.id = f"/threads/{id}", UUID(id)

    async def take(self, model: Model, people: dict[str | None, str | None], step: Step) -> None:
        kind, value = step
        now = self.clock()
        if kind == "patch":
            await self._patch(model, self._body(value, people), now)
        elif kind == "snooze":
            body = {"status": "snoozed", "snoozed_until": now + timedelta(hours=value)}
            await self._patch(model, body, now)
        elif kind == "step":
            self.clock.step(timedelta(hours=value))
        elif kind == "wake":
            while (await wake_due_threads(self.db, self.clock, ())).woken:
                pass
            model.wake(now)
        elif kind == "message":
            await self._set(f"last_{value}_message_at = $2", now)
            setattr(model, {"inbound": "came_in", "outbound": "went_out"}[value], now)
        else:
            await self._set("is_read = $2", value=True)
            model.is_read = True

    def _body(self, value: dict[str, Any], people: dict[str | None, str | None]) -> dict[str, Any]:
        body: dict[str, Any] = {
            name: value[name] for name in ("status", "closed_loop") if name in value
        }
        if "snoozed_until" in value:
            body["snoozed_until"] = self.clock() + timedelta(hours=value["snoozed_until"])
        if "assignee" in value:
            body["assignee_id"] = people[value["assignee"]]
        return body

    async def _patch(self, model: Model, body: dict[str, Any], now: datetime) -> None:
        sent = {k: iso(v) if isinstance(v, datetime) else v for k, v in body.items()}
        answer = await self.client.patch(self.path, json=sent)
        assert (answer.status_code == 200) == model.patch(body, now), (sent, answer.text)

    async def _set(self, column: str, value: object) -> None:
        await self.db.execute(f"update threads set {column} where id = $1", self.id, value)

    async def compare(self, model: Model) -> None:
        thread = (await self.client.get(self.path)).json()
        assert (thread["status"], thread["tab"]) == (model.status, model.tab)
        for field, moment in (
            ("snoozed_until", model.until),
            ("last_state_change_at", model.changed_at),
            ("last_inbound_message_at", model.came_in),
            ("updated_at", model.updated_at),
        ):
            assert thread[field] == (moment and iso(moment)), field
        assert (thread["assignee"] or {"id": None})["id"] == model.assignee
        assert thread["is_read"] == model.is_read
        row = await self.db.fetchrow(
            "select state, last_snoozed_until from threads where id = $1", self.id
        )
        assert tuple(row) == (model.state, model.remembered)
        params = {"contact_id": thread["contact"]["id"]}
        for tab in TABS:
            page = await self.client.get("/threads", params={**params, "tab": tab})
            assert page.status_code == 200, page.text
            shown = [thread] if tab in model.views else []
            assert page.json()["data"] == shown, tab


@given(st.lists(STEPS, max_size=14))
@settings(
    max_examples=60,
    database=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
async def test_any_sequence_ends_where_the_table_says(
    client: httpx.AsyncClient,
    make: Factory,
    db: Any,
    clock: SteppedClock,
    workspace: Workspace,
    steps: list[Step],
) -> None:
    me = str(workspace.member_id)
    thread = await make.thread()
    people = {"me": me, "other": await make.member(), None: None}
    run, model = Run(client, db, clock, thread["id"]), Model(me, clock())
    for step in steps:
        await run.take(model, people, step)
        await run.compare(model)
