"""Whatever is written, each moment shows again what was shown then."""

import random
from collections.abc import Callable, Coroutine
from datetime import timedelta
from typing import Any
from uuid import UUID

import httpx
import pytest

from looplane.companies.sql import COMPANY
from looplane.contacts.sql import CONTACT
from looplane.events import Event, as_write
from looplane.kit.clock import iso
from looplane.kit.context import Context
from looplane.kit.principal import Principal
from looplane.members.sql import MEMBER
from looplane.messages.inbound.commands import CleanMessage, InboundMessage, Person, receive_message
from looplane.projects.sql import PROJECT
from looplane.resources import Resource
from looplane.threads.commands import wake_due_threads
from tests.conftest import SteppedClock, Workspace, connected
from tests.factory import Factory

EXPANDED = {"expand": "messages,comments"}
RESTORABLE = {"contact": CONTACT, "company": COMPANY, "project": PROJECT, "member": MEMBER}


class World:
    """A thread, and some of each thing that it may show."""

    def __init__(self, make: Factory, clock: SteppedClock, me: UUID, seed: int) -> None:
        self.make, self.clock, self.me = make, clock, str(me)
        self.client, self.db = make.client, make.db
        self.rng = random.Random(seed)
        self.ids: dict[str, list[str]] = {}
        self.thread = ""
        self.kinds: set[str] = set()

    async def fill(self) -> None:
        make = self.make
        self.ids["company"] = [(await make.company())["id"] for _ in range(4)]
        owned = {"owner_id": (await make.joined_member())["id"]}
        self.ids["company"].append((await make.company(**owned))["id"])
        self.ids["contact"] = [
            (await make.contact(company_id=self.some("company")))["id"] for _ in range(3)
        ]
        self.ids["tag"] = [(await make.tag())["id"] for _ in range(4)]
        self.ids["project"] = [(await make.project())["id"] for _ in range(3)]
        self.ids["issue"] = [(await make.issue())["id"] for _ in range(2)]
        self.ids["member"] = [(await make.joined_member())["id"] for _ in range(2)]
        self.ids["member"] += [self.me, owned["owner_id"]]
        self.thread = (await make.thread(company_id=self.some("company")))["id"]

    def some(self, kind: str) -> str:
        return self.rng.choice(self.ids[kind])

    def word(self) -> str:
        return f"{self.rng.choice('aäBcÖz')}{self.rng.randrange(1000)}"

    @property
    def path(self) -> str:
        return f"/threads/{self.thread}"

    async def send(self, method: str, path: str, body: Any = None) -> None:
        """What is refused, as for what is not there any more, changes nothing."""
        answer = await self.client.request(method, path, json=body)
        assert answer.status_code in {200, 400, 404, 409}, answer.text
        if answer.is_success:
            named = "/".join(each for each in path.split("/") if len(each) < 20)
            self.kinds.add(f"{method} {named}")

    async def patch(self) -> None:
        rng = self.rng
        until = iso(self.clock() + timedelta(minutes=rng.randrange(1, 30)))
        fields: dict[str, Any] = {
            "title": rng.choice([None, self.word()]),
            "text": f"<p>{self.word()}</p>",
            "pain_level": rng.choice(["LOW", "HIGH"]),
            "assignee_id": rng.choice([None, self.me, self.some("member")]),
            "contact_id": self.some("contact"),
            "company_id": rng.choice([None, self.some("company"), self.some("company")]),
            "tag_ids": rng.sample(self.ids["tag"], rng.randrange(4)),
            "project_id": rng.choice([None, self.some("project"), self.some("project")]),
            "ai_draft_html": rng.choice([None, f"<p>{self.word()}</p>"]),
        }
        states: list[dict[str, Any]] = [
            {"status": "open"},
            {"status": "done"},
            {"status": "done", "closed_loop": True},
        ]
        states += [{"status": "snoozed", "snoozed_until": until}, {}, {}]
        names = rng.sample(sorted(fields), rng.randrange(1, 3))
        await self.send(
            "PATCH", self.path, {name: fields[name] for name in names} | rng.choice(states)
        )

    async def needs(self) -> None:
        found = (await self.client.get(f"{self.path}/customer-needs")).json()["data"]
        if found and self.rng.random() < 0.3:
            need = self.rng.choice(found)["id"]
            await self.send("DELETE", f"{self.path}/customer-needs/{need}")
            return
        body: dict[str, Any] = {
            "project_ids": [self.some("project")],
            "issue_ids": [self.some("issue")],
        }
        if self.rng.random() < 0.5:
            body["priority"] = self.rng.randrange(5)
        await self.send("POST", f"{self.path}/customer-needs", body)

    async def comments(self) -> None:
        path = f"{self.path}/comments"
        found = (await self.client.get(path)).json()["data"]
        body = {"content": f"<p>{self.word()}</p>", "mention_ids": [self.some("member")]}
        chance = self.rng.random()
        if not found or chance < 0.4:
            await self.send("POST", path, body)
        else:
            one = f"{path}/{self.rng.choice(found)['id']}"
            await self.send(*(("DELETE", one) if chance < 0.6 else ("PATCH", one, body)))

    async def messages(self) -> None:
        if self.rng.random() < 0.5:
            await self.send("POST", f"{self.path}/messages", {"content": f"<p>{self.word()}</p>"})
            return
        sender = Person(f"{self.word()}@mail.example".replace("ä", "a").replace("Ö", "O"))
        message = InboundMessage("email", sender, self.word(), thread_id=UUID(self.thread))
        await receive_message(self.db, self.context, CleanMessage(message, f"<p>{self.word()}</p>"))

    async def others(self) -> None:
        """Changes what a thread shows of others."""
        kind = self.rng.choice(["tag", "contact", "company", "member", "project", "issue"])
        word, id = self.word(), self.some(kind)
        owner = self.rng.choice([None, self.some("member")])
        company = self.rng.choice([None, self.some("company")])
        bodies: dict[str, dict[str, Any]] = {
            "tag": {"name": word},
            "contact": self.rng.choice([{"name": word}, {"company_id": company}]),
            "company": self.rng.choice([{"name": word}, {"owner_id": owner}]),
            "member": {"role": self.rng.choice(["ADMIN", "USER"])},
            "project": {"name": word},
            "issue": {"title": word},
        }
        path = f"/{'companies' if kind == 'company' else f'{kind}s'}/{id}"
        if self.rng.random() < 0.25 and id != self.me:
            await self.send("DELETE", path)
        else:
            await self.send("PATCH", path, bodies[kind])

    async def memberships(self) -> None:
        path, company = f"/contacts/{self.some('contact')}/companies", self.some("company")
        if self.rng.random() < 0.4:
            await self.send("DELETE", f"{path}/{company}")
        else:
            await self.send("POST", path, {"company_id": company})

    async def merge(self) -> None:
        verb = self.rng.choice(["merge", "merge", "unmerge", "unmerge", "unmerge"])
        shown = (await self.client.get(self.path)).json()["company"]
        id = shown["id"] if shown and self.rng.random() < 0.5 else self.some("company")
        first, second = self.rng.sample([id, self.some("company")], 2)
        await self.send("POST", f"/companies/{first}/{verb}", {"source_id": second})

    async def restore(self) -> None:
        """There is something again that was deleted."""
        kind = self.rng.choice(sorted(RESTORABLE))
        resource, id = RESTORABLE[kind], UUID(self.some(kind))
        merged = " and merged_into_id is null" if kind == "company" else ""
        key = (self.make.workspace_id, id)
        found = await self.db.fetchval(
            f"update {resource.table} set deleted_at = null, version = version + 1, updated_at = $3"
            f" where workspace_id = $1 and id = $2 and deleted_at is not null{merged} returning id",
            *key,
            self.clock(),
        )
        if found is not None:
            await self.record(resource, id)
            self.kinds.add(f"restore {kind}")

    async def record(self, resource: Resource, id: UUID) -> None:
        event = Event(resource.event_type("created"), id)
        write = as_write(self.context, self.clock(), [event])
        await self.db.execute(resource.record, self.make.workspace_id, id, write)

    async def wake(self) -> None:
        self.clock.step(timedelta(minutes=40))
        while (await wake_due_threads(self.db, self.clock, ())).woken:
            self.kinds.add("wake")

    @property
    def context(self) -> Context:
        return Context(Principal(self.make.workspace_id, "rule", rule="test"), self.clock, "test")

    @property
    def steps(self) -> list[Callable[[], Coroutine[Any, Any, None]]]:
        often = [self.patch, self.others, self.merge]
        rare = [self.needs, self.comments, self.messages, self.memberships, self.restore, self.wake]
        return [*often, *often, *rare]


@pytest.mark.parametrize("seed", range(3))
async def test_each_moment_shows_what_was_shown_then(
    client: httpx.AsyncClient,
    make: Factory,
    clock: SteppedClock,
    workspace: Workspace,
    app: Any,
    seed: int,
) -> None:
    world = World(make, clock, workspace.member_id, seed)
    await world.fill()
    seen: list[tuple[str, list[Any]]] = []
    async with connected(app, await make.key()) as nobody:

        async def look(**query: str) -> list[Any]:
            answers = [
                await caller.get(world.path, params={**EXPANDED, **query})
                for caller in (client, nobody)
            ]
            assert all(answer.is_success for answer in answers), answers[0].text
            return [answer.json() for answer in answers]

        for _ in range(60):
            clock.step(timedelta(seconds=world.rng.randrange(1, 100)))
            await world.rng.choice(world.steps)()
            clock.step(timedelta(milliseconds=2))
            seen.append((iso(clock()), await look()))
        for moment, then in seen:
            assert await look(as_of=moment) == then
    assert len(world.kinds) > 10, world.kinds
