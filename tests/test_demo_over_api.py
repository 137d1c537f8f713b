"""The demo workspace as the API shows it; each reply is held against the contract."""

import re
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import asyncpg
import httpx
import pytest
from starlette.types import ASGIApp

from looplane.comments import rules, sql
from looplane.demo.rows import ident
from looplane.demo.seed import seed
from looplane.kit.keys import SCOPES
from looplane.workspaces.commands import create_workspace
from tests.conftest import SteppedClock, Workspace, connected
from tests.contract import OPERATIONS, Operation, resolved
from tests.factory import Factory


async def seeded(db: Any, clock: SteppedClock) -> Workspace:
    id = await create_workspace(db, "Rungwell", clock(), ident)
    # Everything is there for a second already.
    async with db.transaction():
        await seed(db, id, clock() - timedelta(seconds=1))
    maren = ident("member", "maren")
    assert maren is not None
    key = await Factory.insert_key(db, id, SCOPES, str(maren))
    return Workspace(id, maren, key["key"])


@pytest.fixture
async def demo(db: Any, clock: SteppedClock) -> Workspace:
    return await seeded(db, clock)


@pytest.fixture(scope="module")
async def reader(
    app: ASGIApp, pool: asyncpg.Pool, session_clock: SteppedClock
) -> AsyncIterator[httpx.AsyncClient]:
    """Somebody in a demo that nobody changes."""
    session_clock.reset()
    async with pool.acquire() as db:
        demo = await seeded(db, session_clock)
    async with connected(app, demo.key) as client:
        yield client


@pytest.fixture
async def visitor(app: ASGIApp, demo: Workspace) -> AsyncIterator[httpx.AsyncClient]:
    async with connected(app, demo.key) as client:
        yield client


async def rows(visitor: httpx.AsyncClient, path: str, **query: Any) -> list[Any]:
    """All rows of a list, which fit into one page."""
    answer = await visitor.get(path, params={**query, "limit": 200})
    assert answer.status_code == 200, answer.text
    body = answer.json()
    assert body["page"]["has_more"] is False
    found: list[Any] = body["data"]
    return found


# The demo sends nothing to anybody.
_NOT_SET_UP = "webhooks|slack|mailboxes|caught-mail|bounced-addresses|queues|attempts"


def lists() -> list[Operation]:
    """Every operation that answers a list, but those of webhooks, of which a demo has none."""
    return [
        each
        for each in OPERATIONS
        if each.method == "GET"
        and not re.search(_NOT_SET_UP, each.path)
        and {"data", "page"} <= answered(each).get("properties", {}).keys()
    ]


def answered(operation: Operation) -> dict[str, Any]:
    content = operation.spec["responses"]["200"].get("content", {})
    return dict(resolved(content.get("application/json", {}).get("schema", {})))


@pytest.mark.parametrize("operation", lists(), ids=str)
async def test_every_list_has_something(reader: httpx.AsyncClient, operation: Operation) -> None:
    query: dict[str, Any] = {"limit": 200} if "limit" in operation.parameters else {}
    if "team_id" in operation.parameters:
        query["team_id"] = (await reader.get("/me")).json()["linear_team_ids"][0]
    head, _, tail = operation.path.partition("{")
    paths = [operation.path]
    if tail:
        parents = await rows(reader, head.rstrip("/"))
        paths = [f"{head}{each['id']}{tail.partition('}')[2]}" for each in parents]
    found: list[Any] = []
    for path in paths:
        answer = await reader.get(path, params=query)
        assert answer.status_code == 200
        found += answer.json()["data"]
    assert found != []


@pytest.mark.parametrize(
    ("path", "field"),
    [
        ("/docs/articles", "content"),
        ("/changelogs", "content"),
        ("/snippets", "html"),
        ("/threads/{}/comments", "content"),
    ],
)
async def test_texts_are_as_the_api_would_have_made_them(
    visitor: httpx.AsyncClient, path: str, field: str
) -> None:
    threads = await rows(visitor, "/threads") if "{}" in path else [{"id": ""}]
    sent = 0
    for thread in threads:
        of_thread = path.format(thread["id"])
        for row in await rows(visitor, of_thread):
            answer = await visitor.patch(f"{of_thread}/{row['id']}", json={field: row[field]})
            assert answer.json() == row  # nothing was changed: neither the HTML nor the moment
            sent += 1
    assert sent >= 17


