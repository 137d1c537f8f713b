"""Whom a comment mentions: by what its text says, by a list of ids, and however they are renamed."""

from typing import Any
from uuid import UUID, uuid4

import httpx
import pytest

from looplane.comments.rules import Found, Mention, written
from tests.conftest import Workspace
from tests.factory import Factory
from tests.witness import events_of, everything, faults

ADA, BOB, CYD = (uuid4() for _ in range(3))
NAMES = [
    ("ada", ADA),
    ("ada lovelace", BOB),
    ("cyd", CYD),
    ("sam", ADA),
    ("sam", BOB),
    ("sam smith", CYD),
    ("cyd@team.example", CYD),
    ("o'brien (ops)", BOB),
]
TEXTS: list[tuple[str, set[UUID]]] = [
    ("@ada look", {ADA}),
    ("look,@ada", {ADA}),
    ("(@ada)", {ADA}),
    ("@ada's idea", {ADA}),
    ("@ada.", {ADA}),
    ("@ada lovelace", {BOB}),
    ("@ada  lovelace", {ADA}),  # the words are told with one blank
    ("@ada lovelaces", {ADA}),
    ("@ada @ada lovelace and @cyd", {ADA, BOB, CYD}),
    ("ada", set()),
    ("@adam", set()),
    ("@ada-marie", set()),
    ("@ada.lovelace", set()),
    ("me@ada", set()),
    ("@@ada", set()),
    ("https://x.example/@ada", set()),
    ("@sam", set()),
    ("@sam smith", {CYD}),
    ("@cyd@team.example.", {CYD}),
    ("@cyd@team.example.com", set()),
    ("x@cyd@team.example", set()),
    ("@o'brien (ops) please", {BOB}),
    ("@", set()),
    ("", set()),
]


@pytest.mark.parametrize(("text", "expected"), TEXTS)
def test_what_a_text_says(text: str, expected: set[UUID]) -> None:
    assert set(written(Found(text, NAMES), {})) == expected


def test_a_name_goes_on_meaning_whom_it_meant() -> None:
    before = {CYD: Mention(written_as=("ada",))}
    assert written(Found("@ada", [("ada", ADA)]), before) == {CYD: ("ada",)}
    assert written(Found("@ada", []), before) == {CYD: ("ada",)}


def test_many_names_in_a_long_text_are_one_walk() -> None:
    names = [(f"member {n}", uuid4()) for n in range(500)]
    assert len(written(Found("@member 4 " * 20_000, names), {})) == 1
    assert written(Found("@" * 200_000, names), {}) == {}


@pytest.fixture
async def comments(make: Factory) -> str:
    return f"/threads/{(await make.thread())['id']}/comments"


def mentioned(answer: httpx.Response) -> list[str]:
    assert answer.is_success, answer.text
    return [each["id"] for each in answer.json()["mentions"]]


@pytest.mark.parametrize(
    "content",
    [
        "<p>@Zoë Ångström</p>",
        "@zoe angstrom",
        "<p>Ask <b>@ZOË</b>&nbsp;ångström!</p>",
        "<p>@zoe\n angstrom</p>",
        "Hello<br>@Zoë Ångström<br>again",
        "@Zoe@Team.Example",
    ],
)
async def test_accents_capitals_and_marks_make_no_difference(
    client: httpx.AsyncClient, make: Factory, comments: str, content: str
) -> None:
    zoe = await make.member(name="Zoë  Ångström", email="zoe@team.example")
    await make.member(name="Zoëlle")
    answer = await client.post(comments, json={"content": content})
    assert mentioned(answer) == [zoe]
    named = {"id": zoe, "name": "Zoë  Ångström", "email": "zoe@team.example", "image_url": None}
    assert answer.json()["mentions"] == [named]


async def test_who_is_no_member_here_is_not_mentioned(
    client: httpx.AsyncClient, make: Factory, make_other: Factory, db: Any, comments: str
) -> None:
    await make_other.member(name="Stranger")
    gone = await make.member(name="Gone Girl")
    await db.execute("update members set deleted_at = now() where id = $1", UUID(gone))
    await make.member(name="")
    answer = await client.post(comments, json={"content": "@Stranger, @Gone Girl, @ and @&amp;"})
    assert mentioned(answer) == []


