"""What the tests of undo do again and again."""

from typing import Any

import httpx

UNDO = "x-looplane-undo"
# What a change leaves behind, whatever it changes.
_TRACES = ("version", "updated_at")


def token(answer: httpx.Response) -> str:
    """What takes a write back."""
    assert answer.status_code == httpx.codes.OK, answer.text
    return str(answer.headers[UNDO])


async def undo(client: httpx.AsyncClient, write: httpx.Response | str, **more: Any) -> Any:
    """The answer to taking a write back, whatever it is."""
    return await client.post(f"/undo/{write if isinstance(write, str) else token(write)}", **more)


async def undone(client: httpx.AsyncClient, write: httpx.Response | str) -> httpx.Response:
    """The answer to taking a write back, which works."""
    answer: httpx.Response = await undo(client, write)
    assert answer.status_code == httpx.codes.OK, answer.text
    assert {each["status"] for each in answer.json()["data"]} == {"undone"}
    return answer


def issues(answer: httpx.Response) -> list[str]:
    """What a refusal names."""
    assert (answer.status_code, answer.json()["code"]) == (409, "conflict"), answer.text
    return [each["message"] for each in answer.json().get("issues", [])]


async def shown(client: httpx.AsyncClient, path: str, **query: Any) -> Any:
    """A thing as it is, but for the traces of changes."""
    answer = await client.get(path, params=query)
    assert answer.status_code == httpx.codes.OK, answer.text
    return {name: value for name, value in answer.json().items() if name not in _TRACES}
