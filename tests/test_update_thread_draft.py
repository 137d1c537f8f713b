"""PATCH /threads/{id}: the AI draft and its sources."""

from datetime import timedelta
from typing import Any
from uuid import UUID

import httpx
import pytest

from looplane.kit.clock import iso
from tests.conftest import SteppedClock
from tests.factory import Factory
from tests.witness import events_of, faults

A = [{"type": "doc", "title": "A", "identifier": "a", "url": "https://docs.example/a"}]
B = [{"type": "snippet", "title": "B"}]
FIELDS = ("html", "sources", "generated_at", "started_at", "error_at")
# From a draft «old» with sources A that was generated at T, while another is being drafted (S)
# and one has failed (E). What is sent, and what is there then; N is the present.
WRITES: list[tuple[dict[str, Any], tuple[Any, ...]]] = [
    ({"html": "<p>new</p>"}, ("<p>new</p>", None, "N", None, None)),
    ({"html": "<p>new</p>", "sources": B}, ("<p>new</p>", B, "N", None, None)),
    ({"html": "<p>new</p>", "sources": None}, ("<p>new</p>", None, "N", None, None)),
    ({"html": "<p>old</p>"}, ("<p>old</p>", None, "N", None, None)),
    ({"html": "<p>old</p>", "sources": A}, ("<p>old</p>", A, "N", None, None)),
    ({"html": None}, (None, None, None, "S", "E")),
    *(
        ({"html": html}, (None, None, None, "S", "E"))
        for html in ("", " ", "<p></p>", "<p><br></p>", "<script>x()</script>", "<div> </div>")
    ),
    ({"html": "<p> </p>", "sources": None}, (None, None, None, "S", "E")),
    ({"html": "<b onclick='x()'>b</b>"}, ("<b>b</b>", None, "N", None, None)),
    ({"sources": B}, ("<p>old</p>", B, "T", "S", "E")),
    ({"sources": []}, ("<p>old</p>", [], "T", "S", "E")),
    ({"sources": None}, ("<p>old</p>", None, "T", "S", "E")),
    ({"clear": True}, ("<p>old</p>", A, "T", "S", None)),
    ({"clear": False}, ("<p>old</p>", A, "T", "S", "E")),
    ({"html": None, "clear": True}, (None, None, None, "S", None)),
    ({"sources": B, "clear": True}, ("<p>old</p>", B, "T", "S", None)),
]
NAMES = {"html": "ai_draft_html", "sources": "ai_draft_sources", "clear": "clear_ai_draft_error"}
BAD_SOURCES: list[tuple[Any, list[str]]] = [
    ("x", [""]),
    ({}, [""]),
    ([1, None], [".0", ".1"]),
    ([{}], [".0.title", ".0.type"]),
    ([{"type": "doc"}], [".0.title"]),
    ([{"type": "", "title": ""}], [".0.title", ".0.type"]),
    (
        [*A, {"type": 1, "title": None, "identifier": 2, "url": 3}],
        [".1.identifier", ".1.title", ".1.type", ".1.url"],
    ),
    ([{**A[0], "score": 1}], [".0.score"]),
    *(
        ([{**A[0], "url": url}], [".0.url"])
        for url in (
            "javascript:alert(1)",
            "JavaScript:alert(1)",
            " https://x.example",
            "java\tscript:alert(1)",
            "data:text/html,x",
            "ftp://x.example",
            "//x.example",
            "https://",
            "",
            'https://x.example/"onclick="x',
        )
    ),
    ([A[0]] * 101, [""]),
]


