"""Messages of customers, for tests that are no Python: `python -m tests.inbound_messages`.

Each line of its input is one as JSON, with `workspace_id` and what an InboundMessage has: `email`
and `name` of the sender, `html`, `subject`, `thread_id`, and `files` with `content` in base64. Each
line of its output says the `message_id` and the `thread_id`.
"""

import asyncio
import base64
import json
import sys
from itertools import count
from typing import Any
from uuid import UUID, uuid4

from looplane.cli.database import on_database
from looplane.kit.clock import system_clock
from looplane.kit.context import Context
from looplane.kit.database import Connection
from looplane.kit.html_cleaner import HtmlCleaner
from looplane.kit.principal import Principal
from looplane.messages.inbound.commands import (
    InboundMessage,
    Person,
    ReceivedFile,
    clean_message,
    receive_message,
)

_numbers = count(1)


async def receive_lines(con: Connection) -> None:
    """Takes in each line as it comes, until there are no more."""
    cleaner, run = HtmlCleaner(), uuid4()
    while line := await asyncio.to_thread(sys.stdin.readline):
        sent = json.loads(line)
        clean = await clean_message(_message(sent, f"<{run}-{next(_numbers)}@mail>"), cleaner)
        principal = Principal(UUID(sent["workspace_id"]), "rule", rule="mail")
        receipt = await receive_message(con, Context(principal, system_clock, "mail"), clean)
        told = {"message_id": str(receipt.message_id), "thread_id": str(receipt.thread_id)}
        sys.stdout.write(json.dumps(told) + "\n")
        sys.stdout.flush()
    await cleaner.aclose()


def _message(sent: dict[str, Any], external_id: str) -> InboundMessage:
    return InboundMessage(
        channel="email",
        sender=Person(sent["email"], sent.get("name", "")),
        external_id=external_id,
        html=sent["html"],
        subject=sent.get("subject", ""),
        thread_id=UUID(sent["thread_id"]) if "thread_id" in sent else None,
        files=[
            ReceivedFile(
                each["name"],
                each["content_type"],
                base64.b64decode(each["content"]),
                each.get("content_id"),
            )
            for each in sent.get("files", ())
        ],
    )


if __name__ == "__main__":
    on_database(receive_lines)
