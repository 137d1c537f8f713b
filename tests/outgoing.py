"""Files for messages, as tests upload and name them."""

from typing import Any

import httpx

from tests.file_contents import form
from tests.sessions import APP

PATH = f"{APP}/outgoing-files"


async def upload(
    client: httpx.AsyncClient, content: bytes = b"words", kind: str = "text/plain"
) -> dict[str, Any]:
    answer = await client.post(PATH, **form(content, kind))
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


def naming(file: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {
        "file_id": file["id"],
        "Name": file["name"],
        "ContentType": file["content_type"],
        **more,
    }


async def put(
    client: httpx.AsyncClient, thread_id: str, *attachments: dict[str, Any]
) -> httpx.Response:
    sent = {"mode": "reply", "html": "<p>Hi</p>", "attachments": attachments}
    return await client.put(f"{APP}/unsent/{thread_id}", json=sent)


async def count(db: Any) -> int:
    number: int = await db.fetchval("select count(*) from outgoing_files")
    return number
