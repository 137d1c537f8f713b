"""The guide verifies what is really sent, in Python and in TypeScript."""

import json
import re
import shutil
import subprocess
from base64 import b64encode
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.factory import Factory
from tests.webhooks.conftest import Attempt
from tests.webhooks.targets import Received, Target

GUIDE = (Path(__file__).parents[2] / "docs" / "webhooks.md").read_text()
STYLES = ("standard", "productlane")
NODE = shutil.which("node")
# Node runs JavaScript; these are all the types that the guide names.
_TYPES = r": (string|Buffer|Record<string, string>)(?=[,)])"
_MAIN = """
const {secret, headers, body} = JSON.parse(process.argv[2]);
console.log(JSON.stringify(eventOf(secret, headers, Buffer.from(body, "base64"))));
"""


def block(language: str, style: str) -> str:
    """The code of the guide for a style."""
    found = re.findall(rf"```{language}\n(.*?)```", GUIDE, re.DOTALL)
    assert len(found) == len(STYLES)
    return str(found[STYLES.index(style)])


async def received(
    client: httpx.AsyncClient, make: Factory, receiver: Target, attempt: Attempt, style: str
) -> tuple[list[str], Received]:
    """Two secrets that are good, and what was signed with both."""
    webhook = await make.webhook(url=receiver.url(), style=style)
    rotated = await client.post(f"/webhooks/{webhook['id']}/rotate-secret", json={})
    ping = (await client.post(f"/webhooks/{webhook['id']}/ping")).json()
    await attempt(ping["id"])
    return [webhook["secret"], rotated.json()["secret"]], receiver.received[-1]


def forged(request: Received) -> list[tuple[Mapping[str, str], bytes]]:
    """The request with another body, and as if it came much later."""
    headers = dict(request.headers)
    late = {name: re.sub(r"\b\d{10}\b", "1700000000", text) for name, text in headers.items()}
    return [(headers, request.body + b" "), (late, request.body)]


@pytest.mark.parametrize("style", STYLES)
async def test_in_python(
    client: httpx.AsyncClient, make: Factory, receiver: Target, attempt: Attempt, style: str
) -> None:
    secrets, request = await received(client, make, receiver, attempt, style)
    names: dict[str, Any] = {}
    exec(block("python", style), names)
    for secret in secrets:
        event_of = names["event_of"]
        assert event_of(secret, dict(request.headers), request.body) == request.event
    for headers, body in forged(request):
        assert names["event_of"](secrets[0], headers, body) is None
    other = (await make.webhook())["secret"]
    assert names["event_of"](other, dict(request.headers), request.body) is None


@pytest.mark.skipif(NODE is None, reason="node is not there, which runs TypeScript")
@pytest.mark.parametrize("style", STYLES)
async def test_in_typescript(
    client: httpx.AsyncClient,
    make: Factory,
    receiver: Target,
    attempt: Attempt,
    style: str,
    tmp_path: Path,
) -> None:
    secrets, request = await received(client, make, receiver, attempt, style)
    script = tmp_path / "verify.mjs"
    script.write_text(re.sub(_TYPES, "", block("ts", style)) + _MAIN)

    def event_of(secret: str, headers: Mapping[str, str], body: bytes) -> Any:
        sent = {"secret": secret, "headers": {**headers}, "body": _base64(body)}
        run = [str(NODE), str(script), json.dumps(sent)]
        return json.loads(subprocess.run(run, capture_output=True, check=True).stdout)

    for secret in secrets:
        assert event_of(secret, request.headers, request.body) == request.event
    for headers, body in forged(request):
        assert event_of(secrets[0], headers, body) is None
    other = (await make.webhook())["secret"]
    assert event_of(other, request.headers, request.body) is None
    assert event_of(secrets[0], {}, request.body) is None


def _base64(body: bytes) -> str:
    return b64encode(body).decode()