@pytest.mark.parametrize(("path", "count"), [("/docs/articles", 2), ("/changelogs", 4)])
async def test_translations(visitor: httpx.AsyncClient, path: str, count: int) -> None:
    german = await rows(visitor, path, language="de")
    assert len(german) == count
    own = {row["id"]: row for row in await rows(visitor, path)}
    for row in german:
        assert row["language"] == "de"
        of_article = {name: row[name] for name in ("title", "content", "html")}
        answer = await visitor.patch(
            f"{path}/{row['id']}", json={"language": "de", "content": row["content"]}
        )
        assert answer.json() == row
        original = own[row["id"]]
        if original["language"] != "de":
            assert all(original[name] != value for name, value in of_article.items())


async def test_mentions_are_those_that_the_text_makes(db: Any, demo: Workspace) -> None:
    comments = await db.fetch(
        "select id, content from comments where workspace_id = $1 order by id", demo.id
    )
    mentioned = 0
    for comment in comments:
        stored = await db.fetch(
            "select member_id, is_listed, written_as from comment_mentions"
            " where workspace_id = $1 and comment_id = $2",
            demo.id,
            comment["id"],
        )
        listed = [row["member_id"] for row in stored if row["is_listed"]]
        found = rules.Found.of(
            await db.fetch(sql.FIND_MEMBERS, demo.id, listed, comment["content"])
        )
        made = rules.next_mentions({}, found, has_new_text=True, has_new_list=True)
        assert made == {
            row["member_id"]: rules.Mention(row["is_listed"], tuple(row["written_as"]))
            for row in stored
        }
        assert sum(len(each.written_as) for each in made.values()) == comment["content"].count("@")
        mentioned += len(made)
    assert mentioned > 15


async def test_threads_have_a_history(db: Any, visitor: httpx.AsyncClient, demo: Workspace) -> None:
    query = "select id, version from threads where workspace_id = $1"
    versions = {str(row["id"]): row["version"] for row in await db.fetch(query, demo.id)}
    seen: set[str] = set()
    without = []
    for thread in await rows(visitor, "/threads"):
        path = f"/threads/{thread['id']}"
        history = await rows(visitor, f"{path}/events")
        if not history:
            without.append(thread["id"])
            continue
        latest, first = history[0], history[-1]
        assert (first["type"], first["before"]) == ("thread.created", None)
        assert latest["version"] == versions[thread["id"]]
        assert latest["data"] == {**thread, "tab": latest["data"]["tab"]}
        assert [each["created_at"] for each in history] == sorted(
            (each["created_at"] for each in history), reverse=True
        )
        seen |= {each["type"] for each in history}
    assert seen == {"thread.created", "thread.updated", "thread.status_changed"}
    # The company that they were with is gone.
    assert without == [str(ident("thread", "qr-code-anlage-4471"))]


async def test_threads_are_shown_as_they_were(visitor: httpx.AsyncClient) -> None:
    shown = {"new": 0, "open": 0, "snoozed": 0, "done": 0}
    for thread in await rows(visitor, "/threads"):
        path = f"/threads/{thread['id']}"
        for event in await rows(visitor, f"{path}/events"):
            asked = {"as_of": event["created_at"], "expand": "messages,comments"}
            answer = await visitor.get(path, params=asked)
            then = answer.json()
            assert answer.status_code == 200, then
            whole = {name: then[name] for name in event["data"]}
            assert whole == {**event["data"], "tab": then["tab"]}
            said = [each["created_at"] for each in then["messages"]]
            heard = [then["last_inbound_message_at"], then["last_outbound_message_at"]]
            assert max(filter(None, heard)) == max(said)
            assert then["updated_at"] == event["created_at"]
            shown["open" if then["tab"] in {"my", "needs-response"} else then["tab"]] += 1
    assert min(shown.values()) > 5


