"""Random writes, bulk updates, undo and time against a plain model, and the feed replayed.

Whoever replays the feed from its beginning has what the API shows; whoever takes a write back has
what the model says, or is refused where something newer touched the same.
"""

import itertools
from datetime import datetime, timedelta
from typing import Any

import httpx
from hypothesis import HealthCheck, given, settings, strategies as st

from looplane.kit.clock import iso
from looplane.threads.commands import wake_due_threads
from tests.conftest import SteppedClock
from tests.factory import Factory
from tests.feed_replay import replay
from tests.thread_writes_model import ThreadModel, WriteModel

THREADS, TAGS = 4, 3
Step = tuple[Any, ...]


def _fresh() -> ThreadModel:
    tags = {f"tag{number}": False for number in range(TAGS)}
    state = {"status": "new", "snoozed_until": None}
    return ThreadModel({"title": None, "pain_level": "LOW", **state, **tags})


_thread = st.integers(0, THREADS - 1)
_some = st.lists(_thread, min_size=1, max_size=THREADS, unique=True)
_tag = st.integers(0, TAGS - 1)
_fields = st.fixed_dictionaries(
    {},
    optional={
        "title": st.sampled_from(["One", "Two", None]),
        "pain_level": st.sampled_from(["LOW", "HIGH"]),
        "status": st.sampled_from(["open", "snoozed", "done"]),
    },
)
_tags = st.fixed_dictionaries({}, optional={"add": _tag, "remove": _tag})
STEPS = st.one_of(
    st.tuples(st.just("patch"), _thread, _fields),
    st.tuples(st.just("tag"), _thread, _tag, st.booleans()),
    st.tuples(st.just("bulk"), _some, _fields, _tags),
    st.tuples(st.just("delete"), _thread),
    st.tuples(st.just("undo"), st.integers(1, 4)),
    st.tuples(st.just("undo"), st.integers(1, 2)),
    st.tuples(st.just("comment"), _thread),
    st.tuples(st.just("step"), st.sampled_from([1, 4, 90])),
)


