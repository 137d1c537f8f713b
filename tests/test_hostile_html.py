"""No script survives the way in: the whole corpus, through every field that takes HTML."""

from typing import Any

import httpx
import pytest

from tests.factory import Factory
from tests.test_html import VECTORS, faults


def _stored(answer: httpx.Response, field: str) -> str | None:
    """What was kept of a field, or None: nothing was left, or the whole write was refused."""
    if answer.status_code == httpx.codes.OK:
        stored: str | None = answer.json()[field]
        return stored
    issues = answer.json()["issues"]
    assert [each["message"].split(":")[0] for each in issues] == [field], issues
    return None


@pytest.mark.parametrize("field", ["text", "ai_draft_html"])
async def test_the_corpus_is_disarmed_in_an_update(
    client: httpx.AsyncClient, make: Factory, field: str
) -> None:
    path = f"/threads/{(await make.thread())['id']}"
    kept = 0
    for name, html in VECTORS.items():
        stored = _stored(await client.patch(path, json={field: html}), field)
        if stored is not None:
            kept += 1
            assert faults(stored) == [], name
            assert (await client.get(path)).json()[field] == stored
    assert kept > len(VECTORS) / 3, "most vectors have harmless text around them"


async def test_the_corpus_is_disarmed_in_a_new_thread(client: httpx.AsyncClient) -> None:
    body: dict[str, Any] = {"pain_level": "LOW", "contact_email": "mallory@mail.example"}
    for name, html in VECTORS.items():
        stored = _stored(await client.post("/threads", json={**body, "text": html}), "text")
        assert stored is None or faults(stored) == [], name


@pytest.mark.parametrize(
    "url",
    [
        "javascript:alert(1)",
        "JaVaScRiPt:alert(1)",
        " javascript:alert(1)",
        "java\tscript:alert(1)",
        "data:text/html,<script>alert(1)</script>",
        "vbscript:x",
        "//evil.example",
        "http:evil.example",
        "https://",
        'https://a.example/"onclick="x',
        "file:///etc/passwd",
    ],
)
async def test_a_source_leads_to_the_web_or_nowhere(
    client: httpx.AsyncClient, make: Factory, url: str
) -> None:
    thread = await make.thread()
    body = {"ai_draft_sources": [{"type": "article", "title": "x", "url": url}]}
    answer = await client.patch(f"/threads/{thread['id']}", json=body)
    assert answer.status_code == httpx.codes.BAD_REQUEST
    assert (await client.get(f"/threads/{thread['id']}")).json()["ai_draft_sources"] is None
