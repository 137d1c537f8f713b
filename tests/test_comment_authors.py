"""Who may change a comment: who wrote it, and an ADMIN."""

from typing import Any
from uuid import UUID

import httpx
import pytest
from starlette.types import ASGIApp

from tests.conftest import connected
from tests.factory import Factory

OF_A_COMMENT = {"comments:write", "threads:read"}


@pytest.fixture
async def comments(make: Factory) -> str:
    return f"/threads/{(await make.thread())['id']}/comments"


async def test_who_may_change_a_comment(
    app: ASGIApp, client: httpx.AsyncClient, make: Factory, comments: str
) -> None:
    people = {role: await make.member(role=role) for role in ("USER", "ADMIN")}
    author = await make.member()
    keys = {
        "author": await make.key(OF_A_COMMENT, author),
        "another": await make.key(OF_A_COMMENT, people["USER"]),
        "nobody": await make.key(OF_A_COMMENT),
        "ADMIN": await make.key(OF_A_COMMENT, people["ADMIN"]),
        "admin scope": await make.key({*OF_A_COMMENT, "admin"}, people["USER"]),
        "admin scope alone": await make.key({*OF_A_COMMENT, "admin"}),
    }
    for name, key in keys.items():
        async with connected(app, keys["author"]) as writer, connected(app, key) as caller:
            made = (await writer.post(comments, json={"content": "x"})).json()
            assert made["author"]["id"] == author
            path = f"{comments}/{made['id']}"
            before = await client.get(path)
            changed = await caller.patch(path, json={"content": name})
            refused = name in {"another", "nobody"}
            assert changed.status_code == (403 if refused else 200), name
            if refused:
                assert changed.json()["code"] == "forbidden"
                assert (await client.get(path)).json() == before.json()
                # Whoever may not change it is told nothing of its versions.
                old = await caller.patch(path, json={}, headers={"If-Match": '"7"'})
                assert (old.status_code, "etag" in old.headers) == (403, False)
            else:
                assert changed.json()["author"]["id"] == author
            deleted = await caller.delete(path)
            assert deleted.status_code == (403 if refused else 200), name


async def test_a_comment_without_an_author_is_anybodys(
    app: ASGIApp, make: Factory, comments: str
) -> None:
    member = await make.member()
    async with connected(app, await make.key(OF_A_COMMENT)) as program:
        for key in (await make.key(OF_A_COMMENT), await make.key(OF_A_COMMENT, member)):
            made = (await program.post(comments, json={"content": "x"})).json()
            assert made["author"] is None
            async with connected(app, key) as caller:
                path = f"{comments}/{made['id']}"
                assert (await caller.patch(path, json={"content": "y"})).is_success
                assert (await caller.delete(path)).is_success


async def test_who_is_no_admin_any_more_is_as_others(
    app: ASGIApp, make: Factory, db: Any, comments: str
) -> None:
    admin = await make.member(role="ADMIN")
    made = await make.comment(comments.split("/")[2])
    async with connected(app, await make.key(OF_A_COMMENT, admin)) as caller:
        path = f"{comments}/{made['id']}"
        assert (await caller.patch(path, json={"content": "y"})).is_success
        await db.execute("update members set role = 'USER' where id = $1", UUID(admin))
        assert (await caller.patch(path, json={"content": "z"})).status_code == 403
