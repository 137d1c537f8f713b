"""What Markdown means is as bounded as what is sent."""

from typing import Any

import httpx
import pytest

from looplane.kit.rendering import MAX_RENDERED_LENGTH
from tests.conftest import Workspace
from tests.factory import Factory
from tests.witness import everything, faults

# Each use of a reference writes its address out.
ADDRESS = f"[a]: https://x.example/{'b' * 500}\n\n"


def _uses(count: int) -> str:
    return ADDRESS + "[a] " * count


@pytest.mark.parametrize("path", ["/changelogs", "/docs/drafts"])
async def test_a_little_markdown_cannot_mean_a_lot_of_html(
    client: httpx.AsyncClient, make: Factory, db: Any, workspace: Workspace, path: str
) -> None:
    kind = {"kind": "create"} if path == "/docs/drafts" else {}
    made = await client.post(path, json={**kind, "title": "T", "content": _uses(2000)})
    assert made.status_code == httpx.codes.OK, made.text
    assert 1_000_000 < len(made.json()["html"]) <= MAX_RENDERED_LENGTH
    rows = await everything(db, workspace.id)
    refused = await client.post(path, json={**kind, "title": "T", "content": _uses(6000)})
    assert refused.status_code == httpx.codes.BAD_REQUEST
    (issue,) = refused.json()["issues"]
    assert issue["message"].startswith("content: means 3,")
    assert issue["message"].endswith(f" characters of HTML, at most {MAX_RENDERED_LENGTH:,}")
    assert await everything(db, workspace.id) == rows


@pytest.mark.parametrize(
    "content", [" ", "\n\n", "<script>x()</script>", "[a]: https://x.example", "&#8203;"]
)
async def test_markdown_that_shows_nothing_is_refused(
    client: httpx.AsyncClient, db: Any, workspace: Workspace, content: str
) -> None:
    rows = await everything(db, workspace.id)
    refused = await client.post("/changelogs", json={"title": "T", "content": content})
    assert faults(refused) == ["content"]
    assert await everything(db, workspace.id) == rows
    shown = await client.post("/changelogs", json={"title": "T", "content": f"{content}\n\nx"})
    assert shown.status_code == httpx.codes.OK
    assert shown.json()["content"] == f"{content}\n\nx"
