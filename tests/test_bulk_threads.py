"""`POST /threads/bulk`: what is asked for, what is refused, and what becomes of each thread."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any
from uuid import UUID

import httpx
import pytest

from looplane.kit.clock import iso
from looplane.kit.ids import new_id
from looplane.kit.parts import Part, Parts
from looplane.threads.bulk import rules
from tests.conftest import SteppedClock, Workspace, connected
from tests.factory import Factory
from tests.witness import events_of, everything, faults

PATH = "/threads/bulk"


async def made(make: Factory, count: int = 3, **fields: Any) -> list[str]:
    return [(await make.thread(**fields))["id"] for _ in range(count)]


def statuses(answer: httpx.Response) -> list[str]:
    assert answer.status_code == httpx.codes.OK, answer.text
    data = answer.json()["data"]
    for each in data:
        assert (each["thread"] is None) == (each["status"] == "failed") == bool(each["error"])
    found = [each["status"] for each in data]
    assert answer.json()["summary"] == {
        name: found.count(name) for name in ("updated", "unchanged", "failed")
    }
    return found


def code(item: dict[str, Any]) -> str:
    return str(item["error"]["code"])


async def test_each_is_answered_as_it_is(client: httpx.AsyncClient, make: Factory) -> None:
    ids, tag = await made(make), await make.tag()
    sent = {"ids": ids[::-1], "update": {"status": "done", "add_tag_ids": [tag["id"]]}}
    answer = await client.post(PATH, json=sent)
    assert statuses(answer) == ["updated"] * 3
    again = await client.post(PATH, json=sent)
    assert statuses(again) == ["unchanged"] * 3
    for each in (*answer.json()["data"], *again.json()["data"]):
        assert each["thread"] == (await client.get(f"/threads/{each['id']}")).json()
        assert (each["thread"]["status"], each["thread"]["tags"]) == ("done", [tag])
    assert [each["id"] for each in answer.json()["data"]] == ids[::-1]


async def test_they_are_begun_in_the_order_in_which_they_are_named(
    client: httpx.AsyncClient, make: Factory, monkeypatch: pytest.MonkeyPatch
) -> None:
    """However the database finds them."""
    ids = await made(make, 12)
    named, begun = [*ids[::-2], *ids[::2]], list[str]()
    original = Parts.write_all

    async def write_all(self: Parts, parts: Mapping[UUID, Part]) -> Any:
        begun.extend(map(str, parts))
        return await original(self, parts)

    monkeypatch.setattr(Parts, "write_all", write_all)
    for update in ({"title": "T"}, {"pain_level": "HIGH", "add_tag_ids": []}):
        begun.clear()
        await client.post(PATH, json={"ids": named, "update": update})
        assert begun == named, update


async def test_what_is_not_there_fails_alone(
    client: httpx.AsyncClient, make: Factory, make_other: Factory, db: Any, other: Workspace
) -> None:
    first, gone, last = await made(make)
    (theirs,) = await made(make_other, 1)
    await client.delete(f"/threads/{gone}")
    rows = await everything(db, other.id)
    ids = [first, theirs, gone, str(new_id()), last]
    answer = await client.post(PATH, json={"ids": ids, "update": {"title": "T"}})
    assert statuses(answer) == ["updated", "failed", "failed", "failed", "updated"]
    alone = await client.patch(f"/threads/{theirs}", json={"title": "T"})
    failed = [each["error"] for each in answer.json()["data"][1:4]]
    assert failed == [alone.json()] * 3
    assert await everything(db, other.id) == rows


async def test_a_rule_that_one_breaks_is_no_matter_of_the_others(
    client: httpx.AsyncClient, make: Factory, clock: SteppedClock, db: Any
) -> None:
    ids, later = await made(make), iso(clock() + timedelta(days=1))
    await client.patch(
        f"/threads/{ids[1]}",
        json={"status": "snoozed", "snoozed_until": iso(clock.now + timedelta(hours=1))},
    )
    answer = await client.post(PATH, json={"ids": ids, "update": {"snoozed_until": later}})
    assert statuses(answer) == ["failed", "updated", "failed"]
    alone = await client.patch(f"/threads/{ids[0]}", json={"snoozed_until": later})
    assert [answer.json()["data"][n]["error"] for n in (0, 2)] == [alone.json()] * 2
    assert len(await events_of(db, ids[0], ids[2])) == 2, "they were made, and no more"


async def test_the_same_id_counts_once(client: httpx.AsyncClient, make: Factory, db: Any) -> None:
    first, second, _ = await made(make)
    sent = {"ids": [second, first, second, first], "update": {"title": "T"}}
    answer = await client.post(PATH, json=sent)
    assert [each["id"] for each in answer.json()["data"]] == [second, first]
    told = await events_of(db, first, second)
    assert len([each for each in told if each["type"] == "thread.updated"]) == 2


REFUSED: list[tuple[dict[str, Any], list[str]]] = [
    ({"ids": []}, ["ids"]),
    ({"ids": None}, ["ids"]),
    ({"ids": ["x", "CAPITALS", ""]}, ["ids.0", "ids.1", "ids.2"]),
    ({}, ["ids, filter"]),
    ({"ids": ["ID"], "update": {}}, ["update"]),
    ({"ids": ["ID"], "update": None}, ["update"]),
    ({"ids": ["ID"], "filter": {}, "expected_count": 1}, ["ids, filter"]),
    ({"ids": ["ID"], "expected_count": 1}, ["expected_count"]),
    ({"filter": {}}, ["expected_count"]),
    ({"filter": {"status": ["closed"]}}, ["expected_count", "filter.status.0"]),
    (
        {"filter": {"status": ["closed"]}, "expected_count": -1},
        ["expected_count", "filter.status.0"],
    ),
    ({"filter": {"limit": 3}, "expected_count": 1}, ["filter.limit"]),
    ({"ids": ["ID"], "update": {"tag_ids": [], "add_tag_ids": []}}, ["update.tag_ids"]),
    ({"ids": ["ID"], "update": {"tag_ids": [], "remove_tag_ids": []}}, ["update.tag_ids"]),
    ({"ids": ["ID"], "update": {"text": "<script>x</script>"}}, ["update.text"]),
    ({"ids": ["ID"], "update": {"ids": []}}, ["update.ids"]),
    ({"ids": ["ID"], "view": "x"}, ["view"]),
]


@pytest.mark.parametrize(("body", "named"), REFUSED)
async def test_a_body_that_says_nothing_clear(
    client: httpx.AsyncClient,
    make: Factory,
    db: Any,
    workspace: Workspace,
    body: dict[str, Any],
    named: list[str],
) -> None:
    (id,) = await made(make, 1)
    if body.get("ids"):
        known = {"ID": id, "CAPITALS": id.upper()}
        body = {**body, "ids": [known.get(each, each) for each in body["ids"]]}
    rows = await everything(db, workspace.id)
    answer = await client.post(PATH, json={"update": {"title": "T"}, **body})
    assert faults(answer) == named
    assert await everything(db, workspace.id) == rows


async def test_all_that_no_thread_could_be_given_is_said_at_once(
    client: httpx.AsyncClient, make: Factory, make_other: Factory, db: Any, workspace: Workspace
) -> None:
    ids, theirs = await made(make), await make_other.tag()
    viewer = await make.member(role="VIEWER")
    unknown = str(new_id())
    change: dict[str, Any] = dict.fromkeys(("contact_id", "company_id", "project_id"), unknown)
    change |= {"assignee_id": viewer, "remove_tag_ids": [unknown]}
    change |= {"add_tag_ids": [(await make.tag())["id"], theirs["id"], unknown]}
    rows = await everything(db, workspace.id)
    answer = await client.post(PATH, json={"ids": ids, "update": change, "unknown": 1})
    references = ["add_tag_ids.1", "add_tag_ids.2", "assignee_id", "company_id", "contact_id"]
    references += ["project_id"]
    assert faults(answer) == ["unknown", *(f"update.{each}" for each in references)]
    assert await everything(db, workspace.id) == rows
    # Though none of the threads is there.
    nowhere = {"ids": [str(new_id())], "update": {"assignee_id": unknown}}
    assert faults(await client.post(PATH, json=nowhere)) == ["update.assignee_id"]


async def test_500_and_no_more(client: httpx.AsyncClient, make: Factory) -> None:
    (id,) = await made(make, 1)
    ids = [id, *(str(new_id()) for _ in range(499))]
    answer = await client.post(PATH, json={"ids": ids, "update": {"title": "T"}})
    assert statuses(answer) == ["updated", *["failed"] * 499]
    more = await client.post(PATH, json={"ids": [*ids, id], "update": {"title": "T"}})
    assert faults(more) == ["ids"]


async def test_a_filter_means_what_the_list_means(
    client: httpx.AsyncClient, make: Factory, workspace: Workspace
) -> None:
    mine, others = await made(make, 3), await made(make, 2)
    assigned = {"ids": mine, "update": {"assignee_id": str(workspace.member_id)}}
    await client.post(PATH, json=assigned)
    listed = (await client.get("/threads", params={"tab": "my"})).json()["data"]
    sent = {"filter": {"tab": "my"}, "expected_count": 3, "update": {"status": "done"}}
    answer = await client.post(PATH, json=sent)
    assert statuses(answer) == ["updated"] * 3
    assert [each["id"] for each in answer.json()["data"]] == [each["id"] for each in listed]
    for id in others:
        assert (await client.get(f"/threads/{id}")).json()["status"] == "open"


async def test_a_filter_that_matches_another_number(
    client: httpx.AsyncClient, make: Factory, db: Any, workspace: Workspace
) -> None:
    await made(make, 3)
    rows = await everything(db, workspace.id)
    for expected in (0, 2, 4, 501):
        sent = {"filter": {}, "expected_count": expected, "update": {"title": "T"}}
        answer = await client.post(PATH, json=sent)
        assert (answer.status_code, answer.json()["code"]) == (409, "conflict")
        assert f"matches 3 threads, not {expected}" in answer.json()["message"]
    assert await everything(db, workspace.id) == rows
    none = {"filter": {"status": ["done"]}, "expected_count": 0, "update": {"title": "T"}}
    assert statuses(await client.post(PATH, json=none)) == []


async def test_a_filter_that_matches_too_many(
    client: httpx.AsyncClient, make: Factory, db: Any, workspace: Workspace
) -> None:
    (id,) = await made(make, 1)
    columns = "workspace_id, title, text, pain_level, origin, state, contact_id, html_version"
    await db.execute(
        f"insert into threads ({columns}, id, created_at, updated_at) select {columns},"
        " gen_random_uuid(), created_at, updated_at from threads, generate_series(1, $2)"
        " where id = $1",
        UUID(id),
        500,
    )
    sent: dict[str, Any] = {"filter": {}, "expected_count": 501, "update": {"title": "T"}}
    answer = await client.post(PATH, json=sent)
    assert (answer.status_code, answer.json()["code"]) == (422, "unprocessable")
    assert "more than 500" in answer.json()["message"]
    await client.delete(f"/threads/{id}")
    whole = await client.post(PATH, json={**sent, "expected_count": 500})
    assert statuses(whole) == ["updated"] * 500


async def test_a_tab_of_nobody(app: Any, make: Factory) -> None:
    async with connected(app, await make.key()) as nobody:
        sent = {"filter": {"tab": "my"}, "expected_count": 0, "update": {"title": "T"}}
        assert faults(await nobody.post(PATH, json=sent)) == ["filter.tab"]


async def test_a_dry_run_says_what_would_be(
    client: httpx.AsyncClient, make: Factory, db: Any, workspace: Workspace
) -> None:
    ids, tag = [*await made(make), str(new_id())], await make.tag()
    await client.patch(f"/threads/{ids[1]}", json={"status": "done", "tag_ids": [tag["id"]]})
    change = {"status": "done", "add_tag_ids": [tag["id"]], "notify": {"slack": True}}
    sent = {"ids": ids, "update": change}
    rows = await everything(db, workspace.id)
    would = await client.post(PATH, json=sent, params={"dry_run": "true"})
    assert statuses(would) == ["updated", "unchanged", "updated", "failed"]
    assert would.headers["x-looplane-would"] == (
        "thread.updated, thread.status_changed, thread.tagged"
    )
    assert await everything(db, workspace.id) == rows
    done = await client.post(PATH, json=sent)
    assert done.json() == would.json()
    assert done.headers["x-looplane-notify"] == "slack=not_configured"


async def test_all_is_one_write(client: httpx.AsyncClient, make: Factory, db: Any) -> None:
    ids, tag = await made(make), await make.tag()
    sent = {"ids": ids, "update": {"status": "done", "add_tag_ids": [tag["id"]]}}
    await client.post(PATH, json=sent)
    told = [each for each in await events_of(db, *ids) if each["type"] != "thread.created"]
    assert len(told) == 9
    assert len({each["write_id"] for each in told}) == 1
    assert len({each["version"] for each in told}) == 1


async def test_texts_beyond_what_an_answer_holds_are_left_out(
    client: httpx.AsyncClient, make: Factory, monkeypatch: pytest.MonkeyPatch
) -> None:
    ids = await made(make, 4)
    size = len(str((await client.get(f"/threads/{ids[0]}")).json()))
    monkeypatch.setattr(rules.Room.__init__, "__defaults__", (3 * size,))
    answer = await client.post(PATH, json={"ids": ids, "update": {"title": "T"}})
    data = answer.json()["data"]
    assert [each["status"] for each in data] == ["updated"] * 4
    shown = [each["thread"] for each in data if each["thread"]]
    assert 0 < len(shown) < 4
    assert [each["error"] for each in data] == [None] * 4


async def test_what_is_sent_is_cleaned(client: httpx.AsyncClient, make: Factory) -> None:
    ids = await made(make, 2)
    change = {"text": "<p>a</p><script>b</script>", "ai_draft_html": "<script>c</script>"}
    answer = await client.post(PATH, json={"ids": ids, "update": change})
    for each in answer.json()["data"]:
        assert (each["thread"]["text"], each["thread"]["ai_draft_html"]) == ("<p>a</p>", None)