@pytest.mark.parametrize(("sent", "then"), WRITES)
async def test_a_draft_and_what_goes_with_it(
    client: httpx.AsyncClient,
    make: Factory,
    db: Any,
    clock: SteppedClock,
    sent: dict[str, Any],
    then: tuple[Any, ...],
) -> None:
    thread = await make.thread()
    path = f"/threads/{thread['id']}"
    clock.step(timedelta(minutes=1))
    moments = {"T": clock()}
    await client.patch(path, json={"ai_draft_html": "<p>old</p>", "ai_draft_sources": A})
    for name in "SEN":
        clock.step(timedelta(minutes=1))
        moments[name] = clock()
    await db.execute(
        "update threads set ai_draft_started_at = $2, ai_draft_error_at = $3 where id = $1",
        UUID(thread["id"]),
        moments["S"],
        moments["E"],
    )
    answer = await client.patch(path, json={NAMES[each]: sent[each] for each in sent})
    after = tuple(answer.json()[f"ai_draft_{name}"] for name in FIELDS)
    spelled = {name: iso(moment) for name, moment in moments.items()}
    assert after == tuple(
        spelled.get(each, each) if isinstance(each, str) else each for each in then
    )


async def test_the_same_draft_without_its_sources_is_a_new_one(
    client: httpx.AsyncClient, make: Factory, clock: SteppedClock
) -> None:
    path = f"/threads/{(await make.thread())['id']}"
    await client.patch(path, json={"ai_draft_html": "<p>x</p>", "ai_draft_sources": A})
    clock.step(timedelta(minutes=1))
    after = (await client.patch(path, json={"ai_draft_html": "<p>x</p>"})).json()
    assert (after["ai_draft_sources"], after["ai_draft_generated_at"]) == (None, iso(clock()))
    clock.step(timedelta(minutes=1))
    assert (await client.patch(path, json={"ai_draft_html": "<p>x</p>"})).json() == after


@pytest.mark.parametrize("html", ["a\0b", 1, ["x"]])
async def test_a_draft_is_text(client: httpx.AsyncClient, make: Factory, html: object) -> None:
    thread = await make.thread()
    answer = await client.patch(f"/threads/{thread['id']}", json={"ai_draft_html": html})
    assert faults(answer) == ["ai_draft_html"]
    assert (await client.get(f"/threads/{thread['id']}")).json() == thread


@pytest.mark.parametrize("html", ["", None, "<p></p>", "absent"])
async def test_sources_go_with_a_draft(
    client: httpx.AsyncClient, make: Factory, html: str | None
) -> None:
    thread = await make.thread()
    path = f"/threads/{thread['id']}"
    draft = {} if html == "absent" else {"ai_draft_html": html}
    for sources in (A, []):
        body = {**draft, "ai_draft_sources": sources}
        assert faults(await client.patch(path, json=body)) == ["ai_draft_sources"]
    nothing = await client.patch(path, json={**draft, "ai_draft_sources": None})
    assert nothing.json() == thread
    drafted = (await client.patch(path, json={"ai_draft_html": "<p>x</p>"})).json()
    answer = await client.patch(path, json={**draft, "ai_draft_sources": A})
    if html == "absent":
        assert answer.json()["ai_draft_sources"] == A
    else:
        assert faults(answer) == ["ai_draft_sources"]
        assert (await client.get(path)).json() == drafted


@pytest.mark.parametrize(("sources", "paths"), BAD_SOURCES)
async def test_sources_of_another_shape_are_refused_one_by_one(
    client: httpx.AsyncClient, make: Factory, sources: object, paths: list[str]
) -> None:
    thread = await make.thread()
    body = {"ai_draft_html": "<p>x</p>", "ai_draft_sources": sources}
    answer = await client.patch(f"/threads/{thread['id']}", json=body)
    assert faults(answer) == [f"ai_draft_sources{path}" for path in paths]
    assert (await client.get(f"/threads/{thread['id']}")).json() == thread


async def test_optional_parts_of_a_source_stay_as_they_were_sent(
    client: httpx.AsyncClient, make: Factory, db: Any
) -> None:
    sources = [
        {"type": "t", "title": "x"},
        {"type": "t", "title": "y", "identifier": None, "url": None},
    ]
    thread = await make.thread()
    await client.patch(f"/threads/{thread['id']}", json={"ai_draft_html": "<p>x</p>"})
    answer = await client.patch(f"/threads/{thread['id']}", json={"ai_draft_sources": sources})
    assert answer.json()["ai_draft_sources"] == sources
    told = (await events_of(db, thread["id"]))[-1]
    assert (told["before"], told["after"]) == (
        {"ai_draft_sources": None},
        {"ai_draft_sources": sources},
    )