async def test_ids_that_are_listed(
    client: httpx.AsyncClient,
    make: Factory,
    make_other: Factory,
    db: Any,
    workspace: Workspace,
    comments: str,
) -> None:
    ada, bob = await make.member(name="Ada"), await make.member(name="Bob")
    body = {"content": "@Ada", "mention_ids": [bob, bob]}
    made = await client.post(comments, json=body)
    assert mentioned(made) == [ada, bob]
    before = await everything(db, workspace.id)
    unknown = [bob, await make_other.member(), "no-id", str(workspace.id)]
    answer = await client.post(comments, json={"content": "x", "mention_ids": unknown})
    assert faults(answer) == ["mention_ids.1", "mention_ids.2", "mention_ids.3"]
    path = f"{comments}/{made.json()['id']}"
    answer = await client.patch(path, json={"mention_ids": unknown})
    assert faults(answer) == ["mention_ids.1", "mention_ids.2", "mention_ids.3"]
    assert await everything(db, workspace.id) == before


async def test_a_write_leaves_what_it_does_not_say(
    client: httpx.AsyncClient, make: Factory, db: Any, comments: str
) -> None:
    ada, bob, cyd = [await make.member(name=each) for each in ("Ada", "Bob", "Cyd")]
    body = {"content": "@Ada", "mention_ids": [bob]}
    made = (await client.post(comments, json=body)).json()
    path = f"{comments}/{made['id']}"
    steps: list[tuple[dict[str, Any], list[str]]] = [
        ({"content": "@Cyd"}, [bob, cyd]),
        ({"mention_ids": [ada]}, [ada, cyd]),
        ({"attachments": []}, [ada, cyd]),
        ({"content": "@Ada"}, [ada]),  # by both
        ({"mention_ids": []}, [ada]),
        ({"content": "nobody"}, []),
        ({"content": "@Bob", "mention_ids": [bob]}, [bob]),
    ]
    for sent, expected in steps:
        assert mentioned(await client.patch(path, json=sent)) == expected, sent
    told = [
        each["after"]["mentions"]
        for each in (await events_of(db, made["id"]))[1:]
        if "mentions" in each["after"]
    ]
    assert told[:2] == [sorted([bob, cyd]), sorted([ada, cyd])]
    expanded = await client.get(comments.removesuffix("/comments"), params={"expand": "comments"})
    assert [each["id"] for each in expanded.json()["comments"][0]["mentions"]] == [bob]


async def test_a_new_name_breaks_no_mention(
    client: httpx.AsyncClient, make: Factory, db: Any, comments: str
) -> None:
    ada = await make.member(name="Ada")
    made = (await client.post(comments, json={"content": "<p>@Ada</p>"})).json()
    await db.execute("update members set name = 'Augusta' where id = $1", UUID(ada))
    await make.member(name="Ada")
    path = f"{comments}/{made['id']}"
    got = await client.get(path)
    assert [each["name"] for each in got.json()["mentions"]] == ["Augusta"]
    for content in ("<p>@Ada</p>", "<p>@Ada, please</p>", "<p>@Augusta and @Ada</p>"):
        assert mentioned(await client.patch(path, json={"content": content})) == [ada]


async def test_the_same_text_again_mentions_nobody_anew(
    client: httpx.AsyncClient, make: Factory, db: Any, workspace: Workspace, comments: str
) -> None:
    made = (await client.post(comments, json={"content": "<p>@Ada</p>"})).json()
    ada = await make.member(name="Ada")
    before = await everything(db, workspace.id)
    path = f"{comments}/{made['id']}"
    assert mentioned(await client.patch(path, json={"content": "<p>@Ada</p>"})) == []
    assert await everything(db, workspace.id) == before
    assert mentioned(await client.patch(path, json={"content": "<p>@Ada!</p>"})) == [ada]


async def test_who_leaves_the_team_leaves_the_mentions(
    client: httpx.AsyncClient, make: Factory, db: Any, comments: str
) -> None:
    ada = await make.member(name="Ada")
    made = (await client.post(comments, json={"content": "@Ada"})).json()
    await db.execute("update members set deleted_at = now() where id = $1", UUID(ada))
    assert mentioned(await client.get(f"{comments}/{made['id']}")) == []
    answer = await client.patch(f"{comments}/{made['id']}", json={"content": "@Ada again"})
    assert mentioned(answer) == []