async def test_merge_can_be_taken_back(visitor: httpx.AsyncClient) -> None:
    survivor, source = (str(ident("company", slug)) for slug in ("elbhang", "elbhang-notdienst"))
    moved = f"/contacts/{ident('contact', 'malte-brinkmann')}"
    thread = f"/threads/{ident('thread', 'qr-code-anlage-4471')}"
    assert (await visitor.get(f"/companies/{source}")).status_code == 404
    before = (await visitor.get(f"/companies/{survivor}")).json()
    answer = await visitor.post(f"/companies/{survivor}/unmerge", json={"source_id": source})
    after = answer.json()
    back = (await visitor.get(f"/companies/{source}")).json()
    assert (await visitor.get(moved)).json()["company_id"] == source
    assert (await visitor.get(thread)).json()["company"]["id"] == source
    for name in ("domains", "external_ids"):
        assert back[name] != []
        assert sorted(after[name] + back[name]) == sorted(before[name])


async def test_drafts_can_be_decided(visitor: httpx.AsyncClient) -> None:
    drafts = {row["status"]: row for row in await rows(visitor, "/docs/drafts", kind="edit")}
    assert drafts.keys() == {"open", "superseded"}
    draft = drafts["open"]
    accepted = await visitor.post(f"/docs/drafts/{draft['id']}/accept")
    assert accepted.json()["status"] == "accepted"
    article = (await visitor.get(f"/docs/articles/{draft['article_id']}")).json()
    assert article["content"] == draft["content"]
    (new,) = await rows(visitor, "/docs/drafts", kind="create")
    accepted = await visitor.post(f"/docs/drafts/{new['id']}/accept")
    assert accepted.json()["status"] == "accepted"


async def test_roadmap(visitor: httpx.AsyncClient) -> None:
    projects = {row["id"]: row for row in await rows(visitor, "/projects", sort="total_score")}
    shown = {row["state"] for row in projects.values() if row["is_visible"]}
    assert shown == {"backlog", "planned", "started", "completed"}
    assert len({row["total_score"] for row in projects.values()}) > 5
    issues = await rows(visitor, "/issues")
    beneath = [
        each for each in issues if (projects.get(each["project_id"]) or {}).get("is_visible")
    ]
    assert {each["is_visible"] for each in beneath} == {True, False}
    assert {each["project_id"] for each in beneath} == {
        id for id, row in projects.items() if row["is_visible"]
    }
    assert {each["priority"] for each in issues} == {0, 1, 2, 3, 4}
    assert all(each["label_ids"] for each in issues)


async def test_deliveries_are_over(db: Any, demo: Workspace, clock: SteppedClock) -> None:
    query = """
    select d.kind, d.state, count(*), bool_and(d.updated_at <= $2 and d.created_at = coalesce(
      (select m.created_at from messages m where m.workspace_id = d.workspace_id
        and m.id = d.subject_id and m.thread_id = d.thread_id and m.direction = 'outbound'),
      (select b.created_at from broadcasts b where b.workspace_id = d.workspace_id
        and b.id = d.subject_id and b.event_id = d.event_id))) as fits
    from deliveries d where d.workspace_id = $1 group by 1, 2 order by 1, 2"""
    found = [tuple(row) for row in await db.fetch(query, demo.id, clock())]
    assert found == [
        ("broadcast", "delivered", 1, True),
        ("message", "dead", 1, True),
        ("message", "delivered", 4, True),
    ]


async def test_broadcast_went_to_who_had_subscribed(
    db: Any, visitor: httpx.AsyncClient, demo: Workspace
) -> None:
    sent = await db.fetchrow("select * from broadcasts where workspace_id = $1", demo.id)
    subscribed = [
        row
        for row in await rows(visitor, "/contacts")
        if row["is_subscribed"] and row["created_at"] < sent["created_at"].isoformat()
    ]
    assert sent["recipients"] == len(subscribed) > 20
    changelog = (await visitor.get(f"/changelogs/{sent['changelog_id']}")).json()
    assert changelog["published"] is True
    assert changelog["broadcast_at"] is not None
