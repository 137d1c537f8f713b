"""A bulk write does to each thread what an update of it alone does, events and errors included."""

import random
import re
from datetime import timedelta
from typing import Any

import httpx
import pytest

from looplane.kit.clock import iso
from tests.conftest import SteppedClock, Workspace
from tests.factory import Factory
from tests.witness import events_of

PATH = "/threads/bulk"
_ID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12}")
TOLD = ("type", "before", "after", "notify", "internal_before", "cause")


class Twin:
    """One of two workspaces in which the same was made, in the same order."""

    def __init__(self, make: Factory, member_id: Any) -> None:
        self.make, self.client, self.member_id = make, make.client, str(member_id)
        self.threads: list[str] = []
        self.things: dict[str, str] = {}

    async def furnish(self, clock: SteppedClock) -> None:
        make = self.make
        group = (await make.tag_group(name="G"))["id"]
        for name in "ab":
            self.things[f"tag {name}"] = (await make.tag(name=name, tag_group_id=group))["id"]
            self.things[f"company {name}"] = (await make.company(name=f"Company {name}"))["id"]
            self.things[f"project {name}"] = (await make.project(name=f"Project {name}"))["id"]
        contact = await make.contact(email="c@twin.example", company_id=self.things["company a"])
        self.things["contact"] = contact["id"]
        later = iso(clock() + timedelta(days=1))
        for number, change in enumerate(self._states(later)):
            email = f"t{number % 4}@twin.example"  # some have their contact in common
            thread = await make.thread(text=f"<p>Words {number}</p>", contact_email=email)
            answer = await self.client.patch(f"/threads/{thread['id']}", json=change)
            assert answer.is_success, answer.text
            self.threads.append(thread["id"])
        await self.client.delete(f"/threads/{self.threads[-1]}")

    def _states(self, later: str) -> list[dict[str, Any]]:
        return [
            {},
            {"status": "snoozed", "snoozed_until": later},
            {"status": "done"},
            {"status": "done", "closed_loop": True},
            {"tag_ids": [self.things["tag a"]], "assignee_id": self.member_id},
            {"tag_ids": [self.things["tag a"], self.things["tag b"]], "title": "T"},
            {"ai_draft_html": "<p>d</p>", "company_id": self.things["company b"]},
            {"project_id": self.things["project a"]},
            {"contact_id": self.things["contact"], "pain_level": "HIGH"},
            {},
        ]

    def change(self, chance: random.Random, later: str) -> dict[str, Any]:
        """What is sent: some of all that can be, which does not fit every thread."""
        things = self.things
        possible: dict[str, list[Any]] = {
            "text": ["<p>Words 2</p>", "<p>y</p><script>z</script>"],
            "title": ["T", None],
            "pain_level": ["HIGH", "LOW"],
            "assignee_id": [self.member_id, None],
            "contact_id": [things["contact"]],
            "company_id": [things["company a"], things["company b"], None],
            "project_id": [things["project a"], things["project b"], None],
            "status": ["open", "done", "snoozed"],
            "snoozed_until": [later],
            "closed_loop": [True, False],
            "ai_draft_html": ["<p>d</p>", "<p>e</p>", None],
            "ai_draft_sources": [[{"type": "t", "title": "s"}], None],
            "notify": [{"slack": True, "email": True}],
        }
        names = chance.sample(sorted(possible), chance.randint(1, 5))
        sent = {name: chance.choice(possible[name]) for name in names}
        tags = [things["tag a"], things["tag b"]]
        kind = chance.choice(["tag_ids", "add", "remove", "both", "none"])
        if kind == "tag_ids":
            sent["tag_ids"] = tags[: chance.randint(0, 2)]
        if kind in {"add", "both"}:
            sent["add_tag_ids"] = tags[:1]
        if kind in {"remove", "both"}:
            sent["remove_tag_ids"] = tags[1:]
        return sent

    async def told(self, cause: str) -> list[Any]:
        """What was told for one reason, by thread; and of contacts, whichever order they came in."""
        things = await self.make.db.fetch(
            "select distinct subject_id from events where workspace_id = $1 and cause = $2",
            self.make.workspace_id,
            cause,
        )
        of_all = [each for row in things for each in await events_of(self.make.db, str(row[0]))]
        told = [each for each in of_all if each["cause"] == cause]
        by_thread = [
            [
                {name: each[name] for name in TOLD}
                for each in told
                if str(each["aggregate_id"]) == id
            ]
            for id in self.threads
        ]
        others = sorted(e["type"] for e in told if str(e["aggregate_id"]) not in self.threads)
        return [*by_thread, others]


def same_words(value: Any) -> str:
    """Without the ids, which differ; each is called by its place."""
    names: dict[str, str] = {}
    text = _ID.sub(lambda found: names.setdefault(found[0], f"id{len(names)}"), repr(value))
    return re.sub(r"Member \d+|m\d+@|order-\d", "", text)


async def one_by_one(twin: Twin, sent: dict[str, Any], cause: str) -> list[Any]:
    """The same by updates of each; tags to be added or removed are worked out from what it has."""
    found = []
    for id in twin.threads:
        path, body = f"/threads/{id}", dict(sent)
        added, removed = (set(body.pop(f"{verb}_tag_ids", ())) for verb in ("add", "remove"))
        before = await twin.client.get(path)
        if added or removed:
            has = {each["id"] for each in before.json().get("tags", ())}
            body["tag_ids"] = sorted((has | added) - removed)
        answer = await twin.client.patch(path, json=body, headers={"X-Request-Id": cause})
        if not answer.is_success:
            found.append(("failed", None, answer.json()))
            continue
        changed = answer.json()["updated_at"] != before.json()["updated_at"]
        found.append(("updated" if changed else "unchanged", answer.json(), None))
    return found


@pytest.mark.parametrize("seed", range(12))
async def test_each_thread_as_by_an_update_of_it(
    make: Factory,
    make_other: Factory,
    workspace: Workspace,
    other: Workspace,
    clock: SteppedClock,
    seed: int,
) -> None:
    twins = [Twin(make, workspace.member_id), Twin(make_other, other.member_id)]
    for twin in twins:
        await twin.furnish(clock)
    for step in range(3):
        clock.step(timedelta(seconds=1))
        later = iso(clock() + timedelta(days=2))
        cause = f"req_{step:016x}"
        changes = [twin.change(random.Random(f"{seed} {step}"), later) for twin in twins]
        alone = await one_by_one(twins[0], changes[0], cause)
        sent = {"ids": twins[1].threads, "update": changes[1]}
        headers = {"X-Request-Id": cause}
        answer = await twins[1].client.post(PATH, json=sent, headers=headers)
        if answer.status_code == httpx.codes.BAD_REQUEST:
            assert {status for status, *_ in alone} == {"failed"}, answer.text
            continue
        data = answer.json()["data"]
        assert [each["id"] for each in data] == twins[1].threads
        together = [(each["status"], each["thread"], each["error"]) for each in data]
        assert same_words(together) == same_words(alone), changes
        told = [await twin.told(cause) for twin in twins]
        assert same_words(told[1]) == same_words(told[0]), changes
