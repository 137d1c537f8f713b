"""Who may do what the inbox asks beside the API: sessions alone, and each in their workspace."""

from typing import Any
from uuid import uuid4

import httpx
import pytest

from looplane.kit.callers import CSRF_HEADER
from tests.conftest import Workspace
from tests.factory import Factory
from tests.sessions import APP, signed_in

# Method, path and body of each operation, about one thread.
REQUESTS: list[tuple[str, str, dict[str, Any] | None]] = [
    ("GET", "/counts", None),
    ("GET", "/loops?thread_id={id}", None),
    ("POST", "/presence", {"thread_id": "{id}", "tab": str(uuid4()), "doing": "writing"}),
    ("POST", "/read", {"thread_id": "{id}", "is_read": True}),
    ("GET", "/unsent", None),
    ("GET", "/unsent/{id}", None),
    ("PUT", "/unsent/{id}", {"mode": "reply", "html": "<p>Not yet</p>"}),
    ("DELETE", "/unsent/{id}?mode=reply", None),
    ("GET", "/held", None),
    ("POST", "/held", {"thread_id": "{id}", "content": "<p>Hello</p>"}),
    ("DELETE", "/held/{id}", None),
    ("POST", "/held/{id}/send", None),
    ("GET", "/notices", None),
    ("POST", "/notices/read", {"all": True}),
    ("GET", "/notice-settings", None),
    ("PATCH", "/notice-settings", {"quiet_hours": None}),
]
# What is about several threads leaves those out that are not there.
_NOT_OF_ONE = ("/held/", "/loops")
OF_THREAD = [
    each for each in REQUESTS if "{id}" in f"{each}" and not each[1].startswith(_NOT_OF_ONE)
]


def _named(each: tuple[str, str, object]) -> str:
    return f"{each[0]} {each[1]}"


async def call(
    client: httpx.AsyncClient, each: tuple[str, str, dict[str, Any] | None], id: str
) -> httpx.Response:
    method, path, body = each
    sent = {key: id if value == "{id}" else value for key, value in (body or {}).items()}
    url = APP + path.replace("{id}", id)
    return await client.request(method, url, json=sent if body is not None else None)


@pytest.mark.parametrize("each", REQUESTS, ids=_named)
async def test_a_key_may_not(each: Any, client: httpx.AsyncClient, make: Factory) -> None:
    thread = await make.thread()
    refused = await call(client, each, thread["id"])
    assert (refused.status_code, refused.json()["code"]) == (403, "scope_required")


@pytest.mark.parametrize("each", REQUESTS, ids=_named)
async def test_a_write_needs_the_token(
    each: Any, app: Any, db: Any, workspace: Workspace, make: Factory
) -> None:
    thread = await make.thread()
    async with signed_in(app, db, workspace.id, workspace.member_id) as member:
        del member.headers[CSRF_HEADER]
        answer = await call(member, each, thread["id"])
    assert answer.status_code == (200 if each[0] == "GET" else 403)


@pytest.mark.parametrize("each", OF_THREAD, ids=_named)
async def test_a_thread_of_another_workspace_is_not_there(
    each: Any, app: Any, db: Any, workspace: Workspace, make_other: Factory
) -> None:
    theirs = await make_other.thread()
    async with signed_in(app, db, workspace.id, workspace.member_id) as member:
        missing = [await call(member, each, id) for id in (theirs["id"], str(uuid4()))]
        assert [answer.status_code for answer in missing] == [404, 404]
        unspelled = await call(member, each, theirs["id"].upper())
        assert unspelled.status_code == 404


async def test_a_held_message_of_somebody_else_is_not_there(
    app: Any, db: Any, workspace: Workspace, other: Workspace, make: Factory
) -> None:
    thread, colleague = await make.thread(), await make.member()
    async with signed_in(app, db, workspace.id, workspace.member_id) as member:
        held = (await call(member, REQUESTS[9], thread["id"])).json()
    for workspace_id, member_id in ((workspace.id, colleague), (other.id, other.member_id)):
        async with signed_in(app, db, workspace_id, member_id) as somebody:
            for each in REQUESTS[10:12]:
                assert (await call(somebody, each, held["id"])).status_code == 404
            assert (await somebody.get(f"{APP}/held")).json()["data"] == []
    assert await db.fetchval("select state from held_messages where id = $1", held["id"]) == "held"


async def test_what_a_viewer_may(app: Any, db: Any, workspace: Workspace, make: Factory) -> None:
    thread, viewer = await make.thread(), await make.member(role="VIEWER")
    may_not = {"/read", "/held/{id}/send"}
    async with signed_in(app, db, workspace.id, viewer) as member:
        for each in REQUESTS:
            answer = await call(member, each, thread["id"])
            refused = each[1] in may_not or each[:2] == ("POST", "/held")
            # There is no held message, whoever asks; it is not refused to take one's own back.
            is_missing = each[:2] == ("DELETE", "/held/{id}")
            expected = 403 if refused else 404 if is_missing else 200
            assert answer.status_code == expected, each


@pytest.mark.parametrize(
    ("path", "body", "fault"),
    [
        ("/presence", {"tab": "x", "doing": "looking"}, "tab: must be an id"),
        ("/presence", {"tab": str(uuid4()), "doing": "sleeping"}, "doing"),
        ("/presence", {"tab": str(uuid4())}, "doing"),
        ("/read", {}, "is_read"),
        ("/read", {"is_read": "yes"}, "is_read"),
        ("/held", {}, "content"),
        ("/held", {"content": "<script>x</script>"}, "content: must not be empty"),
        ("/held", {"content": "a", "then": {"status": "open"}}, "then"),
        ("/held", {"content": "a", "then": {"status": "snoozed"}}, "then.snoozed_until"),
        ("/held", {"content": "a", "then": {"closed_loop": True}}, "then.closed_loop"),
        ("/held", {"content": "a", "channel_id": "C1"}, "channel_id: goes only"),
        ("/held", {"content": "a\0"}, "content"),
    ],
)
async def test_what_is_not_valid_is_named(
    path: str,
    body: dict[str, Any],
    fault: str,
    app: Any,
    db: Any,
    workspace: Workspace,
    make: Factory,
) -> None:
    thread = await make.thread()
    async with signed_in(app, db, workspace.id, workspace.member_id) as member:
        for more in ({"thread_id": thread["id"]}, {"thread_id": 7}, {}):
            refused = await member.post(APP + path, json={**body, **more})
            assert (refused.status_code, refused.json()["code"]) == (400, "validation_failed")
            issues = [each["message"] for each in refused.json()["issues"]]
            if more.get("thread_id") != 7 and more:
                assert [each for each in issues if each.startswith(fault)], issues
        assert (await member.get(f"{APP}/held")).json()["data"] == []
        assert not await db.fetchval(
            "select count(*) from presence where member_id = $1", workspace.member_id
        )
