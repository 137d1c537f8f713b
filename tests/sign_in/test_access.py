"""Who may use the operations of a person at a screen, and what they see of the team."""

from typing import Any

import pytest

from looplane.kit.callers import CSRF_HEADER
from tests.conftest import Workspace, connected
from tests.factory import Factory
from tests.sessions import APP, signed_in
from tests.sign_in.people import PASSWORD, at_screen, person

_WRITES: list[tuple[str, str, dict[str, Any] | None]] = [
    ("DELETE", "/session", None),
    ("DELETE", "/sessions", None),
    ("DELETE", "/sessions/01234567-89ab-cdef-0123-456789abcdef", None),
    ("PATCH", "/profile", {"name": "Eve"}),
    ("POST", "/password", {"new_password": "a long walk home"}),
    ("POST", "/second-factor", {"password": "x"}),
    ("POST", "/second-factor/confirm", {"code": "123456"}),
    ("DELETE", "/second-factor", {"password": "x", "code": "123456"}),
]
_READS: list[tuple[str, str, dict[str, Any] | None]] = [
    ("GET", each, None) for each in ("/session", "/sessions", "/team")
]


@pytest.mark.parametrize(("method", "path", "body"), _WRITES + _READS)
async def test_a_key_is_no_session_and_nobody_is_nobody(
    app: Any, client: Any, method: str, path: str, body: Any
) -> None:
    refused = await client.request(method, f"{APP}{path}", json=body)
    assert (refused.status_code, refused.json()["code"]) == (403, "scope_required")
    async with connected(app, None) as nobody:
        assert (await nobody.request(method, f"{APP}{path}", json=body)).status_code == 401


@pytest.mark.parametrize(("method", "path", "body"), _WRITES)
async def test_a_page_that_cannot_prove_itself_writes_nothing(
    app: Any, db: Any, workspace: Workspace, method: str, path: str, body: Any
) -> None:
    async with signed_in(app, db, workspace.id, workspace.member_id) as client:
        del client.headers[CSRF_HEADER]
        refused = await client.request(method, f"{APP}{path}", json=body)
        assert (refused.status_code, refused.json()["code"]) == (403, "csrf_token_required")
        assert (await client.get(f"{APP}/session")).status_code == 200


async def test_a_viewer_looks_after_themselves(app: Any, db: Any, workspace: Workspace) -> None:
    _, email = await person(db, workspace.id, role="VIEWER")
    async with at_screen(app, email) as client:
        assert (await client.get(f"{APP}/team")).status_code == 200
        assert (await client.get(f"{APP}/sessions")).status_code == 200
        assert (await client.patch(f"{APP}/profile", json={"name": "Vi"})).status_code == 200
        change = {"current_password": PASSWORD, "new_password": "a long walk back"}
        assert (await client.post(f"{APP}/password", json=change)).status_code == 200
        assert (await client.get("/members")).status_code == 403


async def test_the_team_is_that_of_the_workspace_by_name(
    app: Any, db: Any, workspace: Workspace, other: Workspace
) -> None:
    for name in ("bert", "Ada"):
        await Factory.insert_member(db, workspace.id, name=name)
    gone = await Factory.insert_member(db, workspace.id, name="Gone")
    await db.execute("update members set deleted_at = now() where id::text = $1", gone)
    await Factory.insert_member(db, other.id, name="Stranger")
    _, email = await person(db, workspace.id, name="Cleo")
    async with at_screen(app, email) as client:
        found = (await client.get(f"{APP}/team")).json()
    names = [each["name"] for each in found["data"] if not each["name"].startswith("Member")]
    assert names == ["Ada", "bert", "Cleo"]
    assert found["data"][0].keys() == {"id", "name", "email", "image_url", "role"}
    assert found["page"]["has_more"] is False


async def test_a_member_changes_their_own_name_and_picture(
    app: Any, db: Any, workspace: Workspace
) -> None:
    id, email = await person(db, workspace.id, name="Before")
    async with at_screen(app, email) as client:
        path, picture = f"{APP}/profile", "https://pictures.example/ada.png"
        changed = await client.patch(path, json={"name": "After", "image_url": picture})
        assert (changed.json()["id"], changed.json()["name"]) == (id, "After")
        assert changed.json()["image_url"] == picture
        same = await client.patch(path, json={"name": "After"})
        assert same.json()["image_url"] == picture
        cleared = await client.patch(path, json={"image_url": None})
        assert cleared.json()["image_url"] is None
        for fault in (
            {"name": ""},
            {"name": None},
            {"image_url": "javascript:x"},
            {"role": "ADMIN"},
        ):
            assert (await client.patch(path, json=fault)).status_code == 400
        rehearsed = await client.patch(path, params={"dry_run": "true"}, json={"name": "Never"})
        assert rehearsed.headers["x-looplane-would"] == "membership.updated"
        assert (await client.get(f"{APP}/session")).json()["member"]["name"] == "After"
    told = await db.fetch(
        "select before, after, actor from events where workspace_id = $1"
        " and type = 'membership.updated' order by position, id",
        workspace.id,
    )
    assert {"name": "After", "image_url": picture} == told[0]["after"]
    assert len(told) == 2
    assert all(each["actor"]["member_id"] == id for each in told)