class Run:
    """One sequence, on the model and on the program."""

    def __init__(self, client: httpx.AsyncClient, db: Any, clock: SteppedClock) -> None:
        self.client, self.db, self.clock = client, db, clock
        self.ids: list[str] = []
        self.tag_ids: list[str] = []
        self.models = [_fresh() for _ in range(THREADS)]
        self.writes: list[WriteModel] = []
        self._numbers = itertools.count(1)

    async def begin(self, make: Factory) -> None:
        self.ids = [(await make.thread())["id"] for _ in range(THREADS)]
        self.tag_ids = [(await make.tag())["id"] for _ in range(TAGS)]

    async def take(self, step: Step) -> None:
        kind, *values = step
        await getattr(self, f"_{kind}")(*values)

    async def _patch(self, thread: int, fields: dict[str, Any]) -> None:
        answer = await self.client.patch(self._path(thread), json=self._body(fields))
        if self._expect_there(thread, answer):
            self._note(answer, {thread: self._wanted(thread, fields)})

    async def _tag(self, thread: int, tag: int, is_added: bool) -> None:
        had = self.models[thread].fields[f"tag{tag}"]
        if is_added:
            body = {"tag_id": self.tag_ids[tag]}
            answer = await self.client.post(f"{self._path(thread)}/tags", json=body)
        else:
            answer = await self.client.delete(f"{self._path(thread)}/tags/{self.tag_ids[tag]}")
        if self.models[thread].is_deleted or (not is_added and not had):
            assert answer.status_code == 404, answer.text
            return
        self._note(answer, {thread: {f"tag{tag}": is_added}})

    async def _bulk(self, threads: list[int], fields: Any, tags: dict[str, int]) -> None:
        update = self._body(fields)
        update |= {f"{verb}_tag_ids": [self.tag_ids[tag]] for verb, tag in tags.items()}
        if not update:
            return
        body = {"ids": [self.ids[each] for each in threads], "update": update}
        answer = await self.client.post("/threads/bulk", json=body)
        assert answer.status_code == 200, answer.text
        wanted = {}
        for thread, item in zip(threads, answer.json()["data"], strict=True):
            assert item["id"] == self.ids[thread]
            if self.models[thread].is_deleted:
                assert item["error"]["code"] == "not_found"
                continue
            assert item["error"] is None, item
            wanted[thread] = self._wanted(thread, fields)
            # What is to go goes, also where it is to come.
            changes = sorted(tags.items())
            wanted[thread] |= {f"tag{tag}": verb == "add" for verb, tag in changes}
        self._note(answer, wanted)

    async def _delete(self, thread: int) -> None:
        answer = await self.client.delete(self._path(thread))
        if self._expect_there(thread, answer):
            self._note_whole(answer, thread)

    async def _comment(self, thread: int) -> None:
        path = f"{self._path(thread)}/comments"
        answer = await self.client.post(path, json={"content": "<p>Hm.</p>"})
        if self._expect_there(thread, answer):
            self.models[thread].writes.append(self._write(None))

    async def _step(self, minutes: int) -> None:
        self.clock.step(timedelta(minutes=minutes))
        while (await wake_due_threads(self.db, self.clock, ())).woken:
            pass
        for model in self.models:
            until = model.fields["snoozed_until"]
            if until is not None and until <= self.clock() and not model.is_deleted:
                woken = {"status": "open", "snoozed_until": None}
                self._change(self._write(None), {self.models.index(model): woken})

    async def _undo(self, back: int) -> None:
        """Takes back the write that is `back` from the last one."""
        if len(self.writes) < back:
            return
        write = self.writes[-back]
        answer = await self.client.post(f"/undo/{write.token}")
        if self.clock() > write.at + timedelta(minutes=10):
            assert answer.status_code == 409, answer.text
        elif write.whole is not None:
            self._undo_whole(write, write.whole, answer)
        else:
            self._undo_fields(write, answer)

    def _undo_whole(self, write: WriteModel, thread: int, answer: httpx.Response) -> None:
        if self.models[thread].is_touched_since(write, thread):
            assert answer.status_code == 409, answer.text
        else:
            self._note_whole(answer, thread, write)

    def _undo_fields(self, write: WriteModel, answer: httpx.Response) -> None:
        fit = {
            thread: before
            for thread, before in write.before.items()
            if not self.models[thread].is_deleted
            and not self.models[thread].is_touched_since(write, thread)
        }
        if len(write.before) == 1:
            assert (answer.status_code == 200) == bool(fit), (write, answer.text)
            if not fit:
                assert answer.status_code == 409
                return
        assert answer.status_code == 200, answer.text
        statuses = {item["id"]: item["status"] for item in answer.json()["data"]}
        ways = {thread: "undone" if thread in fit else "refused" for thread in write.before}
        assert statuses == {self.ids[thread]: way for thread, way in ways.items()}
        if fit:
            self._note(answer, fit, write)

    def _write(self, takes_back: WriteModel | None) -> WriteModel:
        number = next(self._numbers)
        return WriteModel(number, self.clock(), takes_back.number if takes_back else None)

    def _change(self, write: WriteModel, wanted: dict[int, dict[str, Any]]) -> None:
        """Does a write to the models."""
        for thread, fields in wanted.items():
            model = self.models[thread]
            before = {name: value for name, value in model.fields.items() if name in fields}
            changed = [name for name, value in before.items() if value != fields[name]]
            if changed:
                write.before[thread] = {name: before[name] for name in changed}
                write.after[thread] = {name: fields[name] for name in changed}
                model.fields |= write.after[thread]
                model.writes.append(write)

    def _note(
        self,
        answer: httpx.Response,
        wanted: dict[int, dict[str, Any]],
        takes_back: WriteModel | None = None,
    ) -> None:
        """Does to the models what a write did, and keeps how it is taken back."""
        assert answer.status_code == 200, answer.text
        write = self._write(takes_back)
        self._change(write, wanted)
        token = answer.headers.get("X-Looplane-Undo")
        assert (token is not None) == bool(write.before), (wanted, answer.headers)
        if token is not None:
            write.token = token
            self.writes.append(write)

    def _note_whole(
        self, answer: httpx.Response, thread: int, takes_back: WriteModel | None = None
    ) -> None:
        """The same of a thread that was deleted, or is there again."""
        assert answer.status_code == 200, answer.text
        write = self._write(takes_back)
        write.whole, write.token = thread, answer.headers["X-Looplane-Undo"]
        model = self.models[thread]
        model.is_deleted = not model.is_deleted
        model.writes.append(write)
        self.writes.append(write)

    def _wanted(self, thread: int, fields: dict[str, Any]) -> dict[str, Any]:
        wanted = {name: value for name, value in fields.items() if name != "status"}
        status, now = fields.get("status"), self.models[thread].fields["status"]
        if status == "snoozed":
            wanted |= {"status": "snoozed", "snoozed_until": self._until()}
        elif status is not None:
            becomes = "new" if (status, now) == ("open", "new") else status
            wanted |= {"status": becomes, "snoozed_until": None}
        return wanted

    def _body(self, fields: dict[str, Any]) -> dict[str, Any]:
        snoozed = fields.get("status") == "snoozed"
        return {**fields, "snoozed_until": iso(self._until())} if snoozed else dict(fields)

    def _until(self) -> datetime:
        return self.clock() + timedelta(minutes=5)

    def _path(self, thread: int) -> str:
        return f"/threads/{self.ids[thread]}"

    def _expect_there(self, thread: int, answer: httpx.Response) -> bool:
        there = not self.models[thread].is_deleted
        assert answer.status_code == (200 if there else 404), answer.text
        return there

    async def compare(self) -> None:
        """The API shows what the model has, and so does the feed when it is replayed."""
        replayed = await replay(self.client)
        for id, model in zip(self.ids, self.models, strict=True):
            answer = await self.client.get(f"/threads/{id}")
            assert (answer.status_code == 404) == model.is_deleted
            if model.is_deleted:
                assert id not in replayed
                continue
            thread = answer.json()
            shown = {name: thread[name] for name in ("title", "pain_level", "snoozed_until")}
            until, status = model.fields["snoozed_until"], model.fields["status"]
            assert shown == {
                "title": model.fields["title"],
                "pain_level": model.fields["pain_level"],
                "snoozed_until": until and iso(until),
            }
            is_new = (thread["status"], thread["tab"]) == ("open", "new")
            assert ("new" if is_new else thread["status"]) == status
            tags = {each["id"] for each in thread["tags"]}
            assert tags == {
                id for number, id in enumerate(self.tag_ids) if model.fields[f"tag{number}"]
            }
            # An event shows a thread as nobody in particular sees it.
            assert _without_tab(replayed[id]) == _without_tab(thread)


def _without_tab(thread: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in thread.items() if name != "tab"}


@given(st.lists(STEPS, max_size=16))
@settings(
    max_examples=25,
    database=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
async def test_any_sequence_can_be_taken_back_and_replayed(
    client: httpx.AsyncClient, make: Factory, db: Any, clock: SteppedClock, steps: list[Step]
) -> None:
    run = Run(client, db, clock)
    await run.begin(make)
    for step in steps:
        await run.take(step)
    await run.compare()
